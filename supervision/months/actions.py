"""Each month's minimum of visits: opened by the calendar, met by visits, its shortfall told by the plan's steps."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from clocks.actions import record_with_clocks, start_own, stop_own
from clocks.models import Clock, ClockRule
from common.alone import Loop
from common.dates.local_time import day_of
from notices.recipients import Recipient
from plans.document.sections import ClockLine, clocks_of, role_of
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import in_force_at
from plans.people.holders import Bench
from plans.people.overdue import tell_of
from supervision.months import rules
from supervision.months.models import TeamMonth
from supervision.teams.models import Team
from supervision.visits.queries import visits_of_month

OPENED, MET, SHORT = "supervision_month.opened", "supervision_month.met", "supervision_month.short_told"
MONTHS = Loop("supervision.months")


def run_months(now: datetime) -> int:
    """Open the month for each standing team that a plan in force asks, and take the steps that are due."""
    return open_months(now) + _take_steps(now)


def open_months(now: datetime) -> int:
    """Three queries where everything is open already. Returns how many months were opened."""
    asked = [
        (version, line)
        for version in _versions(now)
        for line in clocks_of(version.document)
        if rules.is_asked(line)
    ]
    if not asked:
        return 0
    first, _due = rules.month_of(day_of(now))
    opened = set(TeamMonth.objects.filter(day=first).values_list("team_id", "clock"))
    return sum(
        _open(team, version, line, now)
        for team in Team.objects.standing().select_related("unit").order_by("pk")
        for version, line in asked
        if (team.pk, line.id) not in opened and _holds_for(version, team)
    )


def _versions(now: datetime) -> list[PlanVersion]:
    rows = PlanVersion.objects.filter(in_force_at(now, day_of(now)))
    return list(rows.select_related("plan__owner_unit", "text").order_by("pk"))


def _holds_for(version: PlanVersion, team: Team) -> bool:
    owner = version.plan.owner_unit
    return owner is None or team.unit_path.startswith(owner.path)


@transaction.atomic
def _open(team: Team, version: PlanVersion, line: ClockLine, now: datetime) -> int:
    """Asked for once, whoever looks; what was visited already this month counts."""
    first, due_at = rules.month_of(day_of(now))
    met = visits_of_month(team, first, line.min_villages) >= line.min_count
    month, is_new = TeamMonth.objects.get_or_create(
        team=team, clock=line.id, day=first,
        defaults={
            "plan": version, "due_at": due_at, "least_visits": line.min_count, "least_villages": line.min_villages,
            "met_at": now if met else None,
            "next_step_at": None if met else rules.next_step(line.remind.climb, due_at, now),
        },
    )  # fmt: skip
    if not is_new:
        return 0
    if not met:
        entry = _record(month, OPENED, None, now)
        start_own(_clock(month, line), entry, due_at=due_at)
    return 1


def count_visit(team: Team, visited_on: date, at: datetime, actor: User, now: datetime) -> None:
    """A visit was recorded: where the month's minimum is reached, it is met at the moment of the visit."""
    first, _due = rules.month_of(visited_on)
    for month in TeamMonth.objects.filter(team=team, day=first, met_at=None).select_related(
        "plan__text", "team__unit"
    ):
        if visits_of_month(team, first, month.least_villages) < month.least_visits:
            continue
        month.met_at, month.next_step_at = at, None
        month.save(update_fields=["met_at", "next_step_at"])
        entry = _record(month, MET, actor, at, recorded_at=now)
        stop_own(_clock(month), entry)


def _take_steps(now: datetime) -> int:
    due = TeamMonth.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    return MONTHS.each(MONTHS.pick(due, now, 100), lambda pk: _take(pk, now), now)


@transaction.atomic
def _take(pk: int, now: datetime) -> int:
    """One step of the plan, unless another process has taken it: the holders of its role hear of the shortfall."""
    rows = TeamMonth.objects.select_for_update(of=("self",)).select_related("plan__text", "team__unit")
    month = rows.get(pk=pk)
    if month.next_step_at is None or month.next_step_at > now:
        return 0
    line = _line(month)
    climb = line.remind.climb if line else ()
    clock = (
        Clock.objects.running()
        .filter(subject=month.team.key, clock_id=month.clock)
        .select_related("unit")
        .first()
    )
    if clock and (found := rules.come(climb, month.due_at, now)):
        place, step = found
        holders = Bench(month.team.unit, now).holders(role_of(month.plan.document, step.role))
        people = [Recipient(one.person, one.post.title, one.post.pk) for one in holders]
        tell_of(clock, people, now, step=f"month{place}")
        _record(month, SHORT, None, now, told=[str(one.person) for one in people])
    month.next_step_at = rules.next_step(climb, month.due_at, now) if clock else None
    month.save(update_fields=["next_step_at"])
    return 1


def _line(month: TeamMonth) -> ClockLine | None:
    return next((line for line in clocks_of(month.plan.document) if line.id == month.clock), None)


def _clock(month: TeamMonth, line: ClockLine | None = None) -> ClockRule:
    """The plan's sentence about the month, for this team; the team is late when it is missed."""
    line = line or _line(month)
    return ClockRule(
        plan=month.plan.ref,
        clock_id=month.clock,
        title_zh=line.words.zh if line else month.clock,
        title_en=line.words.en if line else "",
        duration="given",
        role=" ".join(line.roles) if line else "",
        cite=line.cite if line else "",
        origin=line.origin if line else "source",
        warn_before=" ".join(line.remind.before) if line else "",
    )


def _record(month: TeamMonth, kind: str, actor: User | None, at: datetime, **about: Any) -> Any:
    recorded_at = about.pop("recorded_at", None)
    said = {"team": month.team.name, "month": f"{month.day:%Y-%m}", "least": month.least_visits, **about}
    return record_with_clocks(
        kind,
        subject=month.team.key,
        unit=month.team.unit,
        actor=actor,
        at=at,
        recorded_at=recorded_at,
        plan=month.plan.ref,
        content=said,
    ).entry
