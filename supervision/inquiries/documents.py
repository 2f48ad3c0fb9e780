"""The decision as a paper for whom it is about."""

from django.utils.translation import gettext as _

from common.dates.local_time import day_of
from common.documents.official_documents import Fields, Paper
from supervision.inquiries.models import Inquiry


def decision_paper(row: Inquiry) -> Paper:
    """What was decided and on what grounds; nobody's name but the bureau's."""
    return Paper(
        issuer=str(row.bureau),
        number=row.number,
        title=_("Decision after an inquiry"),
        to=str(row.post or row.unit),
        body=(
            Fields(
                (
                    (_("What called for it"), row.reason),
                    (_("Statement of whoever was heard"), row.statement),
                    (_("What was found: before, during, after"), row.report),
                    (_("Measure"), str(row.get_measure_display())),
                    (_("Decision and its grounds"), row.decision),
                )
            ),
        ),
        signed=str(row.bureau),
        dated=day_of(row.decided_at) if row.decided_at else None,
        notes=(_("This paper goes into no personnel file."),),
    )
