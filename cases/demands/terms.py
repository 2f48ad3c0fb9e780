"""What is agreed about a demand's time limits: extended with approval, standing still for a hearing."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from cases.demands import permissions, queries
from cases.demands.choices import DemandVerb, Told
from cases.demands.models import Demand
from cases.demands.transitions import check_verb, check_words, keep, keep_step, lock_demand, title_of
from clocks.models import Clock
from clocks.terms.actions import extend_clock, pause_clock, resume_clock
from clocks.terms.rules import leading_clock
from common.errors import WrongState


@transaction.atomic
def extend_demand(
    *,
    reach: Reach,
    demand_id: int,
    days: int,
    reason: str,
    approved_by: User | None,
    told_how: str,
    told_at: datetime | None,
    now: datetime,
) -> Demand:
    """Extend the time limit that may be extended, with the approval of the head of the organ and the reason told.

    Source: Petition Work Regulations art. 34.
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    check_verb(demand, DemandVerb.EXTEND)
    check_words(demand.number, reason)
    clock = _the(demand, lambda one: bool(one.max_extension), now)
    approved = permissions.approval_of(approved_by, demand, now)
    extend_clock(
        clock_id=clock.pk, days=days, reason=reason, approved=approved,
        told_how=told_how if told_how in Told.values else "", told_at=told_at,
        actor=reach.user, now=now, post=title_of(demand, reach),
    )  # fmt: skip

    note = f"+{days}：{reason.strip()}（{approved.post}）"
    keep_step(DemandVerb.EXTEND, demand, reach, now, note, "clock.extended")
    keep(demand)
    return demand


@transaction.atomic
def pause_demand(
    *, reach: Reach, demand_id: int, reason: str, approved_by: User | None, now: datetime
) -> Demand:
    """Let the time limit stand still whose plan says so: the hearing is not counted (art. 36)."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    check_verb(demand, DemandVerb.PAUSE)
    check_words(demand.number, reason)
    clock = _the(demand, lambda one: one.pausable and one.paused_at is None, now)
    approved = permissions.approval_of(approved_by, demand, now)
    pause_clock(
        clock_id=clock.pk, reason=reason, approved=approved, actor=reach.user, now=now,
        post=title_of(demand, reach),
    )  # fmt: skip

    note = f"{reason.strip()}（{approved.post}）"
    keep_step(DemandVerb.PAUSE, demand, reach, now, note, "clock.paused")
    keep(demand)
    return demand


@transaction.atomic
def resume_demand(*, reach: Reach, demand_id: int, reason: str, now: datetime) -> Demand:
    """Let it go on."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    check_verb(demand, DemandVerb.RESUME)
    check_words(demand.number, reason)
    clock = _the(demand, lambda one: one.paused_at is not None, now)
    resume_clock(clock_id=clock.pk, reason=reason, actor=reach.user, now=now, post=title_of(demand, reach))

    keep_step(DemandVerb.RESUME, demand, reach, now, reason.strip(), "clock.resumed")
    keep(demand)
    return demand


def _the(demand: Demand, fits: Callable[[Clock], bool], now: datetime) -> Clock:
    """The demand's running clock to which it applies, the one that ends first."""
    fitting = [
        clock
        for clock in queries.clocks_of(demand)
        if clock.is_running and clock.subject == demand.key and fits(clock)
    ]
    if not fitting:
        raise WrongState(
            "no_such_clock",
            _(
                "Nothing was changed on %(number)s: no time limit runs for which plan or law allow this. Answer in "
                "time."
            )
            % {"number": demand.number},
        )
    return leading_clock(fitting) or fitting[0]
