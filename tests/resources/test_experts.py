"""Experts: who keeps the list, when one may be called, and what a call leaves on record."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from clocks.models import Clock
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from incidents import actions as incidents
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from notices.relevance import validity
from plans.document.pools import pools_of
from resources.experts import actions, calls, queries, rules
from resources.experts.choices import CallState, CallVerb
from resources.experts.models import Expert, ExpertCall, ExpertCallStep

PHONE = "139 0000 7777"


@pytest.mark.parametrize(
    ("away_from", "away_until", "answer"),
    [
        (None, None, True),
        (0, None, False),
        (-5, None, False),
        (5, None, True),
        (-5, 5, False),
        (-5, 0, True),
        (0, 1, False),
    ],
)
def test_when_somebody_is_available(now, away_from, away_until, answer):
    def at(minutes):
        return None if minutes is None else now + timedelta(minutes=minutes)

    assert rules.is_available(at(away_from), at(away_until), now) is answer


def test_a_pool_is_read_from_the_plan():
    (pool,) = pools_of(
        {
            "pools": [
                {
                    "id": "p",
                    "zh": "智囊团",
                    "en": "Pool",
                    "size": 50,
                    "arrive": "PT30M",
                    "kinds": ["医生", {"id": "a", "zh": "甲"}],
                }
            ]
        }
    )

    assert (pool.size, pool.arrive, [(kind.id, kind.words.zh) for kind in pool.kinds]) == (
        50, "PT30M", [("医生", "医生"), ("a", "甲")],
    )  # fmt: skip
    assert pools_of({}) == ()


@pytest.fixture
def add(plan, units, reach, now):
    """add("C1", name="唐老师") → an expert the county's duty room listed."""

    def act(
        unit="C1", *, kind="retired_judge", skill="", name="唐老师", organisation="省法院", by="county1.duty"
    ):
        return actions.add_expert(
            reach=reach(by), unit=units[unit], kind=kind, skill=skill, name=name, organisation=organisation,
            phone=PHONE, now=now,
        )  # fmt: skip

    return act


@pytest.fixture
def expert(add):
    return add()


@pytest.fixture
def given(expert, reach, now):
    return {"reach": reach("county1.duty"), "expert_id": expert.pk, "now": now}


@pytest.fixture
def call(expert, alarm, reach, now):
    return calls.call_expert(
        reach=reach("county1.duty"), incident_id=alarm(unit="T11").pk, expert_id=expert.pk,
        question="调解协议的效力", now=now,
    )  # fmt: skip


@pytest.fixture
def move(call, reach, now):
    def act(verb, *, minutes=10, note="", at=None, by="county1.duty", rev=None):
        later = now + timedelta(minutes=minutes)
        return calls.move_call(
            reach=reach(by, later), call_id=call.pk, verb=verb, note=note, now=later, at=at, rev=rev
        )

    return act


def clock_of(call):
    return Clock.objects.get(subject=call.key)


def last(kind):
    return Entry.objects.filter(kind=kind).latest("pk")


# --- the list --------------------------------------------------------------------------------------------------


def test_the_kind_is_one_of_the_plans_pool_with_its_words(expert):
    assert (expert.pool, expert.title_zh, expert.title_en) == ("expert_pool", "退休法官", "Retired judge")
    entry = last("expert.added")
    assert "唐老师" not in entry.body
    assert "7777" not in entry.body
    assert (entry.subject, entry.audience) == (expert.key, "report")


def test_without_a_kind_the_skill_is_said(add):
    other = add(kind="", skill="心理疏导")
    assert (other.pool, other.title) == ("", "心理疏导")

    with pytest.raises(Invalid) as refused:
        add(kind="")
    assert refused.value.code == "skill_missing"
    with pytest.raises(Invalid) as refused:
        add(kind="astrologer")
    assert refused.value.code == "unknown_kind"


def test_the_number_is_sealed_in_the_database(expert):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM resources_expert")
        (stored,) = cursor.fetchone()

    assert "7777" not in stored
    assert Expert.objects.get().phone == PHONE


