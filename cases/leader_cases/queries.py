"""Leader cases that somebody may see, their clocks, and what hangs on them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.exclusions.queries import missing
from accounts.exclusions.things import Thing
from accounts.models import Appointment, Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from cases.demands.models import NEVER, Demand
from cases.leader_cases.choices import CaseState
from cases.leader_cases.models import LeaderCase
from cases.matters.models import Matter
from clocks.models import Clock
from clocks.terms.rules import leading_clock
from common.database.paths import prefixes
from incidents.models import Incident
from journal.keys import key, pk_of, pks_of

#: Posts whose holders may take charge of a case.
LEADS = (PostKind.DIRECTOR, PostKind.DEPUTY_DIRECTOR, PostKind.DUTY_LEADER, PostKind.PETITION_DIRECTOR, PostKind.OFFICE_HEAD)  # fmt: skip


def get_case(reach: Reach, number: str) -> LeaderCase:
    """NotFound if there is none of that number or this person may not see it."""
    rows = LeaderCase.objects.visible_to(reach).filter(number=number)
    found = rows.select_related(
        "unit", "leader", "matter", "incident", "demand", "demand__incident", "checked_by", "reported_by"
    ).first()
    if found is None:
        raise missing(reach, "leader_case", number)
    return found


def find_thing(reach: Reach, number: str) -> Thing:
    """As something that somebody recuses from."""
    return as_thing(get_case(reach, number))


def as_thing(case: LeaderCase) -> Thing:
    url = reverse("leader-case", args=[case.number])
    return Thing(case.key, case.number, case.unit, (case.unit_path, case.about_path), url)


def keys_about(case: LeaderCase) -> list[str]:
    """The journal keys of what it is about, and of the whole to which that belongs."""
    demand = case.demand
    matter = case.matter or (demand.matter if demand else None)
    incident = case.incident or (matter.incident if matter else demand.incident if demand else None)
    return [one.key for one in (demand, matter, incident) if one]


def cases_of(name: str) -> list[tuple[str, str, str]]:
    """The leader cases about a demand, a matter or an incident, which are closed with it."""
    demand, matter, incident = (pk_of(name, kind) for kind in ("demand", "matter", "incident"))
    rows = LeaderCase.objects.filter(Q(demand=demand) | Q(matter=matter) | Q(incident=incident)).order_by(
        "pk"
    )
    return [(row.key, row.number, reverse("leader-case", args=[row.number])) for row in rows]


def leader_cases(
    reach: Reach,
    *,
    unit: Unit | None = None,
    state: str = "live",
    due_before: datetime | None = None,
    mine: bool = False,
) -> QuerySet[LeaderCase]:
    """Cases this person may see, those first that are due first. `state`: "live", "all" or one state."""
    rows = LeaderCase.objects.visible_to(reach).select_related("unit", "leader")
    if state == "live":
        rows = rows.live()
    elif state != "all":
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(leader=reach.user)
    if unit is not None:
        rows = rows.filter(Q(unit_path__under=unit.path) | Q(about_path__under=unit.path))
    if due_before is not None:
        rows = rows.filter(due_at__lt=due_before)
    return rows.order_by("due_at", "id")


def leaders_offered(unit: Unit, now: datetime) -> list[Appointment]:
    """Who may take charge: leaders of the unit and of those above it, the nearest first."""
    rows = Appointment.objects.current(now).filter(
        post__unit__path__in=prefixes(unit.path), post__kind__in=LEADS, person__is_active=True
    )
    return list(rows.select_related("person", "post__unit").order_by("-post__unit__path", "pk"))


def clocks_of(case: LeaderCase) -> list[Clock]:
    return list(Clock.objects.filter(subject=case.key).order_by("started_at", "id"))


def due_of(case: LeaderCase) -> datetime:
    """When the clock that runs ends; of a case that is over, when it ended: it stays readable."""
    clocks = clocks_of(case)
    first = leading_clock(clocks)
    if first is not None and first.due_at:
        return first.due_at
    return max((clock.due_at for clock in clocks if clock.due_at), default=NEVER)


def incident_of(case: LeaderCase) -> Incident | None:
    """The incident it belongs to; none of an accusation, which stays out of the thread that its unit reads."""
    if case.incident:
        return case.incident
    about = case.matter or case.demand
    return about.incident if about and not about.accusation else None


def demands_of(case: LeaderCase) -> QuerySet[Demand]:
    """The demands of its matter and its incident; what becomes of them ends no case."""
    same = Q(pk=case.demand_id) if case.demand_id else Q(pk__in=())
    if case.matter_id:
        same |= Q(matter=case.matter_id)
    if incident := incident_of(case):
        same |= Q(incident=incident)
    return Demand.objects.filter(same).select_related("lead_unit").order_by("id")


def of_thing(
    reach: Reach,
    *,
    matter: Matter | None = None,
    incident: Incident | None = None,
    demand: Demand | None = None,
) -> list[LeaderCase]:
    """The leader cases about it, as far as this person sees them; the newest first."""
    same = Q(matter=matter) if matter else Q(demand=demand) if demand else Q(incident=incident)
    if incident:
        same |= Q(matter__incident=incident) | Q(demand__incident=incident)
    elif demand and demand.matter_id:
        same |= Q(matter=demand.matter_id)
    elif matter:
        same |= Q(demand__matter=matter) | (
            Q(incident=matter.incident_id) if matter.incident_id else Q(pk__in=())
        )
    rows = LeaderCase.objects.visible_to(reach).filter(same)
    return list(rows.select_related("unit").order_by("-pk"))


def numbers_of(threads: Iterable[str]) -> dict[str, str]:
    """Threads ("leader_case:5") → the numbers people know them by. For rows the reader already sees."""
    ids = pks_of(threads, "leader_case")
    if not ids:
        return {}
    rows = LeaderCase.objects.filter(pk__in=ids).values_list("pk", "number")
    return {key("leader_case", pk): number for pk, number in rows}


def key_of_number(text: str) -> str | None:
    """The journal key behind a case's number, for callers of the API."""
    found = LeaderCase.objects.filter(number=text).first()
    return found.key if found else None


def open_at(paths: list[str]) -> Waiting:
    """The leader cases at and below the units with these paths, which are about to end, that are not closed."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("leader cases that are not closed"), LeaderCase.objects.live().filter(where).count())


def states() -> tuple[str, ...]:
    return ("live", *CaseState.values, "all")
