"""Measures: on which law, why in proportion; a major one only with the approval of whom the plan names."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from clocks.models import Clock
from command.measures import actions, queries, rules
from command.measures.actions import Stated
from command.measures.choices import MeasureState as S
from command.measures.choices import MeasureVerb as V
from command.measures.models import Measure
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from incidents.actions import close_incident
from incidents.queries import still_open
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from notices.silence.no_recipients import PURPOSE as NOBODY_TOLD
from plans.document.campaigns import Term
from plans.document.measures import bases_of, gates_of, proportion_of
from plans.document.strict_yaml import read
from plans.lifecycle.actions import load_plan
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

SOURCE = (settings.BASE_DIR / "plans/library/county-joint-attendance.yaml").read_text()
#: The same plan where a post of the bureau approves, within half an hour.
INSIDE = SOURCE.replace(
    "county_leader: {zh: 县委县政府负责同志, en: Leaders of the county committee and government, kind: external}",
    "county_leader: {zh: 县局局长, en: Director of the county bureau, post: director, tier: county}",
).replace("approver: county_leader", "approver: county_leader\n    approve_within: PT30M")

PLAIN = Stated("疏导通道，增设座椅", "突发事件应对法第七十三条")
MAJOR = Stated(
    "请公安维持秩序", "突发事件应对法第七十四条", touches_rights=True, proportionality="劝说三次无效，只设通道", major="police_use"
)  # fmt: skip


def in_force(text, cast, units, now):
    term = Term(day_of(now), day_of(now) + timedelta(days=4000), "县政府门前", cast["county1.deputy"])
    return load_plan(text=text, actor=None, now=now, owner=units["C1"], term=term, put_in_force=True)


@pytest.fixture
def outside(plan, cast, units, now):
    """Plan 003 as it is in the library: the county's leaders approve, outside the bureau."""
    return in_force(SOURCE, cast, units, now)


@pytest.fixture
def inside(plan, cast, units, now):
    return in_force(INSIDE, cast, units, now)


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now}


@pytest.fixture
def chief(reach, now):
    return {"reach": reach("county1.director"), "now": now + timedelta(minutes=5)}


@pytest.fixture
def ask(alarm, desk):
    def request(stated=MAJOR, incident=None, **more):
        incident = incident or alarm(headcount=30)
        return actions.ask_approval(incident_id=incident.pk, stated=stated, **{**desk, **more})

    return request


def answer(measure, verb, door, **more):
    return actions.answer_request(measure_id=measure.pk, verb=verb, **{**door, **more})


# --- the plan's words ----------------------------------------------------------------------------------------


def test_the_library_names_whose_approval_a_major_measure_needs():
    (gate,) = gates_of(read(SOURCE).value)

    assert (gate.id, gate.approver.kind, gate.cite, gate.within) == ("O2", "external", "§五", "")
    assert [(kind.id, kind.is_proposal) for kind in gate.kinds] == [
        ("police_use", True), ("coercion", True), ("other_major", False)
    ]  # fmt: skip
    assert [one.id for one in proportion_of(read(SOURCE).value)] == ["O4"]


def test_a_gate_without_a_list_is_one_kind_and_without_an_approver_none():
    gate = {"id": "G", "kind": "approval_gate", "zh": "重大措施先报批"}
    document = {"roles": {"chief": {"zh": "局长", "post": "director"}}}

    assert gates_of({**document, "obligations": [gate]}) == ()
    (found,) = gates_of({**document, "obligations": [{**gate, "approver": "chief"}]})
    assert [(kind.id, kind.words.zh) for kind in found.kinds] == [("G", "重大措施先报批")]


def test_the_laws_of_a_plan_are_offered():
    city = read((settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()).value

    assert "突发事件应对法" in [one.zh for one in bases_of(city)]


@pytest.mark.parametrize(
    ("said", "gaps"),
    [
        ({}, []),
        ({"what": " "}, ["what"]),
        ({"legal_basis": ""}, ["legal_basis"]),
        ({"touches_rights": True}, ["proportionality"]),
        ({"touches_rights": True, "proportionality": "x"}, []),
    ],
)
def test_what_a_measure_has_to_say(said, gaps):
    whole = {"what": "x", "legal_basis": "y", "touches_rights": False, "proportionality": "", **said}

    assert rules.missing(**whole) == gaps


# --- an ordinary measure -------------------------------------------------------------------------------------


def test_an_ordinary_measure_is_on_record_with_its_law(plan, alarm, desk, now):
    incident = alarm()

    with done_as_in_the_table(rules.TRANSITIONS, V.TAKE, tells=True) as begun:
        measure = actions.take_measure(
            incident_id=incident.pk, stated=PLAIN, at=now - timedelta(minutes=3), **desk
        )
        begun.append(measure.key)

    assert (measure.state, measure.taken_at, measure.is_major) == (
        S.TAKEN,
        now - timedelta(minutes=3),
        False,
    )
    content = content_of(Entry.objects.get(kind="measure.taken"))
    assert (content["what"], content["legal_basis"]) == (PLAIN.what, PLAIN.legal_basis)
    assert still_open(incident) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": " "}, "what"),
        ({"legal_basis": " "}, "legal_basis"),
        ({"touches_rights": True}, "proportionality"),
        ({"major": "unheard_of"}, "major"),
        ({"approval_by": "king"}, "approval_by"),
    ],
)
def test_a_measure_that_says_too_little_is_refused(plan, alarm, desk, change, field):
    from dataclasses import replace

    incident = alarm()
    with nothing_written(), pytest.raises(Invalid) as refused:
        actions.take_measure(incident_id=incident.pk, stated=replace(PLAIN, **change), **desk)
    assert list(refused.value.fields) == [field]


