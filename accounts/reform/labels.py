"""A change of units in words: what it would mean, and what one that is planned does."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Appointment, Unit
from accounts.reform.ground import New
from accounts.reform.queries import Planned, Preview

#: So many units that go along are named.
NAMED_ALONG = 12


class LabelLine(NamedTuple):
    """`strong` is what the eye looks for."""

    start: str = ""
    strong: str = ""
    end: str = ""


class PlannedLabel(NamedTuple):
    planned: Planned
    ends: str
    news: str


def lines_of(preview: Preview, *, news: list[New], day: date, suffix: str) -> list[LabelLine]:
    """What the change would mean, a sentence a line."""
    lines = [
        LabelLine(_("End on %(day)s:") % {"day": day.isoformat()}, _units(preview.ends)),
        LabelLine(_("Take over:"), _news(news) or _("nobody; the units are closed")),
    ]
    if preview.goes_along:
        lines.append(_along(preview.goes_along, with_successor=bool(news), suffix=suffix))
    stay = _("stay where they are; the level above goes on with them.")
    lines += [LabelLine(strong=str(one.many), end=f"{one.words} {stay}") for one in preview.waiting]
    if preview.appointments:
        lines.append(_appointments(preview.appointments, preview.more_appointments))
    return lines


def planned_labels(planned: Iterable[Planned]) -> list[PlannedLabel]:
    return [
        PlannedLabel(
            one,
            _units(one.ends),
            ", ".join(f"{new['name']} ({new['code']})" for new in one.reform.news) or _("closed"),
        )
        for one in planned
    ]


def _units(units: Iterable[Unit]) -> str:
    return ", ".join(f"{unit} ({unit.code})" for unit in units)


def _news(news: Iterable[New]) -> str:
    return ", ".join(f"{new.name} ({new.code})" for new in news)


def _along(units: list[Unit], *, with_successor: bool, suffix: str) -> LabelLine:
    """The units below: they go over under a new code, or end with the one above them."""
    n = len(units)
    if with_successor:
        start = ngettext("%(n)s unit below goes along:", "%(n)s units below go along:", n)
        named = [f"{unit} ({unit.code} → {unit.code}{suffix})" for unit in units[:NAMED_ALONG]]
    else:
        start = ngettext("%(n)s unit below ends too:", "%(n)s units below end too:", n)
        named = [f"{unit} ({unit.code})" for unit in units[:NAMED_ALONG]]
    return LabelLine(start % {"n": n}, end=", ".join(named) + (" …" if n > NAMED_ALONG else ""))


def _appointments(held: list[Appointment], more: int) -> LabelLine:
    named = ", ".join(f"{one.person} ({one.post}, {one.post.unit})" for one in held)
    rest = _("and %(n)s more") % {"n": more} if more else ""
    return LabelLine(
        _("To be appointed anew by the security administrator; the chairs are made, empty:"),
        end=f"{named} {rest}".strip(),
    )
