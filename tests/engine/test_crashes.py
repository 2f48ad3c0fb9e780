"""SIGKILL at a named line, then another engine: nothing lost, nothing twice."""

import json
import random
import time

import pytest

from tests.forked import python, run_lines
from tests.processes import Engine, eventually, manage

pytestmark = [pytest.mark.fault, pytest.mark.slow]

PEOPLE = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from clocks.breaches import effects
from clocks.models import Clock
from clocks.breaches.sweep import sweep
from journal.models import Entry
from journal.record import record
from notices.actions import queue_notices
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from notices.models import Notice

now = timezone.now()

def person(n):
    return User.objects.get_or_create(username=f"p{n}", defaults={"phone": f"1390000{n:04d}"})[0]

def tell(n, first=0):
    with transaction.atomic():
        for i in range(first, first + n):
            queue_notices(Occasion("contact.code", f"order:{i}", None), Message("x"), recipients=[Recipient(person(i), "")],
                  channels=["sms"], now=timezone.now(), priority=1 + i % 2 * 4)

def due(n, effect="", first=0):
    Clock.objects.bulk_create(
        Clock(plan="p@1", clock_id="c", title_zh="x", duration="PT3M", subject=f"order:{i}", thread="incident:1",
              started_at=now - timedelta(minutes=4), due_at=now - timedelta(minutes=1), effect=effect)
        for i in range(first, first + n))

effects.EFFECTS.register("test.escalate", lambda clock, at: record(
    "warning.signoff_escalated", subject=clock.subject, thread=clock.thread, actor=None, at=at))
"""
COUNT = """
import json
print(json.dumps({kind: Entry.objects.filter(kind=kind).count() for kind in
    ("clock.breached", "warning.signoff_escalated", "notice.failed")}))
"""


def run(env, *, crash_at="", code=""):
    """One turn of the engine (or `code`) in a process of its own; its exit code."""
    lines = (
        PEOPLE + code
        if code
        else "from django.core.management import call_command\ncall_command('run_engine', once=True)"
    )
    return run_lines(lines, env=env, crash_at=crash_at).code


def counts(env):
    return json.loads(python(PEOPLE + COUNT, env=env))


@pytest.mark.parametrize("point", ["clocks.before_breach_commit", "clocks.after_breach_commit"])
def test_a_sweeper_killed_at_a_breach(bare_env, point):
    python(PEOPLE + "due(3)", env=bare_env)

    assert run(bare_env, crash_at=point) == -9
    assert run(bare_env) == 0

    assert counts(bare_env)["clock.breached"] == 3


def test_a_sweeper_killed_before_its_effect_is_committed(bare_env):
    python(PEOPLE + "due(3, effect='test.escalate')", env=bare_env)

    assert run(bare_env, crash_at="clocks.before_effect_commit", code="sweep(now)") == -9
    # The claim of the dead one runs out.
    assert run(bare_env, code="sweep(now); sweep(now + timedelta(seconds=11))") == 0

    assert counts(bare_env)["warning.signoff_escalated"] == 3


@pytest.mark.parametrize(
    ("point", "repeats"),
    [("notices.after_claim", 0), ("notices.sent_not_marked", 1), ("notices.after_mark", 0)],
)
def test_a_sender_killed(bare_env, wired_gateway, point, repeats):
    python(PEOPLE + "tell(1)", env=bare_env)

    assert run(bare_env, crash_at=point) == -9
    time.sleep(1.1)
    assert run(bare_env) == 0

    assert len(wired_gateway.messages()) == 1 + repeats
    assert len(wired_gateway.on_phones()) == 1
    assert "sent" in python(PEOPLE + "print(Notice.objects.get().state)", env=bare_env)


SILENT = """
from notices.choices import Do
from notices.models import EscalationStep, Callout
from notices.rules import Escalation, StepLine