# --- a major one ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [{"major": "police_use"}, {"major": "", "approval_by": "county_leader"}])
def test_a_major_measure_is_not_recorded_without_approval_and_it_says_whose(
    outside, alarm, desk, language, named
):
    from dataclasses import replace

    incident = alarm(headcount=30)
    with nothing_written(), pytest.raises(WrongState, match="县委县政府负责同志") as refused:
        actions.take_measure(incident_id=incident.pk, stated=replace(MAJOR, **named), **desk)
    assert (refused.value.code, refused.value.extra["approval_by"]) == ("approval_missing", "county_leader")
    assert not Measure.objects.exists()


@pytest.fixture
def language():
    from django.utils import translation

    with translation.override("zh-hans"):
        yield


def test_who_holds_the_role_is_asked_and_approves_and_then_it_is_taken(inside, ask, cast, desk, chief, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.ASK, tells=True) as begun:
        measure = ask()
        begun.append(measure.key)
    told = Notice.objects.filter(subject=measure.key, purpose=rules.TO_APPROVE)
    assert {notice.recipient for notice in told} == {cast["county1.director"]}
    assert Clock.objects.get(subject=measure.key).due_at == now + timedelta(minutes=30)
    assert [item.key for item in still_open(measure.incident)] == [measure.key]

    with nothing_written(), pytest.raises(NotAllowed):
        answer(measure, V.APPROVE, desk)
    with done_as_in_the_table(rules.TRANSITIONS, V.APPROVE, subject=measure.key, tells=True):
        approved = answer(measure, V.APPROVE, chief, reason="只限通道")

    assert (approved.answered_by, approved.reason) == (cast["county1.director"], "只限通道")
    assert approved.approver
    assert Clock.objects.get(subject=measure.key).state(now + timedelta(hours=1)) == "met"
    assert not told.filter(state__in=["queued"]).exists()

    with nothing_written(), pytest.raises(Invalid, match=r"approval|批准"):
        actions.carry_out(measure_id=measure.pk, at=now, reach=desk["reach"], now=now + timedelta(minutes=9))
    with done_as_in_the_table(rules.TRANSITIONS, V.TAKE, subject=measure.key):
        taken = actions.carry_out(measure_id=measure.pk, reach=desk["reach"], now=now + timedelta(minutes=9))
    assert (taken.state, taken.taken_at) == (S.TAKEN, now + timedelta(minutes=9))
    assert still_open(measure.incident) == []


def test_a_refusal_is_kept_with_its_reason_and_the_measure_stays_untaken(inside, ask, chief, desk, cast):
    measure = ask()
    with nothing_written(), pytest.raises(Invalid):
        answer(measure, V.REFUSE, chief, reason=" ")

    with done_as_in_the_table(rules.TRANSITIONS, V.REFUSE, subject=measure.key, tells=True):
        answer(measure, V.REFUSE, chief, reason="继续劝说")

    measure.refresh_from_db()
    assert (measure.state, measure.reason) == (S.REFUSED, "继续劝说")
    assert Notice.objects.get(subject=measure.key, purpose=rules.ANSWERED).recipient == cast["county1.duty"]
    with nothing_written(), pytest.raises(WrongState) as refused:
        actions.carry_out(measure_id=measure.pk, **desk)
    assert refused.value.code == "approval_missing"


def test_what_is_withdrawn_takes_its_notice_and_clock_along(inside, ask, desk, now):
    measure = ask()
    with nothing_written(), pytest.raises(Invalid):
        actions.withdraw_request(measure_id=measure.pk, reason="", **desk)

    with done_as_in_the_table(rules.TRANSITIONS, V.WITHDRAW, subject=measure.key):
        actions.withdraw_request(measure_id=measure.pk, reason="人群已散", **desk)

    states = set(Notice.objects.filter(subject=measure.key).values_list("state", flat=True))
    assert states == {"cancelled"}
    assert not Clock.objects.get(subject=measure.key).is_running
    assert still_open(measure.incident) == []


