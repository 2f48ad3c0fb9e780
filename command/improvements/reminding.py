"""The plan's steps in chasing improvements: rows ask "is your step due?", any number of processes may look."""

from datetime import datetime

from django.db import transaction

from command.improvements import alerts, rules
from command.improvements.actions import lock_improvement
from command.improvements.choices import ImprovementState
from command.improvements.models import Improvement
from common.alone import Loop
from plans.document.after_action import remind_of_improvements, reminders

STEPS = Loop("improvements.steps")


def remind_improvements(now: datetime, limit: int = 100) -> int:
    """Take the steps that are due. Returns how many tasks somebody was told of."""
    due = Improvement.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    return STEPS.each(STEPS.pick(due, now, limit), lambda pk: _take(pk, now), now)


@transaction.atomic
def _take(pk: int, now: datetime) -> int:
    """One step, unless another process has taken it. Of several that were missed only the last is told."""
    row = lock_improvement(pk)
    if row.next_step_at is None or row.next_step_at > now or row.state != ImprovementState.OPEN:
        return 0
    steps = reminders(remind_of_improvements(row.plan.document), row.due_at)
    if found := rules.latest_step(steps, now):
        alerts.remind(row, *found, now=now)
    following = rules.next_step(steps, now)
    row.next_step_at = following[1].at if following else None
    row.save(update_fields=["next_step_at"])
    return 1
