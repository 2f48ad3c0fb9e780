"""The three walks of docs/architecture.md are walked: each function named there is called, in the order written there."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import resolve
from django.utils import timezone

from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from config.asgi import application
from demo import bureau
from journal.live import hub
from plans.lifecycle.actions import load_plan
from script.figures import rooms
from tests.calls import Screen, call, recording
from tests.live.sessions import sign_in
from tests.tokens import issue

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    # It is the order of our functions that is asked, not what a database does between them.
    pytest.mark.embedded_only,
]

TEXT = (Path(django_settings.BASE_DIR) / "docs/architecture.md").read_text()
PASSWORD = "a-password-of-tests-93"
ALARM = {"unit": "T11", "place": "大厅", "what": "拉横幅", "facts": {"headcount": {"low": 6, "high": 20}}}


def written(heading: str) -> list[str]:
    """The first name of each step below a heading."""
    section = TEXT.partition(f"### {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"^\d+\. `([\w.]+)`", section, re.MULTILINE)


class Bureau:
    """The people of the walks: their tokens, and the sessions of who watches."""

    def __init__(self, now: datetime):
        self.cast = bureau.build(now=now, counties=1, townships=1, villages=1)
        text = (Path(django_settings.BASE_DIR) / "plans/library/city-justice-bureau.yaml").read_text()
        load_plan(text=text, actor=None, now=now, put_in_force=True)
        director = self.cast["county1.director"]
        director.set_password(PASSWORD)
        director.save()
        self.tokens = {name: issue(user=user, now=now, note="") for name, user in self.cast.items()}
        self.duty = sign_in("county1.duty")

    async def call(self, who: str, method: str, path: str, **body) -> dict:
        return await call(application, method, f"/api/v1/{path}", body, token=self.tokens[who])


@pytest.fixture
def people(settings, transactional_db):
    # Nothing between the steps: no beat, and no look at the journal but the one a commit asks for.
    settings.LIVE_BEAT_SECONDS = settings.LIVE_POLL_SECONDS = 600
    return Bureau(timezone.now())


async def walk(people: Bureau, kind: str, *request, **body) -> list[str]:
    """The functions called from the request to the frame of this kind on the duty officer's screen."""
    with recording(rooms()) as calls:
        screen = Screen(application, people.duty)
        await screen.open()
        calls.begin()
        await people.call(*request, **body)
        await screen.wait_for(kind)
        calls.end()
        await screen.close()
        await hub.stop_here()
    return calls.functions


def check(called: list[str], heading: str) -> None:
    steps = written(heading)
    assert len(steps) > 10
    assert [step for step in steps if step not in called] == []
    assert steps == sorted(steps, key=called.index)


async def test_an_alarm_goes_the_way_that_is_written(people):
    called = await walk(
        people, "incident.reported", "town11.clerk", "POST", "alarms/", client_id="1", **ALARM
    )

    check(called, "An alarm")


async def test_a_signature_goes_the_way_that_is_written(people):
    incident = await people.call("town11.clerk", "POST", "alarms/", client_id="1", **ALARM)
    said = {"incident": incident["number"], "level": "yellow", "reason": "人多"}
    warning = await people.call("county1.duty", "POST", "early-warnings/", **said)

    path = f"early-warnings/{warning['number']}/sign/"
    called = await walk(people, "warning.signed", "county1.director", "POST", path, credential=PASSWORD)

    check(called, "A signature")


async def test_a_zero_report_goes_the_way_that_is_written(people):
    path = f"zero-reports/V111/{period_of(DAILY, day_of(timezone.now()))}/"
    called = await walk(people, "zero_report.received", "village111.informant", "PUT", path, answer="nil")

    check(called, "A zero-report")


async def test_what_lies_behind_the_door_is_counted_apart(people):
    """script/figures: a token is read before the view; a module called on both sides counts as behind it."""
    with recording(rooms(), door=resolve("/api/v1/alarms/").func.view_class.post) as calls:
        calls.begin()
        await people.call("town11.clerk", "POST", "alarms/", client_id="1", **ALARM)
        calls.end()

    assert "accounts.access.tokens" in calls.modules - calls.modules_behind
    assert {"incidents.reporting.actions", "accounts.scope"} <= calls.modules_behind
