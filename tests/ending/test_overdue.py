"""No breach of a plan's clock is silent: whoever is responsible and who follows hear of it, once."""

from datetime import timedelta

import pytest

from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.orders.actions import issue_order, move_order, read_target
from notices.models import Notice
from plans.people import overdue

MINUTE = timedelta(minutes=1)


@pytest.fixture
def late_order(alarm, reach, now):
    order = issue_order(
        incident_id=alarm(headcount=8).pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="到一楼大厅对话",
        now=now,
    )
    at = now + 6 * MINUTE
    sweep(at)
    overdue.tell_breaches(at)
    return order, at


def told(**more):
    rows = Notice.objects.filter(purpose__startswith="clock.breached", channel="app", **more)
    return sorted(rows.values_list("recipient__username", flat=True))


def test_who_is_late_hears_of_it_once_and_who_leads_by_the_steps_of_the_plan(late_order, now, phones, turn):
    order, at = late_order

    assert told(subject=order.key) == ["county1.squad.dialogue"]
    for later in (1, 2, 60):
        sweep(at + later * MINUTE)
        overdue.tell_breaches(at + later * MINUTE)
    p3 = Clock.objects.get(clock_id="C000-P3")
    assert told(subject=order.key, purpose=f"clock.breached.{p3.pk}") == ["county1.squad.dialogue"]
    text = Notice.objects.filter(purpose=f"clock.breached.{p3.pk}").first()
    assert "5分钟内签收指令" in text.text_zh
    assert "Order acknowledged within five minutes" in text.text_en


def test_done_late_it_is_off_the_screens_again(late_order, reach, phones, turn):
    order, at = late_order
    move_order(order_id=order.pk, reach=reach("county1.squad.dialogue"), verb="acknowledge", now=at, note="")

    overdue.tell_breaches(at + MINUTE)

    left = Notice.objects.filter(purpose__startswith="clock.breached", state__in=["sent", "queued"])
    assert not left.exists()
    turn(at + MINUTE, 0)
    assert not [one for one in phones.rang if one[2].startswith("clock.breached")]


def test_done_late_but_before_anybody_was_told_nobody_is(alarm, reach, now):
    order = issue_order(
        incident_id=alarm(headcount=8).pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="x",
        now=now,
    )
    at = now + 6 * MINUTE
    move_order(order_id=order.pk, reach=reach("county1.squad.dialogue"), verb="acknowledge", now=at, note="")
    sweep(at)
    overdue.tell_breaches(at)

    assert told() == []


def test_every_clock_of_every_plan_that_runs_tells_somebody(alarm, now, cast, units):
    """Whatever role a plan names, its breach reaches a person: the role's holder, or the desk and its leader."""
    from django.conf import settings

    from plans.document.clock_rules import runs
    from plans.document.sections import clocks_of
    from plans.lifecycle.actions import load_plan

    incident = alarm(headcount=8)
    quiet = []
    for file in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml")):
        version = load_plan(text=file.read_text(), actor=None, now=now)
        for line in clocks_of(version.document):
            if not runs(line):
                continue
            clock = Clock.objects.create(
                plan=version.ref,
                clock_id=line.id,
                title_zh=line.words.zh,
                title_en=line.words.en,
                duration=line.duration,
                role=" ".join(line.roles),
                subject=incident.key,
                thread=incident.key,
                unit=incident.unit,
                unit_path=incident.unit_path,
                generation=Clock.objects.count() + 1,
                started_at=now,
                due_at=now + MINUTE,
            )
            sweep(now + 2 * MINUTE)
            overdue.tell_breaches(now + 2 * MINUTE)
            if not told(purpose=f"clock.breached.{clock.pk}"):
                quiet.append((version.ref, line.id))
    assert quiet == []


def test_a_callout_that_fails_is_tried_again_and_holds_up_no_breach(late_order, alarm, now, monkeypatch):
    order, at = late_order
    other = Clock.objects.create(
        plan="x@1",
        clock_id="c",
        title_zh="时限",
        duration="PT1M",
        subject=order.key,
        thread=order.incident.key,
        unit=order.unit,
        unit_path=order.unit_path,
        started_at=now,
        due_at=now,
    )
    sweep(at)
    with monkeypatch.context() as patch:
        patch.setattr(overdue, "_tell", lambda clock, now: 1 / 0)
        overdue.tell_breaches(at)
    other.refresh_from_db()
    assert (other.told_at, other.breached_at) == (None, at)

    overdue.tell_breaches(at + 2 * MINUTE)
    other.refresh_from_db()
    assert other.told_at == at + 2 * MINUTE
    assert told(purpose=f"clock.breached.{other.pk}")


def test_whoever_is_responsible_is_warned_before_the_end_once(late_order, now):
    order, at = late_order
    clock = Clock.objects.filter(subject=order.key, stopped_at=None, role="order_recipient").first()
    Clock.objects.filter(pk=clock.pk).update(
        due_at=at + 60 * MINUTE, breached_at=None, warn_before="PT30M", warn_due_at=at + 30 * MINUTE
    )

    for minute in (29, 30, 31):
        overdue.warn_of_ends(at + minute * MINUTE)

    rows = Notice.objects.filter(purpose__startswith=f"clock.ends_soon.{clock.pk}.", channel="app")
    assert [row.recipient.username for row in rows] == ["county1.squad.dialogue"]
    assert "时限将至" in rows[0].text_zh
