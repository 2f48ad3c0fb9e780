"""Steps that no room records by an act of its own are noted on the incident, and clocks follow."""

from datetime import timedelta

import pytest

from clocks.durations import end_of
from clocks.models import Clock, WorkCalendarDay
from clocks.queries import running
from clocks.working_days import seed
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed
from incidents.actions import close_incident, retract_incident
from incidents.steps.actions import note_step
from incidents.steps.queries import choices, steps_of
from journal.models import Entry
from journal.record import content_of
from tests.incidents.closing import answered


@pytest.fixture
def workdays(db):
    if not WorkCalendarDay.objects.exists():
        seed.fill(WorkCalendarDay)


def test_statutory_clocks_run_beside_the_plans_and_outlive_the_incident(alarm, reach, workdays, now):
    incident = alarm(headcount=3)
    step = {"incident_id": incident.pk, "reach": reach("county1.duty")}

    note_step(**step, kind="petition.accepted", now=now, at=now - timedelta(hours=1), note="登记号 2026-17")

    clock = Clock.objects.get(clock_id="LP-34")
    assert (clock.due_at, clock.plan, clock.cite) == (
        end_of(day_of(now + timedelta(days=60))), "cn-law-petition-2022@1", "条例第34条",
    )  # fmt: skip

    close_incident(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        summary="已回应",
        answers=answered(incident, now),
        now=now,
    )
    assert [c.clock_id for c in running(incident.key)] == ["A-1", "LP-34"]

    later = now + timedelta(days=59)
    note_step(**step, kind="handling_opinion.issued", now=later)
    clock.refresh_from_db()
    assert (clock.stopped_at, clock.state(later)) == (later, "met")


def test_the_petitioners_own_rights_are_shown_and_never_late(alarm, reach, now):
    incident = alarm(headcount=3)

    with pytest.raises(Invalid):
        note_step(
            incident_id=incident.pk, reach=reach("county1.duty"), kind="written_reply.received", now=now
        )

    assert not Clock.objects.filter(clock_id="LP-35a").exists()


def test_an_alarm_costs_no_query_for_the_statute(alarm, django_assert_num_queries, now):
    from clocks import rulebook

    assert [book.starts["petition.accepted"][0].clock_id for book in rulebook.standing(now)] == ["LP-34"]
    with django_assert_num_queries(1):
        rulebook.standing(now)


def test_steps_are_grouped_by_plan_and_named_once(alarm, now, django_assert_num_queries):
    incident = alarm(headcount=3)

    with django_assert_num_queries(2):
        steps = steps_of(incident, now)

    kinds = [step.kind.name for step in steps]
    assert len(kinds) == len(set(kinds))
    assert "petition.accepted" in kinds
    assert "warning.signed" not in kinds  # an act of its own
    assert [title for title, _ in choices(steps)] == ["信访工作条例（2022）法定时限"]


def test_a_step_is_recorded_with_who_when_and_note(alarm, reach, now):
    incident = alarm(headcount=3)
    happened = now - timedelta(minutes=20)

    note_step(incident_id=incident.pk, reach=reach("county1.duty"), kind="transfer.received", now=now, at=happened,
              note=" 市局转送 ")  # fmt: skip

    entry = Entry.objects.get(kind="transfer.received")
    assert (entry.at, entry.recorded_at, entry.subject, entry.plan) == (
        happened,
        now,
        incident.key,
        incident.plan.ref,
    )
    assert content_of(entry) == {"note": "市局转送"}


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [("linkage_order.received", {}, "kind"), ("warning.signed", {}, "kind"), ("no.such", {}, "kind"),
     ("petition.accepted", {"at": timedelta(minutes=10)}, "at"),
     ("petition.accepted", {"note": "身份证 11010519491231002X"}, "note")],
)  # fmt: skip
def test_a_step_that_is_not_in_order_is_refused(alarm, reach, now, kind, more, field):
    incident = alarm(headcount=3)
    if "at" in more:
        more = {"at": now + more["at"]}

    with pytest.raises(Invalid) as refused:
        note_step(incident_id=incident.pk, reach=reach("county1.duty"), kind=kind, now=now, **more)

    assert list(refused.value.fields) == [field]
    assert not Entry.objects.filter(kind=kind).exists()


def test_who_may_not_add_to_the_incident_notes_no_step(alarm, reach, now):
    incident = alarm(headcount=3)

    with pytest.raises(NotAllowed):
        note_step(incident_id=incident.pk, reach=reach("county2.duty"), kind="petition.accepted", now=now)


def test_a_false_alarm_ends_everything(alarm, reach, now):
    incident = alarm(headcount=3)
    note_step(incident_id=incident.pk, reach=reach("county1.duty"), kind="petition.accepted", now=now)

    retract_incident(incident_id=incident.pk, reach=reach("county1.duty"), now=now)

    assert list(running(incident.key)) == []


def test_the_page_and_the_api_note_a_step(alarm, signed_in, now):
    incident = alarm(headcount=3)
    browser = signed_in("county1.duty")

    page = browser.get(f"/incidents/{incident.number}/")
    assert "登记预案步骤" in page.content.decode()
    sent = browser.post(f"/incidents/{incident.number}/step/", {"kind": "petition.accepted", "note": "17号"})
    assert sent.status_code == 303

    offered = browser.get(f"/api/v1/incidents/{incident.number}/steps/").json()["steps"]
    assert {"petition.accepted", "handling_opinion.issued"} <= {step["kind"] for step in offered}
    answer = browser.post(
        f"/api/v1/incidents/{incident.number}/steps/",
        {"kind": "handling_opinion.issued"},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code == 201, answer.content
    assert Clock.objects.get(clock_id="LP-34").stopped_at is not None
    assert signed_in("county2.duty").get(f"/api/v1/incidents/{incident.number}/steps/").status_code == 404