with transaction.atomic():
    queue_notices(Occasion("contact.code", "order:1", None), Message("x"), recipients=[Recipient(person(1), "")],
          channels=["app"], now=now - timedelta(minutes=4), priority=1,
          escalation=Escalation((StepLine(timedelta(minutes=1), Do.SECOND_CHANNEL, ("voice",)),
                                 StepLine(timedelta(minutes=3), Do.BREACH))))
"""
TAKEN = """
from notices.models import EscalationStep
print(json.dumps([Notice.objects.filter(channel="voice").count(), Entry.objects.filter(kind="notice.unheard").count(),
                  EscalationStep.objects.filter(done_at=None).count()]))
"""


@pytest.mark.parametrize("kills", [1, 2])
def test_an_engine_killed_while_it_follows_up_on_silence(bare_env, wired_gateway, kills):
    """Nothing of the step is there after the kill; the next engine takes it, once."""
    python(PEOPLE + SILENT, env=bare_env)

    for _kill in range(kills):
        assert run(bare_env, crash_at="notices.before_step_commit") == -9
        assert json.loads(python(PEOPLE + "import json" + TAKEN, env=bare_env)) == [0, 0, 2]
    assert run(bare_env) == 0

    assert json.loads(python(PEOPLE + "import json" + TAKEN, env=bare_env)) == [1, 1, 0]
    assert [message.channel for message in wired_gateway.messages()] == ["voice"]


def test_engines_killed_again_and_again(bare_env, wired_gateway):
    """Two engines, six kills while they work: every message once on its phone, every breach once in the journal."""
    engines = [Engine(env=bare_env, name=f"engine-{n}") for n in (1, 2)]
    try:
        for engine in engines:
            engine.start()
        for number in range(6):
            python(PEOPLE + f"tell(20, {20 * number}); due(20, first={20 * number})", env=bare_env)
            time.sleep(random.random())
            engines[number % 2].kill()
            engines[number % 2].start()
        eventually(lambda: len(wired_gateway.on_phones()) == 120, seconds=60, what="every message has come")
        eventually(lambda: counts(bare_env)["clock.breached"] == 120, seconds=60, what="every breach")
    finally:
        for engine in engines:
            engine.kill()

    assert counts(bare_env) == {"clock.breached": 120, "warning.signoff_escalated": 0, "notice.failed": 0}
    manage("run_engine", "--once", env=bare_env)
    assert "journal whole" in manage("verify_journal", env=bare_env)


SHIFT = """
from datetime import date, time
from accounts.models import Post, Unit
from accounts.posts.actions import appoint_person
from rosters.models import Rotation, Shift
from duty.shifts.actions import begin_due
from duty.shifts.models import Handover, DowntimePack
from duty.shifts import downtime_packs

def on_duty():
    unit = Unit.objects.create(code="C1", name="县局", tier="county", path="C1/", valid_from=now - timedelta(days=9))
    post = Post.objects.create(unit=unit, kind="duty_officer", title="值班员")
    goes, comes = person(1), person(2)
    for one in (goes, comes):
        appoint_person(person=one, post=post, actor=None, now=now - timedelta(days=2))
    for one, start in ((goes, now - timedelta(hours=24)), (comes, now - timedelta(minutes=1))):
        Shift.objects.create(post=post, person=one, starts_at=start, ends_at=start + timedelta(hours=23, minutes=59),
                             in_force=True, began_at=start if one == goes else None,
                             number_checked_at=start if one == goes else None)
"""
BEGUN = """
import json
came = Shift.objects.order_by("starts_at").last()
print(json.dumps([came.began_at is not None, Notice.objects.filter(purpose="test.number").count(),
                  Handover.objects.count(), DowntimePack.objects.count(), Clock.objects.filter(subject=came.key).count(),
                  Entry.objects.filter(kind="shift.began").count()]))
