"""Visits, their record form F8, the month's minimum, and the corrections that they find."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.reform.waiting import waiting_at
from cases.official_forms.choices import FIELDS
from cases.official_forms.models import OfficialForm
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from journal.models import Entry
from notices.models import Notice
from plans.people.overdue import tell_breaches, warn_of_ends
from supervision.corrections import actions as corrections
from supervision.corrections import queries as found
from supervision.corrections import rules as correction_rules
from supervision.corrections.choices import CorrectionState, CorrectionVerb
from supervision.corrections.choices import Show as Which
from supervision.corrections.models import Correction
from supervision.months.actions import run_months
from supervision.months.models import TeamMonth
from supervision.months.queries import standings
from supervision.teams.actions import end_team
from supervision.teams.queries import cards as team_cards
from supervision.visits import actions, queries, rules
from supervision.visits.actions import Seen
from supervision.visits.choices import Show, VisitState, VisitVerb
from supervision.visits.models import Visit
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

FOUND = "值班室夜间无人接听，接访登记簿缺两天"


def seen(day: date, **more) -> Seen:
    said = {
        "visited_on": day, "villages": 2, "came": "局领导、法制科", "topics": ["disputes", "duties"],
        "looked_at": "排查台账、值班安排", "found": FOUND, "said": "请补记并落实双人值班", "responsible": "司法所所长",
    }  # fmt: skip
    return Seen(**{**said, **more})


@pytest.fixture
def record(team, reach, units, now):
    def make(who="county1.deputy", unit="T11", at=now, **more):
        day = more.pop("visited_on", day_of(at))
        return actions.record_visit(
            team_id=team.pk, reach=reach(who, at), unit=units[unit], seen=seen(day, **more), now=at
        )

    return make


@pytest.fixture
def correct(reach, now):
    def make(visit, who="county1.deputy", **more):
        given = {
            "danger": "值班室电话夜间无人接听",
            "measures": "实行双人值班",
            "responsible": "司法所所长",
            "due_date": day_of(now) + timedelta(days=10),
            **more,
        }
        return corrections.set_correction(visit_id=visit.pk, reach=reach(who), now=now, **given)

    return make


@pytest.fixture
def correction(record, correct):
    return correct(record())


# --- visits --------------------------------------------------------------------------------------------------


def test_a_visit_starts_the_three_days_of_its_form_and_the_unit_is_told(campaign, record, units, now):
    with done_as_in_the_table(rules.TRANSITIONS, VisitVerb.RECORD, tells=True) as key:
        visit = record()
        key.append(visit.key)

    clock = Clock.objects.get(clock_id="C004-9")
    assert (clock.subject, str(day_of(clock.due_at))) == (visit.form.key, "2026-11-25")
    told = Notice.objects.filter(purpose=rules.TO_ANSWER)
    assert set(told.values_list("recipient__username", flat=True)) == {"town11.head"}


def test_a_visit_recorded_later_has_its_days_from_the_visit(campaign, record, now):
    visit = record(visited_on=day_of(now) - timedelta(days=5))

    clock = Clock.objects.get(subject=visit.form.key)
    entry = Entry.objects.get(kind="supervision_visit.ended")
    assert str(day_of(clock.due_at)) == "2026-11-20"
    assert (str(day_of(entry.at)), entry.recorded_at) == ("2026-11-17", now)
    sweep(now)
    tell_breaches(now)
    people = set(
        Notice.objects.filter(purpose=f"clock.breached.{clock.pk}").values_list(
            "recipient__username", flat=True
        )
    )
    assert {"county1.deputy", "county1.leader"} <= people


def test_form_f8_is_filled_in_from_the_visit_in_its_own_order(campaign, record, correct, reach, now):
    visit = record()
    correct(visit)
    correct(visit, danger="登记簿缺页", measures="补记", due_date=day_of(now) + timedelta(days=3))

    with done_as_in_the_table(rules.TRANSITIONS, VisitVerb.SEND_FORM, subject=visit.key):
        actions.send_form(visit_id=visit.pk, reach=reach("county1.leader"), rev=1, now=now)

    form = OfficialForm.objects.get()
    names = [
        "visited_on", "villages", "team", "contents", "dangers", "corrections", "correct_by", "responsible",
    ]  # fmt: skip
    assert [field.name for field in FIELDS[form.kind]] == names
    assert set(form.fields) == set(names)
    assert [label for label, _said in form.rows] == [str(field.label) for field in FIELDS[form.kind]]
    assert form.fields["dangers"] == "1. 值班室电话夜间无人接听\n2. 登记簿缺页"
    assert (form.fields["correct_by"], form.fields["villages"]) == ("2026-11-25", 2)
    assert form.fields["contents"].endswith("：排查台账、值班安排")
    assert Clock.objects.get(clock_id="C004-9").stopped_at == now
    with pytest.raises(WrongState):
        actions.send_form(visit_id=visit.pk, reach=reach("county1.leader"), now=now)


def test_the_unit_reads_and_answers_and_the_team_hears_of_it(record, reach, now):
    visit = record()
    head = reach("town11.head")

    with done_as_in_the_table(rules.TRANSITIONS, VisitVerb.READ, subject=visit.key):
        actions.confirm_reading(visit_id=visit.pk, reach=head, now=now)
    with done_as_in_the_table(rules.TRANSITIONS, VisitVerb.ANSWER, subject=visit.key, tells=True):
        actions.answer_visit(visit_id=visit.pk, reach=head, answer="已补记，明日起双人值班", rev=2, now=now)

    visit.refresh_from_db()
    assert (visit.state, visit.read_by, visit.answered_by) == (VisitState.ANSWERED, head.user, head.user)
    for act in (actions.confirm_reading, lambda **given: actions.answer_visit(answer="x", **given)):
        with pytest.raises(WrongState):
            act(visit_id=visit.pk, reach=head, now=now)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"unit": "T12"}, "not_in_area"),
        ({"visited_on": date(2026, 11, 23)}, "day_to_come"),
        ({"topics": ["special_groups"]}, "topics_missing"),
        ({"found": " "}, "found_missing"),
    ],
)
def test_what_does_not_fit_is_refused(more, code, record):
    with pytest.raises(Invalid) as refused, nothing_written():
        record(**more)

    assert refused.value.code == code
    assert not OfficialForm.objects.exists()


def test_who_may_record_send_and_answer(team, record, reach, units, now):
    for stranger in ("county1.duty", "town11.head", "county2.director"):
        with pytest.raises(NotAllowed):
            record(stranger)
    visit = record("county1.director")
    with pytest.raises(NotAllowed):
        actions.send_form(visit_id=visit.pk, reach=reach("town11.head"), now=now)
    for who in ("county1.deputy", "county2.director", "village111.informant"):
        with pytest.raises(NotAllowed):
            actions.answer_visit(visit_id=visit.pk, reach=reach(who), answer="x", now=now)
    with pytest.raises(Stale):
        actions.confirm_reading(visit_id=visit.pk, reach=reach("town11.head"), rev=7, now=now)
    end_team(team_id=team.pk, reach=reach("county1.director"), now=now)
    with pytest.raises(WrongState):
        record("county1.director")


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("county1.duty", True), ("city.audit", True), ("town11.clerk", True), ("city.director", True),
        ("town12.head", False), ("county2.director", False), ("village111.informant", False),
    ],
)  # fmt: skip
def test_the_unit_sees_its_own_and_auditors_all_in_scope(who, sees, correction, reach, now):
    visit = Visit.objects.get()

    assert queries.visits(reach(who)).exists() == sees
    assert found.corrections(reach(who), Which.ALL, now).exists() == sees
    if not sees:
        with pytest.raises(NotFound):
            queries.get_visit(reach(who), visit.number)
        with pytest.raises(NotFound):
            found.get_correction(reach(who), correction.number)


# --- the month's minimum -------------------------------------------------------------------------------------


def test_the_month_is_opened_once_and_met_by_a_visit(campaign, team, record, reach, now):
    assert run_months(now) == 1
    assert run_months(now) == 0

    clock = Clock.objects.get(clock_id="C004-10")
    assert (clock.subject, clock.due_at) == (team.key, end_of(date(2026, 11, 30)))
    record(villages=0)
    assert TeamMonth.objects.get().met_at is None
    record()

    clock.refresh_from_db()
    assert (clock.stopped_at, TeamMonth.objects.get().met_at) == (now, now)
    standing = standings([team.pk], day_of(now))[team.pk]
    assert (standing.visits, standing.villages) == (1, 2)
    (card,) = team_cards(reach("county1.duty"), [team], now)
    assert card.month == standing


def test_what_was_visited_before_the_month_was_asked_counts(campaign, team, record, now):
    record()

    assert run_months(now) == 1

    assert TeamMonth.objects.get().met_at == now
    assert not Clock.objects.filter(clock_id="C004-10").exists()


def test_a_shortfall_is_warned_of_told_and_climbs_by_the_plans_steps(campaign, team, record, now):
    run_months(now)
    clock = Clock.objects.get(clock_id="C004-10")

    def heard(purpose):
        return set(
            Notice.objects.filter(purpose__startswith=purpose).values_list("recipient__username", flat=True)
        )

    warn_of_ends(clock.due_at - timedelta(hours=167))
    assert heard("clock.ends_soon") == {"county1.deputy", "county1.leader"}
    late = clock.due_at + timedelta(minutes=1)
    sweep(late)
    tell_breaches(late)
    assert {"county1.deputy", "county1.leader"} <= heard(f"clock.breached.{clock.pk}")

    day_after = clock.due_at + timedelta(hours=24)
    run_months(day_after)
    assert "county1.leader" in heard(f"clock.breached.{clock.pk}.month1")
    run_months(clock.due_at + timedelta(hours=168))
    assert "county1.director" in heard(f"clock.breached.{clock.pk}.month2")
    assert Entry.objects.filter(kind="supervision_month.short_told").count() == 2
    assert run_months(clock.due_at + timedelta(hours=169)) == 0
    # The next month is asked by itself, the one before stays short.
    assert sorted(TeamMonth.objects.values_list("day", "met_at")) == [
        (date(2026, 11, 1), None), (date(2026, 12, 1), None),
    ]  # fmt: skip


def test_no_plan_no_month(team, now):
    assert run_months(now) == 0


# --- corrections ---------------------------------------------------------------------------------------------


def _moves(row, reach, now):
    """Verb → the act as whoever may do it."""
    given = {"correction_id": row.pk, "now": now}
    head, leader = reach("town11.head"), reach("county1.director")
    return {
        CorrectionVerb.REPORT: lambda: corrections.report_correction(
            reach=head, report="已双人值班", **given
        ),
        CorrectionVerb.VERIFY: lambda: corrections.verify_correction(
            reach=leader, reason="现场已看", **given
        ),
        CorrectionVerb.SEND_BACK: lambda: corrections.send_back(reach=leader, reason="仍缺一人", **given),
        CorrectionVerb.ASK_EXTENSION: lambda: corrections.ask_extension(
            reach=head, due_date=day_of(row.due_at) + timedelta(days=5), reason="待招录", **given
        ),
        CorrectionVerb.EXTEND: lambda: corrections.extend_correction(reach=leader, reason="同意", **given),
        CorrectionVerb.REFUSE_EXTENSION: lambda: corrections.refuse_extension(
            reach=leader, reason="不同意", **given
        ),
    }


WAYS = {
    (CorrectionState.OPEN, False): (),
    (CorrectionState.OPEN, True): (CorrectionVerb.ASK_EXTENSION,),
    (CorrectionState.REPORTED, False): (CorrectionVerb.REPORT,),
    (CorrectionState.VERIFIED, False): (CorrectionVerb.REPORT, CorrectionVerb.VERIFY),
}


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("verb", correction_rules.ON_A_CORRECTION)
def test_every_verb_in_every_state(way, verb, correction, reach, now):
    for step in WAYS[way]:
        _moves(correction, reach, now)[step]()
    state, is_asked = way

    if correction_rules.applies(verb, state, is_asked=is_asked, is_late=False):
        with done_as_in_the_table(correction_rules.TRANSITIONS, verb, subject=correction.key, tells=True):
            row = _moves(correction, reach, now)[verb]()
        assert row.state == correction_rules.TRANSITIONS.next_state(state, verb)
    else:
        with pytest.raises((WrongState, NotAllowed)), nothing_written():
            _moves(correction, reach, now)[verb]()


def test_setting_one_tells_the_unit_and_starts_its_clock(record, correct, now):
    visit = record()
    with done_as_in_the_table(correction_rules.TRANSITIONS, CorrectionVerb.SET, tells=True) as key:
        row = correct(visit)
        key.append(row.key)

    clock = Clock.objects.get(subject=row.key)
    assert (clock.due_at, clock.unit.code) == (end_of(day_of(now) + timedelta(days=10)), "T11")


def test_it_is_never_closed_by_itself_and_overdue_is_told(correction, reach, now):
    late = correction.due_at + timedelta(minutes=1)

    sweep(late)
    tell_breaches(late)

    told = Notice.objects.filter(purpose__startswith="correction.overdue")
    assert set(told.values_list("recipient__username", flat=True)) == {
        "town11.head",
        "county1.deputy",
        "county1.leader",
    }
    correction.refresh_from_db()
    assert correction.state == CorrectionState.OPEN
    assert found.corrections(reach("town11.head"), Which.OVERDUE, late).get() == correction
    with pytest.raises(WrongState) as refused:
        corrections.ask_extension(
            correction_id=correction.pk, reach=reach("town11.head"), due_date=day_of(late) + timedelta(days=9),
            reason="x", now=late,
        )  # fmt: skip
    assert "lateness" in str(refused.value) or "迟" in str(refused.value)


def test_more_time_moves_the_day_and_keeps_the_first_one(correction, reach, now):
    first = correction.due_at
    moves = _moves(correction, reach, now)
    moves[CorrectionVerb.ASK_EXTENSION]()
    moves[CorrectionVerb.EXTEND]()

    correction.refresh_from_db()
    assert (correction.first_due_at, correction.due_at) == (first, first + timedelta(days=5))
    assert correction.extensions == 1
    assert Clock.objects.running().get(subject=correction.key).due_at == correction.due_at


def test_who_may_do_what_with_one(correction, reach, now, cast, units):
    given = {"correction_id": correction.pk, "now": now}
    for who in ("county1.deputy", "town12.head", "village111.informant"):
        with pytest.raises(NotAllowed):
            corrections.report_correction(reach=reach(who), report="x", **given)
    # The director of the bureau may report for the unit, and then does not verify it.
    corrections.report_correction(reach=reach("county1.director"), report="x", **given)
    for who in ("county1.director", "town11.head", "county1.duty"):
        with pytest.raises(NotAllowed):
            corrections.verify_correction(reach=reach(who), reason="x", **given)
    corrections.send_back(reach=reach("county1.deputy"), reason="x", **given)
    corrections.ask_extension(
        reach=reach("county1.director"), due_date=day_of(now) + timedelta(days=20), reason="x", **given
    )
    for who in ("county1.director", "town11.head"):
        with pytest.raises(NotAllowed):
            corrections.extend_correction(reach=reach(who), reason="x", **given)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"danger": " "}, "danger_missing"),
        ({"danger": "对重点人员落实稳控"}, "against_people"),
        ({"due_date": date(2026, 11, 21)}, "past_date"),
    ],
)
def test_a_danger_is_in_the_agencys_own_work(more, code, record, correct):
    visit = record()
    with pytest.raises(Invalid) as refused, nothing_written():
        correct(visit, **more)

    assert refused.value.code == code


def test_mine_are_those_of_my_unit_my_team_and_my_decision(correction, reach, now):
    def mine(who):
        return list(found.corrections(reach(who), Which.MINE, now))

    moves = _moves(correction, reach, now)
    assert (mine("town11.head"), mine("county1.deputy"), mine("county1.director")) == ([correction], [], [])
    moves[CorrectionVerb.ASK_EXTENSION]()
    assert mine("county1.director") == [correction]
    moves[CorrectionVerb.REPORT]()
    assert (mine("town11.head"), mine("county1.deputy"), mine("county1.director")) == ([], [correction], [])


def test_a_unit_that_ends_says_what_is_not_put_right(correction, units):
    assert sum(one.many for one in waiting_at([units["T11"].path])) == 2


def test_what_the_database_refuses(correction, cast, now):
    def refused(row, name, **fields):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**fields)

    visit = correction.visit
    refused(visit, "a_visit_is_read_before_it_is_answered", state="read")
    refused(visit, "an_answered_visit_says_what_was_answered", state="answered", read_at=now)
    refused(correction, "a_reported_correction_says_what_was_done", state="reported")
    refused(correction, "a_correction_ends_by_being_verified", verified_at=now)
    refused(
        correction, "a_correction_is_verified_by_another_person", state="verified", report="x", reported_at=now,
        verified_at=now, verified_by=cast["town11.head"], reported_by=cast["town11.head"],
    )  # fmt: skip
    refused(correction, "more_time_is_asked_for_by_somebody", asked_due_at=now)


def test_a_months_rows_are_guarded(campaign, team, now):
    run_months(now)
    month = TeamMonth.objects.get()
    with pytest.raises(IntegrityError, match="a_met_month_needs_no_step"), transaction.atomic():
        TeamMonth.objects.filter(pk=month.pk).update(met_at=now, next_step_at=now)
    month.pk = None
    # one_month_per_team_and_clock
    with pytest.raises(IntegrityError), transaction.atomic():
        month.save(force_insert=True)


# --- doors ---------------------------------------------------------------------------------------------------


def test_the_pages_from_visit_to_verified(team, units, signed_in, wall_clock, now):
    deputy, head = signed_in("county1.deputy", "en"), signed_in("town11.head", "en")
    form = {
        "team": team.pk, "unit": "T11", "visited_on": "2026-11-22", "villages": 1, "came": "Deputy", "topics": ["duties"],
        "looked_at": "Duty", "found": "A gap at night", "said": "Close it", "responsible": "Head",
    }  # fmt: skip
    assert deputy.get("/supervision/visits/new/").status_code == 200
    assert deputy.post("/supervision/visits/new/", {**form, "unit": "T12"}).status_code == 422
    made = deputy.post("/supervision/visits/new/", form)
    page = made.headers["Location"]
    assert made.status_code == 303
    set_one = {
        "danger": "No one answers",
        "measures": "Two on duty",
        "responsible": "Head",
        "due_date": "2026-12-01",
    }
    assert deputy.post(f"{page}corrections/", set_one).status_code == 303
    assert deputy.post(f"{page}send-form/", {"rev": 1}).status_code == 303
    assert deputy.get(f"{page}paper.docx").content[:2] == b"PK"
    shown = head.get(page).content.decode()
    assert "A gap at night" in shown
    assert "We have read it" in shown
    assert head.post(f"{page}answer/", {"answer": "Done tomorrow"}).status_code == 303
    row = Correction.objects.get()
    one = f"/supervision/corrections/{row.number}/"
    assert row.number in head.get("/supervision/corrections/?show=mine").content.decode()
    assert head.post(f"{one}report/", {"report": "Two on duty"}).status_code == 303
    assert "Verify on the spot" in deputy.get(one).content.decode()
    assert deputy.post(f"{one}verify/", {"reason": "Seen"}).status_code == 303
    assert Correction.objects.get().state == CorrectionState.VERIFIED
    assert row.number in head.get("/supervision/corrections/?show=ended").content.decode()


def test_the_lists_filter_and_cost_the_same_for_three_as_for_one(
    campaign, signed_in, record, correct, reach, now, wall_clock, django_assert_num_queries
):
    browser = signed_in("county1.duty", "en")
    assert "once recorded" in browser.get("/supervision/visits/").content.decode()
    assert "once it is set" in browser.get("/supervision/corrections/").content.decode()
    duty = reach("county1.duty")
    correct(record())

    def walk():
        with django_assert_num_queries(4):
            cards = queries.cards(duty, queries.visits(duty))
            assert all(card.clock for card in cards)
        with django_assert_num_queries(3):
            found.cards(duty, found.corrections(duty, Which.LIVE, now), now)
        return cards

    assert len(walk()) == 1
    correct(record(unit="V111"))
    correct(record(visited_on=date(2026, 11, 2)))
    assert len(walk()) == 3

    listed = lambda query: browser.get(f"/supervision/visits/?{query}").context["page"].paginator.count  # noqa: E731
    assert (listed("unit=V111"), listed("since=2026-11-10"), listed("until=2026-11-10")) == (1, 2, 1)
    assert (listed(f"show={Show.UNANSWERED}"), listed(f"show={Show.NOT_SENT}"), listed("unit=NONE")) == (
        3,
        3,
        0,
    )
    for address in ("visits", "corrections"):
        answer = browser.get(f"/supervision/{address}/?as=xlsx")
        assert answer.headers["Content-Type"].endswith("sheet")


def test_the_api_records_answers_and_corrects(team, cast, units, signed_in, wall_clock):
    deputy, head = signed_in("county1.deputy"), signed_in("town11.head")

    def send(browser, address, data=None, **headers):
        headers |= {"Idempotency-Key": str(uuid4())}
        return browser.post(
            f"/api/v1/{address}", data or {}, content_type="application/json", headers=headers
        )

    body = {
        "team": team.pk, "unit": "T11", "visited_on": "2026-11-22", "villages": 1, "came": "副局长", "topics": ["duties"],
        "looked_at": "值班", "found": FOUND, "said": "请落实", "responsible": "所长",
    }  # fmt: skip
    made = send(deputy, "supervision-visits/", body)
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert send(deputy, "supervision-visits/", {**body, "unit": "NONE"}).status_code == 422
    assert send(deputy, "supervision-visits/", {**body, "topics": ["people"]}).status_code == 422
    due = {"danger": "无人接听", "measures": "双人值班", "responsible": "所长", "due_date": "2026-12-01"}
    row = send(deputy, f"supervision-visits/{number}/corrections/", due)
    assert row.status_code == 201, row.content
    one = row.json()["number"]
    assert (
        send(
            head, f"supervision-visits/{number}/answer/", {"answer": "照办"}, **{"If-Match": '"9"'}
        ).status_code
        == 412
    )
    assert (
        send(head, f"supervision-visits/{number}/answer/", {"answer": "照办"}).json()["state"] == "answered"
    )
    assert send(deputy, f"supervision-visits/{number}/send-form/").json()["form"]["state"] == "sent"
    assert send(head, f"corrections/{one}/ask-extension/", {"reason": "x"}).status_code == 422
    assert send(head, f"corrections/{one}/report/", {"report": "已办"}).json()["state"] == "reported"
    assert send(head, f"corrections/{one}/verify/", {"reason": "x"}).status_code == 403
    assert send(deputy, f"corrections/{one}/verify/", {"reason": "已看"}).json()["state"] == "verified"
    assert head.get("/api/v1/corrections/?unit=T11&overdue=false").json()["results"][0]["number"] == one
    assert (
        head.get(f"/api/v1/supervision-visits/{number}/corrections/").json()["results"][0]["state"]
        == "verified"
    )
    assert deputy.get("/api/v1/supervision-visits/?since=2026-11-23").json()["results"] == []
    assert head.get(f"/api/v1/corrections/{one}/").headers["ETag"]


def test_the_hour_of_an_earlier_visit_is_the_end_of_its_day():
    now = datetime.fromisoformat("2026-11-22T09:00:00+08:00")

    assert rules.ended_at(date(2026, 11, 22), now) == now
    assert day_of(rules.ended_at(date(2026, 11, 20), now)) == date(2026, 11, 20)
