"""The demo bureau's past week is played, not painted: what the pages count agrees with what happened."""

from datetime import timedelta

import pytest

from clocks.models import Clock
from common.dates.local_time import day_of
from demo import bureau, past
from early_warnings.models import EarlyWarning
from early_warnings.queries import proof_sheet
from incidents.models import Incident
from notices.choices import State
from notices.models import Notice
from plans.lifecycle.actions import load_plan
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.slow


@pytest.fixture
def week(db, now, settings):
    begun = past.begin_of(now)
    people = bureau.build(now=begun, counties=1, townships=2, villages=3)
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    load_plan(text=text, actor=None, now=begun, put_in_force=True)
    past.seed(people, now)
    return people


def test_every_day_of_the_week_was_asked_and_counted(week, now):
    days = Round.objects.filter(cadence="daily").order_by("day")

    assert [found.day for found in days] == [day_of(now - timedelta(days=ago)) for ago in range(7, 0, -1)]
    assert all(found.fixed_at and found.fixed_at < now for found in days)
    reports = list(ZeroReport.objects.all())
    assert {report.answer for report in reports} == {"nil", "items"}
    assert {report.is_late for report in reports} == {True, False}


def test_the_incident_is_over_and_nothing_of_it_waits(week, now):
    incident = Incident.objects.get()
    warning = EarlyWarning.objects.get()

    assert (incident.state, warning.state) == ("closed", "lifted")
    assert all(person.is_reached for person in proof_sheet(warning).people)
    assert not Notice.objects.filter(state__in=[State.QUEUED, State.SENT, State.DELIVERED]).exists()
    assert not Clock.objects.filter(thread=incident.key, stopped_at=None, cancelled_at=None).exists()