"""


def test_whoever_begins_a_shift_is_killed_before_it_is_stored(bare_env, wired_gateway):
    """Nothing of the beginning is there; the next engine begins it once: asked, tested, handed over, papers."""
    python(PEOPLE + SHIFT + "on_duty()", env=bare_env)

    assert run(bare_env, crash_at="shifts.before_begin_commit", code=SHIFT + "begin_due(now)") == -9
    assert json.loads(python(PEOPLE + SHIFT + BEGUN, env=bare_env)) == [False, 0, 0, 0, 0, 0]
    assert run(bare_env, code=SHIFT + "begin_due(now)") == 0
    assert run(bare_env, code=SHIFT + "begin_due(now)") == 0

    assert json.loads(python(PEOPLE + SHIFT + BEGUN, env=bare_env)) == [True, 2, 1, 1, 1, 1]


PACKS = """
import json
from pathlib import Path
print(json.dumps([DowntimePack.objects.get().state, sorted(file.suffix for file in downtime_packs.folder().iterdir()),
                  Entry.objects.filter(kind="paper.written").count()]))
"""


def test_a_pack_on_the_disk_that_no_row_knows_of_is_written_again(bare_env):
    """Killed between the file and its row: the next one writes over it; one file, one entry."""
    python(PEOPLE + SHIFT + "on_duty(); begin_due(now)", env=bare_env)
    write = (
        SHIFT
        + "downtime_packs.official_documents.as_pdf = lambda _pack: b'%PDF-1.7'; downtime_packs.document_of = lambda _unit, _now: None\n"
    )
    write += "downtime_packs.write_waiting(now)"

    assert run(bare_env, crash_at="downtime_packs.stored_not_marked", code=write) == -9
    assert json.loads(python(PEOPLE + SHIFT + PACKS, env=bare_env)) == ["waiting", [".pdf"], 0]
    assert run(bare_env, code=write) == 0
    assert run(bare_env, code=write) == 0

    assert json.loads(python(PEOPLE + SHIFT + PACKS, env=bare_env)) == ["written", [".pdf"], 1]


DRILL = """
from accounts.scope import reach_of
from accounts.models import Unit
from demo import bureau
from drills.conduct.actions import Plan, plan_drill, start_drill
from drills.conduct.models import DrillInject
from incidents.models import Incident
from plans.lifecycle.actions import load_plan
from pathlib import Path
"""
BEGIN_DRILL = """
people = bureau.build(now=now, counties=1, townships=1, villages=1)
load_plan(text=Path("plans/library/city-justice-bureau.yaml").read_text(), actor=None, now=now, put_in_force=True)
reach = reach_of(people["county1.leader"], now)
drill = plan_drill(reach=reach, unit=Unit.objects.get(code="C1"), now=now, plan=Plan(
    scenario="crowd-at-a-notary-hall", speed=600,
    participants=(("county1.duty", "duty_officer"), ("city.deputy", "leader"), ("county1.squad.dialogue", "squad"))))
start_drill(reach=reach, drill_id=drill.pk, now=now)
"""
COUNT_DRILL = """
print(json.dumps([Incident.objects.count(), DrillInject.objects.filter(state="played").count(),
    Entry.objects.filter(kind="drill.injected").count(), Entry.objects.filter(kind="incident.observed").count()]))
"""


def test_a_player_killed_in_the_middle_of_an_inject(bare_env):
    def played():
        return json.loads(python(f"import json\n{PEOPLE}{DRILL}{COUNT_DRILL}", env=bare_env))

    python(PEOPLE + DRILL + BEGIN_DRILL, env=bare_env)
    assert run(bare_env, crash_at="drills.before_commit") == -9
    assert played() == [0, 0, 0, 0]

    play = "from drills.conduct.playing import play_due\nplay_due(now + timedelta(seconds=7))"
    assert run(bare_env, code=play) == 0
    assert run(bare_env, code=play) == 0
    # All five lines of an hour at 600 times its speed, each once.
    assert played() == [1, 5, 5, 3]
