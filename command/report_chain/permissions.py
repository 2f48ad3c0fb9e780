"""Who writes, signs and sends reports to the level above. Each check raises with the reason."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.queries import Holder
from accounts.scope import Reach
from command.report_chain.models import UpwardReport
from common.errors import NotAllowed
from early_warnings.choices import SignedAs
from incidents.models import Incident
from plans.document.sections import signatory_roles
from plans.engine.evaluation import Document
from plans.people import holders


class Seat(NamedTuple):
    """The post from which somebody signs."""

    post_id: int
    title: str
    unit_code: str
    signed_as: str


def check_can_write(reach: Reach, incident: Incident) -> None:
    """Draft, telephone, send and record receipts: whoever directs the incident."""
    if not reach.holds("incident.manage", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was done: reports on %(number)s to the level above are the work of its duty room and leaders. Phone them."
            )
            % {"number": incident.number},
        )


def check_can_sign(reach: Reach, report: UpwardReport, now: datetime) -> Seat:
    """Whoever signs the level by the plan, or a higher one; where it names nobody, a leader of the unit or above."""
    document = report.plan.document
    if not _names_signatory(document, report.level):
        return _check_leads(reach, report)
    seat = holders.seat_of(document, report.level, report.unit, reach.user, now)
    if seat is None:
        role = signatory_roles(document, report.level)[0]
        raise NotAllowed(
            "not_a_signatory",
            _(
                "Report %(number)s was not signed: at this level %(role)s or a higher signatory signs, and you are neither. Phone them."
            )
            % {"number": report.reference, "role": role.words.in_language(get_language())},
        )
    as_higher = seat.by == "next_higher"
    held_as = SignedAs.HIGHER if as_higher else SignedAs(seat.holders[0].held_as)
    return Seat(seat.post.pk, seat.post.title, seat.unit.code, held_as)


def _check_leads(reach: Reach, report: UpwardReport) -> Seat:
    post = reach.post_for("upward_report.sign", report.unit_path)
    if post is None:
        raise NotAllowed(
            "not_a_signatory",
            _(
                "Report %(number)s was not signed: a leader of %(unit)s or of a unit above signs it. Phone one."
            )
            % {"number": report.reference, "unit": report.unit},
        )
    return Seat(post.post_id, post.title, post.unit_code, SignedAs(post.held_as))


def asked_first(report: UpwardReport, now: datetime) -> list[Holder]:
    """Whom to ask for the signature: whoever sits on the first seat the plan names. Empty where it names nobody."""
    document = report.plan.document
    if not _names_signatory(document, report.level):
        return []
    seat = holders.signatory(document, report.level, report.unit, now)
    return holders.in_the_chair(seat, now) if seat else []


def _names_signatory(document: Document, level: str) -> bool:
    known = {one["id"] for one in document.get("levels", ())}
    return level in known and bool(signatory_roles(document, level))
