"""All six plans of the library, each where it can be tried without changing what the rest of the bureau works by."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from accounts.models import Unit, User
from plans.lifecycle.actions import load_plan
from plans.lifecycle.choices import PlanState
from plans.versions.actions import file_draft

LIBRARY = settings.BASE_DIR / "plans/library"
#: In force for everybody from the first day.
CITY = "city-justice-bureau.yaml"


class Shown(NamedTuple):
    text: str
    #: The unit it belongs to; empty: the whole bureau.
    unit: str
    state: str


BESIDE = (
    # The statute holds everywhere, and neither grades nor asks for zero-reports.
    Shown("petition-regulations-2022.yaml", "", PlanState.IN_FORCE),
    # A county and a township with plans of their own: two flows without colours; colours with other thresholds.
    Shown("district-emergency-linkage.yaml", "C3", PlanState.IN_FORCE),
    Shown("unit-petition-reception.yaml", "T34", PlanState.IN_FORCE),
    # A campaign of other zero-reports: it waits for its days before anybody is asked by it.
    Shown("county-zero-report-and-cases.yaml", "C2", PlanState.FILED),
    # Disabled by nature: it wants its days, its place and somebody who has reviewed it.
    Shown("county-joint-attendance.yaml", "C1", PlanState.DRAFT),
)


def seed_city(now: datetime) -> None:
    load_plan(text=(LIBRARY / CITY).read_text(), actor=None, now=now, put_in_force=True)


def seed_beside(people: dict[str, User], now: datetime) -> None:
    for shown in BESIDE:
        owner = Unit.objects.get(code=shown.unit) if shown.unit else None
        version = load_plan(
            text=(LIBRARY / shown.text).read_text(),
            actor=None,
            now=now,
            owner=owner,
            put_in_force=shown.state == PlanState.IN_FORCE,
            reason="演示数据",
        )
        if shown.state == PlanState.FILED:
            file_draft(version_id=version.pk, actor=people["city.sysadmin"], reason="演示数据", now=now)
