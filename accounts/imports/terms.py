"""A post that is held already, and a line that names other dates for it. Pure but for one query."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.imports.lines import ImportRow
from accounts.models import Appointment
from common.dates.local_time import day_of


class Held(NamedTuple):
    """An appointment now or to come."""

    pk: int
    unit: int
    kind: str
    squad: str
    title: str
    valid_from: datetime
    valid_to: datetime | None

    @property
    def as_text(self) -> str:
        return f"{self.kind}  {self.title}"


class Terms(NamedTuple):
    """What a line changes about a post held: its end, before and after; and why something is left as it is."""

    changes: tuple[str, str] | None = None
    why_ignored: str = ""


def held_now(now: datetime) -> dict[str, list[Held]]:
    """Username → every post held now or to come, the earliest first."""
    held: dict[str, list[Held]] = {}
    rows = Appointment.objects.current_or_coming(now).order_by("valid_from", "pk")
    fields = ("pk", "post__unit_id", "post__kind", "post__squad", "post__title", "valid_from", "valid_to")
    for username, *post in rows.values_list("person__username", *fields):
        held.setdefault(username.casefold(), []).append(Held(*post))
    return held


def same_post(line: ImportRow, held: Iterable[Held]) -> Held | None:
    """The appointment that the line is about: to the same post, and not at quite another time."""
    for one in held:
        if (one.unit, one.kind, one.squad) != (line.unit.pk, line.kind, line.squad):
            continue
        if line.title in ("", one.title) and overlap(line, one.valid_from, one.valid_to):
            return one
    return None


def overlap(line: ImportRow, start: datetime | None, end: datetime | None) -> bool:
    """A line without a beginning is about whatever is held; a second term that follows the first is a new one."""
    if line.valid_from is None or start is None:
        return True
    return (end is None or line.valid_from < end) and (line.valid_to is None or line.valid_to > start)


def next_term(held: Held, all_held: Iterable[Held]) -> Held | None:
    """The next appointment to the same post, which the end of this one must not reach."""
    same = (held.unit, held.kind, held.squad, held.title)
    later = [
        one
        for one in all_held
        if (one.unit, one.kind, one.squad, one.title) == same and one.valid_from > held.valid_from
    ]
    return min(later, key=lambda one: one.valid_from, default=None)


def terms_of(line: ImportRow, held: Held) -> Terms:
    """A beginning is not moved: what somebody did in a post stays done. An end is, where the line names one."""
    why = ""
    if line.valid_from and day_of(line.valid_from) != day_of(held.valid_from):
        why = _("from: the post is held since %(day)s, and a beginning is not moved by an import") % {
            "day": _day(held.valid_from)}  # fmt: skip
    if line.valid_to is None and held.valid_to is not None:
        why = why or _("to: the post is held until %(day)s; an empty cell does not take the end away") % {
            "day": _day(held.valid_to)}  # fmt: skip
    if line.valid_to is None or line.valid_to == held.valid_to:
        return Terms(None, why)
    return Terms((_day(held.valid_to), _day(line.valid_to)), why)


def _day(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d}" if at else ""
