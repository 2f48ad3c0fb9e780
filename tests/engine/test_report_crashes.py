"""SIGKILL while silent units are reminded and while units change: nobody is told twice, nobody forgotten."""

import json

import pytest

from tests.engine.test_crashes import PEOPLE, run
from tests.forked import python

pytestmark = [pytest.mark.fault, pytest.mark.slow]

VILLAGES = """
import json
from accounts.posts.actions import appoint_person
from accounts.models import Post, Reform, Unit
from accounts.reform.actions import carry_out_due
from common.dates.local_time import day_of
from notices.models import Notice
from zero_reports.rounds.models import Round
from zero_reports.reminders import actions as reminders
from zero_reports.reminders.models import ReminderStep

reminders.CHUNK = 2
today = day_of(now)

def villages(many):
    city = Unit.objects.create(code="C0", name="市局", tier="city", path="0001/", valid_from=today - timedelta(days=9))
    for n in range(1, many + 1):
        unit = Unit.objects.create(code=f"V{n}", name=f"{n}村", tier="village", parent=city,
                                   path=f"0001/{n:04d}/", valid_from=today - timedelta(days=9))
        post = Post.objects.create(unit=unit, kind="informant", title="信息员")
        appoint_person(person=person(n), post=post, actor=None, now=now - timedelta(days=2))
    over = Round.objects.create(unit=city, cadence="daily", day=today, opened_at=now - timedelta(hours=2),
        due={"village": (now + timedelta(minutes=30)).isoformat()}, due_at=now + timedelta(minutes=30))
    ReminderStep.objects.create(round=over, number=1, do="before", tiers=["village"],
        due_at=now + timedelta(minutes=30), at=now - timedelta(minutes=1))
"""
TOLD = """
print(json.dumps([sorted(Notice.objects.filter(channel="app").values_list("recipient__username", flat=True)),
                  ReminderStep.objects.get().told, ReminderStep.objects.get().done_at is not None]))
"""


@pytest.mark.parametrize("before", [0, 1, 2])
def test_an_engine_killed_while_it_reminds(bare_env, before):
    """Five units, two per transaction, killed in one of the three: the next engine tells the rest, once."""
    python(PEOPLE + VILLAGES + "villages(5)", env=bare_env)
    take = VILLAGES + "reminders.take_step(now)\n"

    for _chunk in range(before):
        assert run(bare_env, code=take) == 0
    for _kill in range(2):
        assert run(bare_env, crash_at="reminders.before_commit", code=take) == -9
    people, told, is_done = json.loads(python(PEOPLE + VILLAGES + TOLD, env=bare_env))
    assert (len(people), told, is_done) == (2 * before, 2 * before, False)

    for _chunk in range(4):
        assert run(bare_env, code=take) == 0
    assert json.loads(python(PEOPLE + VILLAGES + TOLD, env=bare_env)) == [
        ["p1", "p2", "p3", "p4", "p5"], 5, True
    ]  # fmt: skip


REFORM = """
Reform.objects.create(day=today, olds=[Unit.objects.get(code="V1").pk, Unit.objects.get(code="V2").pk],
    news=[{"code": "V9", "name": "新村", "name_en": "", "parent": ""}], reason="x", planned_by=person(1), planned_at=now)
"""
UNITS = """
print(json.dumps([sorted(Unit.objects.filter(valid_to=None).values_list("code", flat=True)), Reform.objects.get().state,
                  Entry.objects.filter(kind__startswith="unit.").count()]))
"""


def test_an_engine_killed_while_units_change(bare_env):
    """Nothing of the change is there after the kill; the next engine carries it out, once."""
    python(PEOPLE + VILLAGES + "villages(2)\n" + REFORM, env=bare_env)
    change = VILLAGES + "carry_out_due(now)\n"

    assert run(bare_env, crash_at="reform.before_commit", code=change) == -9
    assert json.loads(python(PEOPLE + VILLAGES + UNITS, env=bare_env)) == [
        ["C0", "V1", "V2"],
        "planned",
        0,
    ]
    assert run(bare_env, code=change) == 0
    assert run(bare_env, code=change) == 0

    assert json.loads(python(PEOPLE + VILLAGES + UNITS, env=bare_env)) == [["C0", "V9"], "done", 3]