def test_of_a_role_outside_the_duty_room_notes_who_answered(outside, ask, desk):
    measure = ask()
    assert not Notice.objects.filter(subject=measure.key).exists()
    assert not Clock.objects.filter(subject=measure.key).exists()

    with nothing_written(), pytest.raises(Invalid):
        answer(measure, V.APPROVE, desk)
    with done_as_in_the_table(rules.TRANSITIONS, V.APPROVE, subject=measure.key):
        assert answer(measure, V.APPROVE, desk, approver="县委副书记").approver == "县委副书记"
    assert content_of(Entry.objects.get(kind="measure.approved"))["from"] == "县委副书记"


def test_where_nobody_sits_in_the_seat_the_asker_learns_it(inside, ask, cast, now):
    from accounts.models import Appointment

    Appointment.objects.filter(person=cast["county1.director"]).delete()

    measure = ask()

    told = Notice.objects.get(subject=measure.key, recipient=cast["county1.duty"])
    assert told.purpose == NOBODY_TOLD


def test_where_no_plan_calls_it_major_there_is_nothing_to_ask(plan, alarm, desk):
    incident = alarm()
    with nothing_written(), pytest.raises(Invalid, match=r"taken|记录"):
        actions.ask_approval(incident_id=incident.pk, stated=PLAIN, **desk)


@pytest.mark.parametrize("state", S.values)
def test_every_verb_in_every_state_is_as_in_the_table(inside, ask, desk, chief, now, state):
    measure = ask()
    answered_ = state in (S.APPROVED, S.REFUSED, S.TAKEN)
    values = {
        "state": state,
        "answered_at": now if answered_ else None,
        "answered_by": desk["reach"].user if answered_ else None,
        "approver": "局长" if answered_ else "",
        "reason": "因" if state in (S.REFUSED, S.WITHDRAWN) else "",
        "ended_at": now if state in (S.REFUSED, S.WITHDRAWN) else None,
        "taken_at": now if state == S.TAKEN else None,
        "taken_by": desk["reach"].user if state == S.TAKEN else None,
    }
    rows = Measure.objects.filter(pk=measure.pk)
    for verb in rules.ON_A_REQUEST:
        rows.update(**values)
        door = chief if rules.TRANSITIONS[verb].by == rules.APPROVER else desk
        about = {"measure_id": measure.pk, "verb": verb, "reason": "因", **door}
        if rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                actions.move_measure(**about)
        else:
            with done_as_in_the_table(rules.TRANSITIONS, verb, subject=measure.key):
                actions.move_measure(**about)
            assert rows.get().state == rules.TRANSITIONS.next_state(state, verb)


# --- who, and when -------------------------------------------------------------------------------------------


def test_who_does_not_manage_the_incident_records_nothing(plan, alarm, reach, now):
    incident = alarm()
    for act in (actions.take_measure, actions.ask_approval):
        with nothing_written(), pytest.raises(NotAllowed):
            act(incident_id=incident.pk, stated=PLAIN, reach=reach("county1.squad.dialogue"), now=now)


def test_nobody_elsewhere_sees_it(inside, ask, reach, desk):
    measure = ask()

    assert queries.get_measure(desk["reach"], measure.pk).pk == measure.pk
    with pytest.raises(NotFound):
        queries.get_measure(reach("county2.duty"), measure.pk)


def test_nothing_is_recorded_for_what_is_over(outside, alarm, desk, now):
    incident = alarm(headcount=30)
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)

    for act, stated in ((actions.take_measure, PLAIN), (actions.ask_approval, MAJOR)):
        with nothing_written(), pytest.raises(WrongState):
            act(incident_id=incident.pk, stated=stated, **desk)


def test_a_waiting_request_holds_its_incident_open(inside, ask, desk, now):
    measure = ask()

    with nothing_written(), pytest.raises(WrongState) as refused:
        close_incident(
            incident_id=measure.incident_id, summary="已散", answers=answered(measure.incident, now), **desk
        )
    assert measure.key in str(refused.value.extra)


@pytest.mark.parametrize("many", [1, 4])
def test_the_panel_asks_the_same_however_much_there_is(
    inside, alarm, ask, desk, now, many, django_assert_num_queries
):
    incident = alarm(headcount=30)
    for _n in range(many):
        ask(incident=incident)
    incident.refresh_from_db()
    _ = incident.unit, incident.plan.plan

    with django_assert_num_queries(5):
        found = queries.of_incident(desk["reach"], incident, now)
        assert (found.waiting, found.lines[0].verbs) == (many, [V.WITHDRAW])


