import pytest
from django.db import transaction

from clocks import actions, rulebook
from clocks.models import Clock, ClockRule, WorkCalendarDay
from clocks.working_days import seed
from common.hooks import Hook

PLAN = "city@1"


@pytest.fixture(autouse=True)
def no_general_rules(monkeypatch):
    """A rulebook here holds what the test wrote into it; the general limits are tested where plans are."""
    monkeypatch.setattr(rulebook, "GENERAL", Hook())


@pytest.fixture
def workdays(db):
    """The seeded calendar 2004–2026, also after a transactional test has emptied the table."""
    if not WorkCalendarDay.objects.exists():
        seed.fill(WorkCalendarDay)


def rule(clock_id, start, stop, duration="PT3M", **more):
    return ClockRule(
        clock_id=clock_id,
        title_zh="时限",
        title_en="Limit",
        start_kind=start,
        stop_kind=stop,
        duration=duration,
        cite="§4.1",
        **more,
    )


@pytest.fixture
def plan(db):
    """A plan version with one rule for each way a clock can run."""
    rules = [
        rule("golden", "incident.discovered", "incident.reported"),
        rule("push", "warning.signed", "warning.pushed_to_platform"),
        rule("phone", "warning.signed", "first_responder.phone_attempted", per="thread"),
        rule("red", "warning.signed", "superior_report.sent", when_level="orange red", per="thread"),
        rule("arrive", "order.issued", "order.arrived", duration="given"),
        rule("done", "order.issued", "order.completed", duration="timely"),
        rule("signoff", "warning.proposed", "warning.signed", effect="signoff.escalate"),
        rule("feedback", "response.ended", "incident.closed", duration="20WD"),
    ]
    actions.write_rules(plan=PLAN, rules=rules)
    # The commit that would do this never comes in a test's transaction.
    rulebook.settle(PLAN)


@pytest.fixture
def write(plan):
    """write("incident.discovered", at) → an entry under the plan."""

    def record_entry(kind, at, subject="incident:1", plan=PLAN, **more):
        with transaction.atomic():
            about = {"subject": subject, "actor": None, "at": at, "plan": plan, **more}
            return actions.record_with_clocks(kind, **about).entry

    return record_entry


@pytest.fixture
def stored_clock(db, now):
    """stored_clock(due_at=…) → a stored clock that runs."""

    def make(number=[0], **fields):
        number[0] += 1
        values = {
            "plan": PLAN,
            "clock_id": "c",
            "title_zh": "时限",
            "duration": "PT3M",
            "subject": f"order:{number[0]}",
            "thread": "incident:1",
            "started_at": now,
            **fields,
        }
        return Clock.objects.create(**values)

    return make
