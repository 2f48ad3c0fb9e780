"""Questions about the versions of a plan."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from common.errors import is_allowed
from plans.lifecycle import rules
from plans.lifecycle.models import PlanStep, PlanVersion
from plans.versions import permissions


def history(version: PlanVersion) -> QuerySet[PlanVersion]:
    """All versions of the same plan, newest first, each with its steps in order (two queries)."""
    steps = PlanStep.objects.select_related("by").order_by("pk")
    return (
        PlanVersion.objects.filter(plan=version.plan_id)
        .select_related("plan__owner_unit", "loaded_by")
        .prefetch_related(Prefetch("steps", queryset=steps))
        .order_by("-version")
    )


def newest_number(version: PlanVersion) -> int:
    """The highest version number of the same plan."""
    return (
        PlanVersion.objects.filter(plan=version.plan_id)
        .order_by("-version")
        .values_list("version", flat=True)[0]
    )


def act_for(user: User, version: PlanVersion, now: datetime) -> str | None:
    """What this person may do next with the version: file it, put it in force, or nothing."""
    act = rules.next_act(version.state)
    return act if act and is_allowed(permissions.check_can_move, user, version, act, now) else None
