"""Where may this person rehearse, and over which incidents?"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.scope import Reach
from plans.lifecycle.models import PlanVersion
from plans.rehearsal.replay import Replay, replay
from plans.rehearsal.replay_source import cases_of


def units_to_try(reach: Reach) -> QuerySet[Unit]:
    """Open units whose people this person may see: a rehearsal names who holds which post there."""
    seen = reach.filter("people.view", field="path") | reach.filter("incident.view", field="path")
    return Unit.objects.filter(seen, valid_to__isnull=True).order_by("path")


def replayed(reach: Reach, version: PlanVersion, days: int, now: datetime) -> Replay:
    """Replay a version over the incidents of the last `days` days that this person may see.

    Four queries however many incidents: the incidents, their observations, the versions they ran under with
    their texts where this process has not read them yet.
    """
    cases = cases_of(reach, version, now - timedelta(days=days))
    plans = PlanVersion.objects.in_bulk({case.plan for case in cases})
    return replay(version.document, cases, {pk: plan.document for pk, plan in plans.items()})