# --- the database --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"legal_basis": ""}, "a_measure_says_what_and_on_which_law"),
        ({"proportionality": ""}, "a_measure_that_touches_rights_says_why"),
        ({"asked_at": None}, "a_major_measure_was_asked_for"),
        ({"role": ""}, "a_major_measure_was_asked_for"),
        ({"state": "approved"}, "a_major_measure_is_answered_by_somebody"),
        ({"state": "withdrawn"}, "a_measure_refused_or_withdrawn_says_why"),
        ({"taken_at": "now"}, "a_measure_is_taken_at_a_time_by_somebody"),
        (
            {
                "state": "taken",
                "taken_at": "before",
                "taken_by": "me",
                "answered_at": "now",
                "answered_by": "me",
                "approver": "局长",
            },
            "approval_comes_before_the_measure",
        ),
    ],
)
def test_the_database_refuses_a_broken_measure(inside, ask, desk, now, change, name):
    measure = ask()
    meant = {"now": now, "before": now - timedelta(minutes=1), "me": desk["reach"].user}
    values = {
        field: meant.get(value, value) if isinstance(value, str) else value for field, value in change.items()
    }

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(**values)


# --- doors ---------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast):
    from rest_framework.test import APIClient

    keys = iter(range(1000))

    def post(path, body=None, username="county1.duty"):
        client = APIClient()
        client.force_login(cast[username])
        return client.post(
            f"/api/v1/{path}", body or {}, format="json", headers={"Idempotency-Key": f"k{next(keys)}"}
        )

    return post


def test_the_api_carries_a_major_measure_from_refusal_to_taking(inside, alarm, api, wall_clock, client, cast):
    incident = alarm(headcount=30)
    base = f"incidents/{incident.number}"
    body = {
        "what": "请公安维持秩序",
        "legal_basis": "突发事件应对法第七十四条",
        "touches_rights": True,
        "proportionality": "劝说无效",
        "approval_by": "county_leader",
    }

    refused = api(f"{base}/measures/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "approval_missing")
    assert refused.json()["approval_by"] == "county_leader"
    assert api(f"{base}/measures/", {**body, "approval_by": "", "proportionality": ""}).status_code == 422
    assert api(f"{base}/measures/", {**body, "approval_by": ""}).data["state"] == "taken"

    asked = api(f"{base}/measure-requests/", body)
    assert (asked.status_code, asked.data["state"]) == (201, "asked")
    act = f"measures/{asked.data['id']}"
    assert api(f"{act}/take/").status_code == 409
    assert api(f"{act}/approve/").status_code == 403
    assert api(f"{act}/dance/").status_code == 404
    assert api(f"{act}/approve/", username="county2.duty").status_code == 404
    assert api(f"{act}/approve/", username="county1.director").data["state"] == "approved"
    assert api(f"{act}/take/").data["state"] == "taken"

    client.force_login(cast["county1.duty"])
    listed = client.get(f"/api/v1/{base}/measures/").json()
    assert [row["state"] for row in listed["results"]] == ["taken", "taken"]
    assert listed["major"][0]["approval_by"] == "county_leader"
    assert listed["legal_bases"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("处置措施", "项等待批准", "慎用警力", "申请批准重大处置措施")),
        ("en", ("Measures", "waiting for approval", "persuasion first", "Ask for the approval")),
    ],
)
def test_the_page_shows_it_and_its_forms_work(client, cast, inside, alarm, wall_clock, language, said):
    incident = alarm(headcount=30)
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    base = f"/incidents/{incident.number}"
    typed = {
        "what": "请公安维持秩序",
        "legal_basis": "突发事件应对法",
        "touches_rights": "on",
        "proportionality": "劝说无效",
    }
    assert client.post(f"{base}/measure/", typed).status_code == 303
    assert client.post(f"{base}/measure/", {**typed, "major": "police_use"}).status_code == 409
    assert client.post(f"{base}/measure-request/", typed).status_code == 422
    assert client.post(f"{base}/measure-request/", {**typed, "major": "police_use"}).status_code == 303
    measure = Measure.objects.get(state=S.ASKED)

    text = client.get(f"{base}/").content.decode()
    for words in said:
        assert words in text, words
    assert f'action="/measures/{measure.pk}/withdraw/"' in text
    assert f'action="/measures/{measure.pk}/approve/"' not in text

    client.force_login(cast["county2.duty"])
    assert client.post(f"/measures/{measure.pk}/withdraw/", {"reason": "x"}).status_code == 404
    client.force_login(cast["county1.director"])
    assert f'action="/measures/{measure.pk}/approve/"' in client.get(f"{base}/").content.decode()
    assert client.post(f"/measures/{measure.pk}/approve/", {"reason": ""}).status_code == 303
    client.force_login(cast["county1.duty"])
    assert client.post(f"/measures/{measure.pk}/take/", {}).status_code == 303
    measure.refresh_from_db()
    assert measure.state == S.TAKEN
