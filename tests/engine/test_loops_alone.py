"""Every loop of the engine meets its rows each alone: one that raises stops no neighbour, and stands on the system page."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.reform.actions import carry_out_due
from accounts.reform.models import Reform
from common.dates.local_time import day_of
from common.models import SetAside
from engine.background import auditor
from notices.choices import Do
from notices.models import Callout, EscalationStep
from notices.silence import escalation
from zero_reports.counts.tallies import _changes
from zero_reports.reminders.actions import take_step, write_steps
from zero_reports.reminders.models import ReminderStep
from zero_reports.rounds.actions import fix_rounds, open_rounds
from zero_reports.rounds.models import Round

MINUTE = timedelta(minutes=1)


@pytest.fixture
def poison(monkeypatch):
    """poison(module, "act", rows) → the function raises for the first of these rows, and writes down the others."""

    def put(module, name, key, first):
        met = []

        def act(*args, **kwargs):
            row = key(*args, **kwargs)
            if row == first:
                raise KeyError("poison")
            met.append(row)
            return 1

        monkeypatch.setattr(f"{module}.{name}", act)
        return met

    return put


def reforms(cast, now):
    made = [
        Reform.objects.create(
            day=day_of(now), olds=[], news=[], reason="x", planned_by=cast["city.secadmin"], planned_at=now
        ).pk
        for _ in range(3)
    ]
    return made, carry_out_due


def test_a_reform_that_raises_stops_no_other(cast, now, poison):
    (first, *others), turn = reforms(cast, now)
    met = poison("accounts.reform.actions", "carry_out", lambda pk, at: pk, first)

    assert turn(now) == 2
    assert met == others
    assert SetAside.objects.get().row == str(first)


def test_a_step_of_escalation_that_raises_is_shown(cast, units, now, monkeypatch):
    callout = Callout.objects.create(
        recipient=cast["county1.duty"], subject="w:1", purpose="notice.nobody", thread="w:1",
        unit=units["C1"], unit_path=units["C1"].path, began_at=now,
    )  # fmt: skip
    EscalationStep.objects.create(callout=callout, number=1, do=Do.BREACH, due_at=now)
    monkeypatch.setitem(escalation._TAKE, Do.BREACH, lambda *_args: {}["poison"])
    for minute in range(4):
        escalation.take_due(now + minute * MINUTE)

    faults = {fault.code: fault.detail for fault in auditor.find_faults(now + 4 * MINUTE, {})}
    assert "KeyError" in faults["set_aside:notices.escalation"]


def test_a_step_of_reminders_that_raises_stops_no_other(plan, cast, now, monkeypatch):
    open_rounds(now=now)
    write_steps(now)
    first, second, *_more = ReminderStep.objects.order_by("at", "pk")
    evening = first.at + timedelta(hours=9)
    taken = []

    def take(step, at):
        if step.pk == first.pk:
            raise KeyError("poison")
        taken.append(step.pk)

    monkeypatch.setattr("zero_reports.reminders.actions._take", take)

    assert take_step(evening) == 1
    assert take_step(evening) == 1
    assert taken == [second.pk]


def test_a_period_that_cannot_be_counted_stops_no_other(plan, cast, now, monkeypatch):
    open_rounds(now=now)
    open_rounds(now=now + timedelta(days=1))
    days = sorted(set(Round.objects.values_list("day", flat=True)))
    fixed = []

    def fix(period, at):
        if period.day == days[0]:
            raise KeyError("poison")
        fixed.append(period.day)
        return []

    monkeypatch.setattr("zero_reports.rounds.actions._fix", fix)
    fix_rounds(now=now + timedelta(days=9))

    assert days[1] in fixed


def test_a_filing_that_cannot_be_read_is_passed_over():
    good = {"counted": True, "was": None, "answer": "nil", "late": False, "period": "2026-11-22"}
    rows = [
        ("zero_report.received", "000001", json.dumps({"content": content}))
        for content in ({}, {**good, "period": ""}, good)
    ]

    assert len(list(_changes(rows))) == 1


def test_the_system_page_names_it(signed_in, db, now):
    SetAside.objects.create(loop="x.loop", row="7", error="KeyError", tries=3, first_at=now, again_at=now)
    auditor.audit(now, {})

    page = signed_in("city.sysadmin").get(reverse("system")).content.decode()

    assert "7: KeyError" in page
