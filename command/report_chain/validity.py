"""How long the request for a signature under a report lasts."""

from datetime import datetime

from command.report_chain.choices import ReportState
from command.report_chain.models import UpwardReport
from incidents.rules import OPEN
from notices.relevance import validity


def waiting(asked: set[int], now: datetime) -> set[int]:
    """Until it is signed or discarded, while its incident is open."""
    rows = UpwardReport.objects.filter(pk__in=asked, state=ReportState.DRAFT, incident__state__in=OPEN)
    return set(rows.values_list("pk", flat=True))


while_to_sign = validity.while_live(waiting)
