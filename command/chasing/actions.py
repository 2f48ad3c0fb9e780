"""What follows the breach of an order's clock: the plan's steps, as rows that a sweep finds."""

from datetime import datetime

from django.db import transaction

from accounts.choices import PostKind
from clocks.actions import record_with_clocks
from clocks.models import Clock
from command.chasing.choices import Told
from command.chasing.models import DUE, Chase
from common.alone import Loop
from notices.recipients import Recipient
from plans.document.general import ChaseStep, chase_of, general
from plans.lifecycle.models import PlanVersion
from plans.people.overdue import anybody, nearest, tell_of

CHASES = Loop("orders.chase")
_POSTS = {Told.DUTY_ROOM: PostKind.DUTY_OFFICER, Told.LEADER: PostKind.DUTY_LEADER}


def begin_chase(clock: Clock, now: datetime) -> None:
    """The effect `order.chase`: the first step is due so long after the limit itself, not after somebody looked."""
    if steps := _steps(clock):
        _plan_step(clock, 1, steps[0])


def take_due(now: datetime, limit: int = 100) -> int:
    """Take up to `limit` steps that are due. Returns how many."""
    due = CHASES.pick(Chase.objects.filter(DUE, due_at__lte=now).order_by("due_at"), now, limit)
    return CHASES.each(due, lambda pk: _take(pk, now), now) if due else 0


@transaction.atomic
def _take(pk: int, now: datetime) -> int:
    found = Chase.objects.filter(DUE, pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return 0
    clock = Clock.objects.select_related("unit").get(pk=found.clock_id)
    if not clock.is_running:
        Chase.objects.filter(pk=pk).update(ended_at=now)
        return 1

    people = _who(found.tell, clock, now)
    Chase.objects.filter(pk=pk).update(told_at=now)
    steps = _steps(clock)
    if found.step < len(steps):
        _plan_step(clock, found.step + 1, steps[found.step])

    record_with_clocks(
        "order.chased",
        subject=clock.subject,
        thread=clock.thread,
        unit=clock.unit,
        actor=None,
        at=now,
        plan=clock.plan,
        drill=clock.drill,
        content={
            "clock": clock.clock_id,
            "title_zh": clock.title_zh,
            "title_en": clock.title_en,
            "to": "、".join(dict.fromkeys(one.post_title or str(one.person) for one in people)),
        },
    )
    tell_of(clock, people, now, step=str(found.step))
    return 1


def _plan_step(clock: Clock, n: int, step: ChaseStep) -> None:
    at = (clock.due_at or clock.started_at) + step.after
    Chase.objects.get_or_create(clock=clock, step=n, defaults={"tell": step.tell, "due_at": at})


def _steps(clock: Clock) -> tuple[ChaseStep, ...]:
    version = PlanVersion.objects.select_related("text").filter(ref=clock.plan).first()
    return chase_of(version.document if version else general())


def _who(tell: str, clock: Clock, now: datetime) -> list[Recipient]:
    return nearest(_POSTS[Told(tell)], clock, now) or anybody(clock, now)
