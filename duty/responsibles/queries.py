"""Units beside what each must have: who answers for it, who is on duty today, its plan, verified telephones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.contacts.queries import verified
from accounts.models import Appointment, Post, Unit, User
from accounts.queries import units_for
from accounts.scope import Reach
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.errors import is_allowed
from duty.responsibles import permissions
from duty.responsibles.choices import Lack, Part, Show
from duty.responsibles.models import Responsible
from plans.lifecycle.choices import PlanKind
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import in_force_at
from rosters.models import Shift
from rosters.queries import TIERS

#: Beside the five parts.
ROSTER, PLAN, PHONES = "roster", "plan", "phones"


class Cell(NamedTuple):
    lack: Lack
    text: str = ""
    #: "id@version" of the plan that `text` names.
    ref: str = ""

    @property
    def is_gap(self) -> bool:
        return self.lack not in (Lack.NONE, Lack.NOT_NEEDED)

    @property
    def look(self) -> str:
        return "bad" if self.is_gap else "off" if self.lack == Lack.NOT_NEEDED else "ok"


class Row(NamedTuple):
    unit: Unit
    #: In the order of the parts, then roster, telephones, and the plan with its long title.
    cells: Mapping[str, Cell]
    may_name: bool

    @property
    def gaps(self) -> int:
        return sum(cell.is_gap for cell in self.cells.values())


def units_seen(reach: Reach, unit: Unit | None = None, tier: str = "") -> list[Unit]:
    """Open units this person may see, in tree order (one query). `unit`: it and those below."""
    rows = units_for(reach, "readiness.view").filter(valid_to__isnull=True)
    if unit is not None:
        rows = rows.filter(path__under=unit.path)
    if tier:
        rows = rows.filter(tier=tier)
    return list(rows)


def grid(reach: Reach, units: Sequence[Unit], now: datetime, show: str = Show.ALL) -> list[Row]:
    """One row for each unit, in their order. Six queries for any number of units."""
    named = _named(units)
    people = {one.person.pk: one.person for parts in named.values() for one in parts.values()}
    there = _posts_held(people, now)
    proved = set(verified(people.values()))
    rostered, on_duty = _rosters(units, now)
    planned = _planned(now)
    rows = []
    for unit in units:
        parts = named.get(unit.pk, {})
        cells = {part.value: _person(parts.get(part.value), unit, there) for part in Part}
        cells[ROSTER] = _roster(unit, rostered, on_duty)
        cells[PHONES] = _phones(parts.values(), proved)
        cells[PLAN] = _plan(unit, planned)
        row = Row(unit, cells, is_allowed(permissions.check_can_name, reach, unit))
        if show == Show.ALL or bool(row.gaps) == (show == Show.GAPS):
            rows.append(row)
    return rows


def current(unit: Unit) -> dict[str, Responsible]:
    """Part → who is named there now (one query)."""
    return _named([unit]).get(unit.pk, {})


def usernames(units: Iterable[Unit]) -> dict[tuple[int, str], str]:
    """(unit, part) → the account that is named there (one query)."""
    return {
        (pk, part): row.person.username for pk, parts in _named(units).items() for part, row in parts.items()
    }


def _named(units: Iterable[Unit]) -> dict[int, dict[str, Responsible]]:
    rows = Responsible.objects.filter(unit__in=[unit.pk for unit in units], ended_at__isnull=True)
    found: dict[int, dict[str, Responsible]] = {}
    for row in rows.select_related("person"):
        found.setdefault(row.unit_id, {})[row.part] = row
    return found


def _posts_held(people: Mapping[int, User], now: datetime) -> dict[int, set[str]]:
    """Person → paths of the units where they hold a post now."""
    held = Appointment.objects.current(now).filter(person__in=list(people), person__is_active=True)
    found: dict[int, set[str]] = {}
    for person, path in held.values_list("person_id", "post__unit__path"):
        found.setdefault(person, set()).add(path)
    return found


def is_there(unit: Unit, paths: Iterable[str]) -> bool:
    """Whether a person with posts at these units can answer for it: at the unit, or at one above it."""
    return any(unit.path.startswith(path) for path in paths)


def _person(row: Responsible | None, unit: Unit, there: Mapping[int, set[str]]) -> Cell:
    if row is None:
        return Cell(Lack.NOBODY)
    gone = not is_there(unit, there.get(row.person_id, ()))
    return Cell(Lack.LEFT if gone else Lack.NONE, str(row.person))


def _rosters(units: Iterable[Unit], now: datetime) -> tuple[set[int], dict[int, list[str]]]:
    """Units that have a post to be rostered, and who is on duty there by a roster."""
    asked = [unit.pk for unit in units]
    posts = Post.objects.filter(unit__in=asked, kind__in=TIERS, closed_at__isnull=True)
    found: dict[int, list[str]] = {}
    shifts = Shift.objects.at(now).filter(post__unit__in=asked, post__kind__in=TIERS)
    for shift in shifts.for_lists():
        found.setdefault(shift.post.unit_id, []).append(str(shift.person))
    return set(posts.values_list("unit_id", flat=True)), found


def _roster(unit: Unit, rostered: set[int], on_duty: Mapping[int, list[str]]) -> Cell:
    if unit.pk not in rostered:
        return Cell(Lack.NOT_NEEDED)
    names = on_duty.get(unit.pk, [])
    return Cell(Lack.NONE, "、".join(dict.fromkeys(names))) if names else Cell(Lack.MISSING)


def _planned(now: datetime) -> dict[str, Cell]:
    """Path of the owner ("" = everybody) → the response plan in force there, by its title."""
    rows = PlanVersion.objects.filter(in_force_at(now, day_of(now)), plan__kind=PlanKind.RESPONSE)
    return {
        row.plan.owner_unit.path if row.plan.owner_unit else "": Cell(
            Lack.NONE, _("%(plan)s, version %(n)d") % {"plan": row.plan.title, "n": row.version}, row.ref
        )
        for row in rows.select_related("plan__owner_unit").order_by("pk")
    }


def _plan(unit: Unit, planned: Mapping[str, Cell]) -> Cell:
    above = ["", *prefixes(unit.path)]
    return next((planned[path] for path in reversed(above) if path in planned), Cell(Lack.MISSING))


def _phones(rows: Iterable[Responsible], proved: set[int]) -> Cell:
    people = {row.person_id for row in rows}
    if not people:
        return Cell(Lack.NOBODY)
    return Cell(Lack.NONE if people <= proved else Lack.MISSING, f"{len(people & proved)}/{len(people)}")


def people_choices(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """(username, words) of who can answer for the unit: its own people, then those of the units above (one query)."""
    held = Appointment.objects.current(now).filter(
        Q(post__unit__path__in=prefixes(unit.path)), person__is_active=True
    )
    rows = held.select_related("person", "post__unit").order_by("-post__unit__path", "pk")
    found: dict[str, str] = {}
    for one in rows:
        found.setdefault(one.person.username, f"{one.person} {one.post.unit} {one.post}")
    return list(found.items())
