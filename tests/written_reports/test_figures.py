"""The counted part: incidents in the words of their plan, whatever was drilled or retracted left out."""

from datetime import timedelta

import pytest

from clocks.models import Clock
from common.dates.periods import parse
from incidents.models import Incident
from tests.live.walk import Walk, report
from written_reports.paper.figures import figures
from written_reports.paper.labels import data_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(plan, reach, units, now):
    walk = Walk(reach, units, lambda: now)
    report(walk)
    return Incident.objects.get()


def counted(unit, now, period="2026-11"):
    return {one["en"]: one["count"] for one in figures(unit, parse(period), now)["incidents"]}


def test_incidents_are_counted_by_the_level_signed_for(incident, units, now):
    assert counted(units["T11"], now) == {"No warning signed": 1}

    Incident.objects.update(level="red")

    assert counted(units["T11"], now) == {"Especially grave risk": 1}
    assert counted(units["C1"], now) == {"Especially grave risk": 1}
    assert counted(units["T12"], now) == counted(units["T11"], now, "2026-12") == {}


@pytest.mark.parametrize("change", [{"drill": True}, {"state": "retracted"}])
def test_drills_and_false_alarms_are_no_incidents(incident, units, now, change):
    Incident.objects.filter(pk=incident.pk).update(**change)

    assert counted(units["T11"], now) == {}


def test_missed_time_limits_count_in_the_period_in_which_they_were_missed(incident, units, now):
    clock = Clock(
        plan="x@1", clock_id="X", title_zh="限时", duration="PT1H", subject=incident.key, thread=incident.key,
        unit=incident.unit, unit_path=incident.unit_path, started_at=now - timedelta(hours=2),
        due_at=now - timedelta(hours=1), breached_at=now,
    )  # fmt: skip
    clock.save()

    found = figures(units["T11"], parse("2026-11"), now)

    assert found["breached"] == 1
    assert figures(units["T11"], parse("2026-10"), now)["breached"] == 0
    assert ("超时时限", "1") in data_rows(found)