def test_away_until_and_available_again(given, expert, now):
    actions.set_away(**given, note="外出讲学", until=now + timedelta(days=2))
    expert.refresh_from_db()
    assert (expert.is_available(now), expert.is_available(now + timedelta(days=2))) == (False, True)
    assert list(Expert.objects.available(now)) == []
    assert list(Expert.objects.available(now + timedelta(days=2))) == [expert]
    with pytest.raises(Invalid) as refused:
        actions.set_away(**given, note="", until=now)
    assert refused.value.code == "until_is_past"

    actions.set_available(**given)
    actions.set_available(**given)

    expert.refresh_from_db()
    assert (expert.away_from, expert.away_until, expert.away_note) == (None, None, "")
    assert Entry.objects.filter(kind="expert.available").count() == 1


def test_a_change_is_recorded_by_its_fields(given, expert):
    same = {"kind": "retired_judge", "skill": "", "name": "唐老师", "phone": PHONE}
    actions.change_expert(**given, **same, organisation="省法院")
    assert not Entry.objects.filter(kind="expert.changed").exists()

    actions.change_expert(
        **given, **{**same, "kind": "media_commentator", "phone": "120"}, organisation="省法院"
    )

    expert.refresh_from_db()
    assert (expert.title_zh, expert.phone) == ("媒体评论员", "120")
    assert content_of(last("expert.changed"))["fields"] == ["kind", "phone"]


def test_off_the_list_the_name_is_gone_and_the_advice_stays(given, expert, call, move):
    with pytest.raises(WrongState) as refused:
        actions.end_expert(**given)
    assert refused.value.code == "expert_is_called"
    move(CallVerb.CONSULT)
    move(CallVerb.ADVISE, note="先出具书面说明")

    actions.end_expert(**given)
    actions.end_expert(**given)

    expert.refresh_from_db()
    assert (expert.name, expert.phone, expert.title_zh) == ("", "", "退休法官")
    assert ExpertCallStep.objects.get(verb=CallVerb.ADVISE).note == "先出具书面说明"
    assert Entry.objects.filter(kind="expert.ended").count() == 1
    with pytest.raises(WrongState):
        actions.set_available(**given)


@pytest.mark.parametrize(
    "username", ["county2.duty", "village111.informant", "county1.squad.dialogue", "city.audit"]
)
def test_who_does_not_keep_the_list_changes_nothing(add, given, reach, username):
    with pytest.raises(NotAllowed):
        add(by=username)
    for act in (actions.set_available, actions.end_expert):
        with pytest.raises(NotAllowed):
            act(**given | {"reach": reach(username)})


def test_an_old_page_changes_nothing(given, expert):
    actions.set_away(**given, note="出差", rev=expert.rev)
    with pytest.raises(Stale):
        actions.set_available(**given, rev=expert.rev)


def test_a_text_with_a_number_is_refused(add, given):
    with pytest.raises(Invalid):
        add(organisation="找 13800138000")
    with pytest.raises(Invalid):
        actions.set_away(**given, note="13800138000")


def test_a_township_sees_its_countys_experts_and_a_neighbour_none(add, reach, expert):
    of_city = add("C0", by="city.duty")

    assert list(queries.experts(reach("town11.clerk"))) == [of_city, expert]
    assert list(queries.experts(reach("county2.duty"))) == [of_city]
    with pytest.raises(NotFound):
        queries.get_expert(reach("county2.duty"), expert.pk)


def test_pools_are_counted_against_what_the_plan_asks(add, reach, units, given, now):
    add(name="李老师")
    actions.set_away(**given, note="出差")

    (found,) = queries.pool_counts(reach("county1.duty"), units["C1"], now)

    assert (found.pool.id, found.pool.size, found.listed, found.available) == ("expert_pool", 50, 2, 1)


