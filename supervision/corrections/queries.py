"""What may this person see of corrections, in what shape?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.errors import is_allowed, not_found
from journal.kinds import KINDS
from journal.models import Entry
from supervision.corrections import permissions, rules
from supervision.corrections.choices import CorrectionState, CorrectionVerb, Show
from supervision.corrections.models import Correction
from supervision.visits.models import Visit


class CorrectionCard(NamedTuple):
    row: Correction
    #: What this person may do with it now.
    verbs: list[CorrectionVerb]
    is_overdue: bool

    @property
    def look(self) -> str:
        return "bad" if self.is_overdue else rules.LOOKS[CorrectionState(self.row.state)]


def corrections(reach: Reach, show: str, now: datetime, unit: Unit | None = None) -> QuerySet[Correction]:
    """Those this person may see, the next one due first; of those that are over the last one first."""
    rows = Correction.objects.visible_to(reach).with_names()
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if show == Show.MINE:
        return rows.filter(_mine(reach)).order_by("due_at", "pk")
    if show == Show.OVERDUE:
        return rows.filter(state=CorrectionState.OPEN, due_at__lt=now).order_by("due_at", "pk")
    if show == Show.ENDED:
        return rows.filter(state=CorrectionState.VERIFIED).order_by("-verified_at", "-pk")
    if show == Show.ALL:
        return rows.order_by("-due_at", "-pk")
    return rows.live().order_by("due_at", "pk")


def _mine(reach: Reach) -> Q:
    """To be put right at a unit where this person holds a post that answers, to be verified by their team, or asking
    them for more time."""
    own = [post.unit_id for post in reach.posts if post.kind in VERBS["supervision.answer"]]
    led = [post.unit_id for post in reach.posts if post.kind in VERBS["supervision.manage"]]
    to_verify = Correction.objects.filter(
        visit__team__members__person=reach.user.pk, state=CorrectionState.REPORTED
    )
    return (
        Q(state=CorrectionState.OPEN, unit__in=own)
        | Q(pk__in=to_verify.values("pk"))
        | Q(asked_due_at__isnull=False, visit__team__unit__in=led)
    )


def of_visit(reach: Reach, visit: Visit) -> QuerySet[Correction]:
    """What one visit found, in the order in which it was set."""
    return Correction.objects.visible_to(reach).with_names().filter(visit=visit).order_by("pk")


def cards(reach: Reach, rows: Iterable[Correction], now: datetime) -> list[CorrectionCard]:
    """No query beside those that read the rows."""
    return [
        CorrectionCard(row, _verbs(reach, row, now), rules.is_overdue(row.state, row.due_at, now))
        for row in rows
    ]


def _verbs(reach: Reach, row: Correction, now: datetime) -> list[CorrectionVerb]:
    about = {"is_asked": row.asked_due_at is not None, "is_late": now > row.due_at}
    found = [verb for verb in rules.ON_A_CORRECTION if rules.applies(verb, row.state, **about)]
    return [verb for verb in found if is_allowed(CHECKS[verb], reach, row)]


CHECKS = {
    CorrectionVerb.REPORT: permissions.check_can_report,
    CorrectionVerb.VERIFY: permissions.check_can_verify,
    CorrectionVerb.SEND_BACK: permissions.check_can_verify,
    CorrectionVerb.ASK_EXTENSION: permissions.check_can_report,
    CorrectionVerb.EXTEND: permissions.check_can_extend,
    CorrectionVerb.REFUSE_EXTENSION: permissions.check_can_extend,
}


def get_correction(reach: Reach, number: str) -> Correction:
    """One that this person may see; NotFound otherwise."""
    found = Correction.objects.visible_to(reach).with_names().filter(number=number).first()
    if found is None:
        raise not_found()
    return found


class Step(NamedTuple):
    """One entry of its history."""

    title: str
    at: datetime
    by: str
    post: str


def steps_of(reach: Reach, row: Correction) -> list[Step]:
    """What was done with it, oldest first (one query)."""
    entries = Entry.objects.filter(reach.entry_filter(), subject=row.key).order_by("at", "pk")
    in_english = (get_language() or "").startswith("en")
    kinds = ((entry, KINDS[entry.kind]) for entry in entries)
    return [
        Step(kind.en if in_english else kind.zh, entry.at, entry.actor_name, entry.post)
        for entry, kind in kinds
    ]


def open_at(paths: list[str]) -> Waiting:
    """Corrections not verified at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("corrections not verified"), Correction.objects.live().filter(where).count())


def _in(**where: Any) -> Callable[[set[int], datetime], set[int]]:
    def live(asked: set[int], now: datetime) -> set[int]:
        return set(Correction.objects.filter(pk__in=asked, **where).values_list("pk", flat=True))

    return live


still_open = _in(state=CorrectionState.OPEN)
still_reported = _in(state=CorrectionState.REPORTED)
still_asked = _in(asked_due_at__isnull=False)
