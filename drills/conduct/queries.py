"""What may this person see of drills, in what shape?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.database.paths import prefixes
from common.errors import not_found
from drills import permissions
from drills.choices import DrillState, InjectState
from drills.conduct import rules
from drills.conduct.models import Drill, DrillInject, Participant
from drills.conduct.playing import own_words
from drills.scenarios.document import Inject, Role, Scenario
from incidents.models import Incident


def drills(reach: Reach) -> QuerySet[Drill]:
    """Drills this person may see, the newest month first."""
    return Drill.objects.visible_to(reach).for_lists().order_by("-month", "-pk")


def get_drill(reach: Reach, number: str) -> Drill:
    """The drill of that number with who takes part; NotFound if there is none or this person may not see it."""
    parts = Prefetch("participants", Participant.objects.select_related("person").order_by("pk"))
    rows = Drill.objects.visible_to(reach).for_lists().prefetch_related(parts, "runs")
    found = rows.filter(number=number).first()
    if found is None:
        raise not_found()
    return found


def key_of_number(text: str) -> str | None:
    """The journal key behind a drill's number, for callers of the API."""
    found = Drill.objects.filter(number=text).first()
    return found.key if found else None


def open_at(paths: list[str]) -> Waiting:
    """The drills under way at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("drills under way"), Drill.objects.under_way().filter(where).count())


def objection_to_reopen(incident: Incident) -> str:
    """A drill that is over has been cleared and rated: what it opened stays as it was."""
    mine = Q(opened__incident=incident) | Q(orders__order__incident=incident)
    drill = Drill.objects.filter(mine).first() if incident.drill else None
    if drill is None or drill.is_under_way:
        return ""
    return _("%(incident)s was not opened again: its drill %(drill)s is over. Plan another drill.") % {
        "incident": incident.number,
        "drill": drill.number,
    }


class MselLine(NamedTuple):
    """A line of the MSEL in a drill: what was planned, and what became of it."""

    row: DrillInject
    inject: Inject
    #: Minute of the scenario at which it was played; None: not yet.
    minute: float | None

    @property
    def is_waiting(self) -> bool:
        return self.row.state == InjectState.WAITING


def lines(drill: Drill) -> list[MselLine]:
    """Every inject of a drill that has started, in order (two queries where runs are not loaded)."""
    scenario, runs = drill.played, list(drill.runs.all())
    return [
        MselLine(
            row,
            (scenario.inject(row.number) if scenario else None) or own_words(row),
            rules.minutes(runs, row.played_at, drill.speed) if row.played_at else None,
        )
        for row in drill.injects.select_related("by").order_by("number")
    ]


def lines_for(reach: Reach, drill: Drill) -> list[MselLine]:
    """Those of them that this person may read: a player reads what has been played."""
    found = lines(drill)
    if permissions.sees_script(reach, drill):
        return found
    return [line for line in found if not line.is_waiting]


class Clock(NamedTuple):
    """Where the scenario's clock stands."""

    minute: float
    is_running: bool
    next: MselLine | None
    #: Real time until the next inject; None: there is none.
    comes_in: timedelta | None


def clock(drill: Drill, found: Iterable[MselLine], now: datetime) -> Clock:
    runs = list(drill.runs.all())
    coming = next((line for line in found if line.is_waiting), None)
    return Clock(
        rules.minutes(runs, now, drill.speed),
        drill.state == DrillState.RUNNING,
        coming,
        rules.comes_in(coming.row.at_minute, runs, now, drill.speed) if coming else None,
    )


class Seat(NamedTuple):
    """A role of the scenario, and who may be named for it."""

    role: Role
    people: list[User]


def seats(scenario: Scenario, unit: Unit, now: datetime) -> list[Seat]:
    """For each role the people whose post fits, at the unit, below it or above it; those of the tier that the scenario
    names first, then the nearest (one query)."""
    held = _around(unit, now)
    return [
        Seat(role, _each_once(one.person for one in _tier_first(held, role) if _fits(one, role)))
        for role in scenario.roles
    ]


def staff_around(unit: Unit, now: datetime) -> list[User]:
    """Whom a form offers as controllers and evaluators: who may conduct a drill of the unit, and advisers there (one
    query). The API takes anybody of the bureau."""
    kinds = VERBS["drill.manage"] | {PostKind.EXPERT, PostKind.AUDITOR}
    near = [one for one in _around(unit, now) if len(one.post.unit.path) <= len(unit.path)]
    return _each_once(one.person for one in near if one.post.kind in kinds)


def _around(unit: Unit, now: datetime) -> list[Appointment]:
    near = Q(post__unit__path__under=unit.path) | Q(post__unit__path__in=prefixes(unit.path))
    rows = Appointment.objects.current(now).filter(near).select_related("person", "post__unit")
    return sorted(rows, key=lambda one: (abs(len(one.post.unit.path) - len(unit.path)), one.pk))


def _tier_first(held: list[Appointment], role: Role) -> list[Appointment]:
    return sorted(held, key=lambda one: role.tier not in ("", one.post.unit.tier))


def _fits(one: Appointment, role: Role) -> bool:
    if not role.post:
        return True
    return one.post.kind == role.post and role.squad in ("", one.post.squad)


def _each_once(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