# --- constraints -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_expert_knows_something", {"kind": "", "skill": ""}),
        ("off_the_list_the_name_is_gone", {"name": ""}),
        ("away_has_a_beginning", {"away_note": "x"}),
    ],
)
def test_the_database_holds_the_list(expert, name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Expert.objects.filter(pk=expert.pk).update(**change)


def test_one_open_call_per_expert_and_incident(call):
    call.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        call.save(force_insert=True)


def test_an_expert_who_was_met_has_its_time(call):
    with pytest.raises(IntegrityError, match="an_expert_who_was_met_has_its_time"), transaction.atomic():
        ExpertCall.objects.filter(pk=call.pk).update(state=CallState.ARRIVED)


def test_advice_is_in_words(call, cast, now):
    with pytest.raises(IntegrityError, match="advice_is_in_words"), transaction.atomic():
        ExpertCallStep.objects.create(call=call, verb=CallVerb.ADVISE, at=now, by=cast["county1.duty"])


# --- calls -----------------------------------------------------------------------------------------------------


def test_a_call_starts_the_plans_clock_of_thirty_minutes(call, expert, now):
    entry = last("expert.called")

    assert (entry.subject, entry.thread, entry.plan) == (call.key, call.incident.key, call.incident.plan.ref)
    assert content_of(entry) == {
        "title_zh": "退休法官", "title_en": "Retired judge", "organisation": "省法院", "what": "调解协议的效力",
    }  # fmt: skip
    clock = clock_of(call)
    assert (clock.clock_id, clock.thread, clock.due_at) == (
        "C000-5",
        call.incident.key,
        now + timedelta(minutes=30),
    )


@pytest.mark.parametrize(("verb", "state"), [(CallVerb.CHECK_IN, "arrived"), (CallVerb.CONSULT, "consulted")])
def test_arriving_and_being_consulted_meet_the_clock_when_it_happened(call, move, now, verb, state):
    move(verb, minutes=45, at=now + timedelta(minutes=30))

    call.refresh_from_db()
    clock = clock_of(call)
    assert (call.state, call.met_at, clock.stopped_at) == (state, now + timedelta(minutes=30), call.met_at)
    assert clock.state(now + timedelta(minutes=45)) == "met"
    entry = last("expert.checked_in")
    assert (entry.at, entry.recorded_at) == (call.met_at, now + timedelta(minutes=45))
    assert content_of(entry)["way"] == verb


def test_who_is_late_is_late(call, move, now):
    move(CallVerb.CHECK_IN, minutes=31)

    assert clock_of(call).state(now + timedelta(minutes=31)) == "breached"


def test_who_was_consulted_may_still_come_and_the_first_moment_counts(call, move, now):
    move(CallVerb.CONSULT, minutes=5)
    move(CallVerb.CHECK_IN, minutes=50)

    call.refresh_from_db()
    assert (call.state, call.met_at) == ("arrived", now + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("verb", "state", "kind"),
    [
        (CallVerb.DECLINE, "declined", "expert.declined"),
        (CallVerb.MISS, "not_reached", "expert.not_reached"),
        (CallVerb.STAND_DOWN, "stood_down", "expert.stood_down"),
    ],
)
def test_who_does_not_come_is_on_record_and_nobody_is_late(call, move, verb, state, kind, now):
    move(verb, note="另有安排")

    call.refresh_from_db()
    assert (call.state, call.met_at) == (state, None)
    assert clock_of(call).state(now + timedelta(hours=1)) == "cancelled"
    assert (last(kind).thread, content_of(last(kind))["note"]) == (call.incident.key, "另有安排")


def test_the_advice_is_kept_in_words(call, move, cast):
    move(CallVerb.CHECK_IN)
    move(CallVerb.ADVISE, note="先出具书面说明")
    move(CallVerb.ADVISE, note="再约见双方")

    assert [step.note for step in call.steps.filter(verb="advise")] == ["先出具书面说明", "再约见双方"]
    assert call.steps.last().by == cast["county1.duty"]
    assert content_of(last("expert.advised"))["note"] == "再约见双方"
    with pytest.raises(Invalid) as refused:
        move(CallVerb.ADVISE, note=" ")
    assert refused.value.code == "note_missing"


@pytest.mark.parametrize("state", CallState.values)
@pytest.mark.parametrize("verb", CallVerb.values)
def test_every_state_by_every_verb(call, move, state, verb):
    met = call.called_at if state in ("arrived", "consulted") else None
    ExpertCall.objects.filter(pk=call.pk).update(state=state, met_at=met)
    before = Entry.objects.count()

    if (expected := rules.CALLS.next_state(state, verb)) is None:
        with pytest.raises(WrongState):
            move(verb, note="x")
        assert Entry.objects.count() == before
    else:
        assert move(verb, note="x").state == expected
        assert Entry.objects.latest("pk").kind == rules.CALLS[verb].entry


@pytest.mark.parametrize("minutes", [-1, 60])
def test_a_moment_before_the_call_or_in_the_future_is_refused(move, now, minutes):
    with pytest.raises(Invalid) as refused:
        move(CallVerb.CHECK_IN, at=now + timedelta(minutes=minutes))
    assert refused.value.code == "moment_not_in_order"


def test_who_is_away_elsewhere_or_called_already_is_not_called(call, add, given, reach, now, alarm):
    def dial(expert, incident=call.incident_id):
        return calls.call_expert(
            reach=reach("county1.duty"), incident_id=incident, expert_id=expert.pk, question="?", now=now
        )

    with pytest.raises(WrongState) as refused:
        dial(call.expert)
    assert refused.value.code == "already_called"
    with pytest.raises(Invalid) as refused:
        dial(add("C2", by="county2.duty"))
    assert refused.value.code == "not_this_units"
    actions.set_away(**given, note="出差")
    with pytest.raises(WrongState) as refused:
        dial(call.expert, alarm().pk)
    assert refused.value.code == "expert_is_away"
    assert ExpertCall.objects.count() == 1


@pytest.mark.parametrize("username", ["county1.squad.dialogue", "town11.clerk", "city.audit", "county2.duty"])
def test_who_does_not_command_there_calls_nobody(call, move, reach, now, username):
    with pytest.raises(NotAllowed):
        move(CallVerb.CHECK_IN, by=username)
    with pytest.raises(NotAllowed):
        calls.call_expert(
            reach=reach(username),
            incident_id=call.incident_id,
            expert_id=call.expert_id,
            question="?",
            now=now,
        )


def test_an_old_page_moves_nothing(call, move):
    move(CallVerb.CONSULT, rev=call.rev)
    with pytest.raises(Stale):
        move(CallVerb.CHECK_IN, rev=call.rev)


def test_an_open_call_keeps_the_incident_open(call, move, reach, now):
    close = {"incident_id": call.incident_id, "reach": reach("county1.duty"), "summary": "已答复"}
    with pytest.raises(WrongState) as refused:
        incidents.close_incident(**close, now=now)
    assert {"kind": "expert_call", "key": call.key, "url": f"/incidents/{call.incident.number}/"} == {
        name: value for name, value in refused.value.extra["open"][0].items() if name != "title"
    }

    move(CallVerb.DECLINE)

    assert queries.held_open(Incident.objects.get(pk=call.incident_id)) == []


# --- doors -----------------------------------------------------------------------------------------------------


NEW = {
    "kind": "psychology_professor", "skill": "", "name": "白老师", "organisation": "师范大学", "phone": PHONE, "unit": "C1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "word", "free"),
    [("zh-hans", "心理学教授", "可以联系"), ("en", "Professor of psychology", "Available")],
)
def test_the_pages_add_change_and_end(plan, signed_in, language, word, free):
    browser = signed_in("county1.duty", language)
    assert word in browser.get("/experts/new/").content.decode()
    assert browser.post("/experts/new/", NEW).status_code == 303
    made = Expert.objects.get()

    listed = browser.get("/experts/").content.decode()
    assert word in listed
    assert free in listed
    assert PHONE not in listed
    assert PHONE in browser.get(f"/experts/{made.pk}/").content.decode()
    assert content_of(last("person.phones_shown")) == {"experts": [made.pk]}

    assert (
        browser.post(f"/experts/{made.pk}/away/", {"note": "出差", "until": "", "rev": made.rev}).status_code
        == 303
    )
    assert "出差" in browser.get(f"/experts/{made.pk}/").content.decode()
    assert browser.post(f"/experts/{made.pk}/available/").status_code == 303
    assert browser.post(f"/experts/{made.pk}/", {**NEW, "name": "白教授"}).status_code == 303
    assert Expert.objects.get().name == "白教授"
    assert browser.post(f"/experts/{made.pk}/end/").status_code == 303
    assert "白教授" not in browser.get("/experts/").content.decode()
    assert browser.post(f"/experts/{made.pk}/burn/").status_code == 404
    assert browser.post("/experts/new/", {**NEW, "phone": "none"}).status_code == 422
    assert browser.post(f"/experts/{made.pk}/", NEW).status_code == 422


@pytest.mark.control(15)
def test_the_number_is_shown_to_who_keeps_or_calls_and_to_nobody_else(signed_in, expert):
    for username, is_shown in (
        ("town11.head", True),
        ("village111.informant", False),
        ("county1.squad.dialogue", False),
    ):
        shown = Entry.objects.filter(kind="person.phones_shown").count()
        page = signed_in(username).get(f"/experts/{expert.pk}/").content.decode()
        assert (PHONE in page) is is_shown, username
        assert Entry.objects.filter(kind="person.phones_shown").count() == shown + is_shown


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_is_called_from_the_page_of_an_incident(signed_in, alarm, expert, language):
    number = alarm(unit="T11").number
    browser, address = signed_in("county1.duty", language), f"/incidents/{number}/experts/"
    assert PHONE in browser.get(address).content.decode()

    assert browser.post(address, {"expert": expert.pk, "question": "调解协议的效力"}).status_code == 303
    call = ExpertCall.objects.get()
    part = browser.get(f"/incidents/{number}/?part=experts").content.decode()
    assert "调解协议的效力" in part
    assert PHONE not in part
    again = browser.post(address, {"expert": expert.pk, "question": "?"})
    assert again.status_code == 422
    step = {"verb": "consult", "note": "", "at": "", "rev": call.rev}
    assert browser.post(f"{address}{call.pk}/", step).status_code == 303
    assert (
        browser.post(f"{address}{call.pk}/", {"verb": "advise", "note": "先出具书面说明"}).status_code == 303
    )
    assert "先出具书面说明" in browser.get(address).content.decode()
    assert browser.post(f"{address}{call.pk}/", {"verb": "x"}).status_code == 422


def test_a_reader_of_the_incident_sees_the_call_and_no_number(signed_in, call):
    address = f"/incidents/{call.incident.number}/experts/"
    page = signed_in("town11.clerk").get(address).content.decode()

    assert "调解协议的效力" in page
    assert PHONE not in page
    assert "data-once" not in page.split("<main")[1]
    assert signed_in("county2.duty").get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_few_queries_however_many(
    signed_in, add, alarm, reach, now, django_assert_max_num_queries, rows
):
    incident = alarm()
    for number in range(rows):
        one = add(name=f"专家{number}")
        calls.call_expert(
            reach=reach("county1.duty"), incident_id=incident.pk, expert_id=one.pk, question="?", now=now
        )
    browser = signed_in("county1.duty")
    browser.get("/experts/")

    with django_assert_max_num_queries(10):
        browser.get("/experts/")
    with django_assert_max_num_queries(24):
        browser.get(f"/incidents/{incident.number}/experts/")


@pytest.mark.control(15)
def test_the_api_lists_pools_and_experts_without_numbers(signed_in, expert, given, now):
    actions.set_away(**given, note="出差")

    answer = signed_in("county1.duty").get("/api/v1/experts/?unit=C1").json()

    assert answer["pools"] == [
        {
            "id": "expert_pool", "title": {"zh": "智囊团", "en": "Expert pool"}, "size": 50, "arrive": "PT30M",
            "listed": 1, "available": 0, "cite": "§3.4",
        }
    ]  # fmt: skip
    (one,) = answer["results"]
    assert (one["kind"], one["name"], one["available"], one["away_note"]) == (
        "retired_judge",
        "唐老师",
        False,
        "出差",
    )
    assert "phone" not in one
    assert signed_in("city.secadmin").get("/api/v1/experts/").status_code == 403


def test_the_api_calls_one_and_says_what_became_of_it(signed_in, alarm, expert):
    browser, number = signed_in("county1.duty"), alarm().number

    def send(address, body, key, **headers):
        return browser.post(
            f"/api/v1/incidents/{number}/experts/{address}", body, content_type="application/json",
            headers={"Idempotency-Key": key, **headers},
        )  # fmt: skip

    made = send("", {"expert": expert.pk, "question": "调解协议的效力"}, "k1")
    assert (made.status_code, made["ETag"], made.json()["state"]) == (201, '"1"', "called")
    assert made.json()["clock"]["id"] == "C000-5"
    assert send("", {"expert": expert.pk, "question": "调解协议的效力"}, "k1").json() == made.json()
    assert ExpertCall.objects.count() == 1
    one = made.json()["id"]

    assert send(f"{one}/", {"verb": "check-in"}, "k2", **{"If-Match": '"9"'}).status_code == 412
    moved = send(f"{one}/", {"verb": "check-in"}, "k3", **{"If-Match": '"1"'})
    assert (moved.status_code, moved["ETag"], moved.json()["state"]) == (200, '"2"', "arrived")
    assert send(f"{one}/", {"verb": "decline"}, "k4").json()["code"] == "wrong_state"
    listed = browser.get(f"/api/v1/incidents/{number}/experts/").json()["results"]
    assert [(call["id"], call["steps"][0]["verb"]) for call in listed] == [(one, "check-in")]
    assert browser.get(f"/api/v1/incidents/{number}/experts/{one}/")["ETag"] == '"2"'


# --- experts with an account -----------------------------------------------------------------------------------


def test_a_member_of_staff_is_listed_by_account_and_never_named_twice(
    plan, units, cast, reach, now, signed_in
):
    judge = cast["county1.responder"]
    judge.phone = PHONE
    judge.save()
    browser, new = (
        signed_in("county1.duty"),
        {"kind": "retired_judge", "unit": "C1", "account": judge.username},
    )

    assert browser.post("/experts/new/", {**new, "account": "nobody"}).status_code == 422
    assert browser.post("/experts/new/", {**new, "name": "唐老师", "phone": "119"}).status_code == 422
    assert browser.post("/experts/new/", {**new, "account": ""}).status_code == 422
    assert browser.post("/experts/new/", new).status_code == 303
    assert browser.post("/experts/new/", new).status_code == 422, "once a unit"

    expert = Expert.objects.get()
    assert (expert.name, expert.phone, expert.shown_name, expert.shown_phone) == ("", "", str(judge), PHONE)
    page = browser.get(f"/experts/{expert.pk}/").content.decode()
    assert str(judge) in page
    assert f'value="{judge.username}"' in page
    assert browser.get("/api/v1/experts/").json()["results"][0]["account"] == judge.username
    for wrong in ({"name": "唐老师"}, {"account": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Expert.objects.filter(pk=expert.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():  # an_account_advises_a_unit_once
        Expert.objects.create(
            **{field.attname: getattr(expert, field.attname) for field in Expert._meta.concrete_fields[1:]}
        )
    actions.end_expert(reach=reach("county1.duty"), expert_id=expert.pk, now=now)
    expert.refresh_from_db()
    assert (expert.account, str(expert)) == (None, "退休法官")


def test_who_has_an_account_is_called_like_staff_and_answers_with_it(
    plan, units, cast, alarm, reach, now, signed_in
):
    judge = cast["county2.duty"]
    given = {"kind": "retired_judge", "skill": "", "name": "", "phone": "", "organisation": "", "now": now}
    expert = actions.add_expert(reach=reach("county1.duty"), unit=units["C1"], account=judge, **given)
    incident = alarm(unit="T11")
    address = f"/incidents/{incident.number}/experts/"
    assert signed_in("county2.duty").get(address).status_code == 404

    call = calls.call_expert(
        reach=reach("county1.duty"),
        incident_id=incident.pk,
        expert_id=expert.pk,
        question="协议的效力",
        now=now,
    )

    told = Notice.objects.filter(purpose="expert.called")
    assert {one.recipient for one in told} == {judge}
    own = signed_in("county2.duty")
    page = own.get(address).content.decode()
    assert '<option value="consult"' in page
    assert '<option value="miss"' not in page, "that somebody was not reached is for others to say"
    assert "call-expert" not in page

    def move(verb, by="county2.duty", note=""):
        return calls.move_call(reach=reach(by), call_id=call.pk, verb=verb, note=note, now=now)

    for verb in (CallVerb.MISS, CallVerb.STAND_DOWN):
        with pytest.raises(NotAllowed):
            move(verb, note="不去")
    with pytest.raises(NotAllowed):
        move(CallVerb.CONSULT, by="county1.squad.dialogue")
    assert own.post(f"{address}{call.pk}/", {"verb": "consult", "rev": call.rev}).status_code == 303
    move(CallVerb.ADVISE, note="协议有效")

    step = ExpertCallStep.objects.get(verb=CallVerb.ADVISE)
    assert (step.by, step.post, step.note) == (judge, "退休法官", "协议有效")
    entry = last("expert.advised")
    assert (entry.actor, entry.post) == (judge, "退休法官")
    assert clock_of(call).stopped_at
    assert set(validity.not_needed(told, now)) == {one.pk for one in told}, (
        "answered: nobody is told any more"
    )
