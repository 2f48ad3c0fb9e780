"""Written reports that go to the level above where that has an installation of its own: each version as it is handed in."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from exchange import queries as exchange
from exchange.choices import Kind
from exchange.models import Outgoing
from exchange.outgoing import send_up as send_paper_up
from journal.keys import key, pk_of
from written_reports.models import WrittenVersion
from written_reports.paper.documents import written_paper
from written_reports.queries import Slot

_KIND = "written_version"


def send_up(slot: Slot, version: WrittenVersion, by: User, now: datetime) -> None:
    send_paper_up(
        kind=Kind.WRITTEN_REPORT, unit=slot.unit, paper=lambda: written_paper(slot, version), by=by,
        post=version.post, now=now, subject=key(_KIND, version.pk), thread=version.report.key,
    )  # fmt: skip


def sent_of(version: WrittenVersion) -> Outgoing | None:
    """What went up of this version, with its receipts."""
    name = key(_KIND, version.pk)
    return exchange.sent_about([name]).get(name)


def page_of(row: Outgoing) -> str:
    found = WrittenVersion.objects.select_related("report__unit").filter(pk=pk_of(row.subject, _KIND)).first()
    if found is None:
        return ""
    report = found.report
    return reverse("written-report", args=[report.unit.code, report.plan, report.clock, report.period])
