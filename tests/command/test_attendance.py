"""Who is called to the scene and comes, what is offered to people, who receives them; what other agencies are told."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from clocks.models import Clock
from command.attendance import actions, queries, rules
from command.attendance.choices import CallState, CallVerb, OfferState, OfferVerb
from command.attendance.models import AttendanceCall, ReceptionOffer, Routing
from command.handing_over import actions as handing
from command.handing_over import queries as handed_over
from command.handing_over import rules as handing_rules
from command.handing_over.actions import Given
from command.handing_over.choices import HandingState, HandingVerb
from command.handing_over.models import HandedOver
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from incidents.actions import close_incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.document.attendance import bands_of, presence_of, reception_of
from plans.document.campaigns import Term
from plans.lifecycle.actions import load_plan
from resources.partners.models import Partner
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(plan, cast, units, now):
    """Plan 003 of the library, in force in county 1."""
    term = Term(day_of(now), day_of(now) + timedelta(days=4000), "县政府门前", cast["county1.deputy"])
    text = (settings.BASE_DIR / "plans/library/county-joint-attendance.yaml").read_text()
    return load_plan(text=text, actor=None, now=now, owner=units["C1"], term=term, put_in_force=True)


@pytest.fixture
def incident(campaign, alarm):
    return alarm(headcount=30)


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now}


@pytest.fixture
def notify(incident, desk):
    def call(*units, kind="department", **more):
        given = {"way": "phone", **desk, **more}
        return actions.notify_units(incident_id=incident.pk, kind=kind, units=units, **given)

    return call


@pytest.fixture
def move(desk):
    def step(call, verb, said="局长", **more):
        return actions.move_call(call_id=call.pk, verb=verb, said=said, **{**desk, **more})

    return step


# --- each unit its own time ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "clock_id", "minutes"),
    [("police", "C003-1", 15), ("department", "C003-2", 15), ("township", "C003-3", 60)],
)
def test_each_unit_has_its_own_time(notify, campaign, now, kind, clock_id, minutes):
    calls = notify("住建局", "人社局", kind=kind)

    found = {clock.subject: clock for clock in Clock.objects.filter(clock_id=clock_id)}
    assert set(found) == {call.key for call in calls}
    assert {clock.due_at for clock in found.values()} == {now + timedelta(minutes=minutes)}
    assert {call.plan for call in calls} == {campaign.ref}


def test_an_arrival_meets_the_time_of_that_unit_alone_and_says_who_came(notify, move, now):
    first, second = notify("住建局", "人社局")

    with done_as_in_the_table(rules.CALLS, CallVerb.ARRIVE, subject=first.key):
        arrived = move(first, CallVerb.ARRIVE, now=now + timedelta(minutes=12))

    assert (arrived.state, arrived.came, arrived.arrived_at) == (
        CallState.PRESENT,
        "局长",
        now + timedelta(minutes=12),
    )
    assert Clock.objects.get(subject=first.key).state(now + timedelta(minutes=13)) == "met"
    assert Clock.objects.get(subject=second.key).is_running


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("police", "attendance.police_arrived"), ("department", "attendance.departments_arrived"),
        ("township", "attendance.townships_arrived"),
    ],
)  # fmt: skip
def test_who_came_is_told_apart_on_record(notify, move, now, kind, entry):
    (call,) = notify("住建局", kind=kind)

    move(call, CallVerb.ARRIVE, now=now + timedelta(minutes=12))

    assert Entry.objects.filter(subject=call.key).latest("pk").kind == entry


def test_a_late_arrival_is_on_record_and_nothing_follows(notify, move, now):
    (call,) = notify("住建局")
    entries, notices = Entry.objects.count(), Notice.objects.count()

    move(call, CallVerb.ARRIVE, now=now + timedelta(minutes=40))

    assert Clock.objects.get(subject=call.key).is_late
    assert (Entry.objects.count(), Notice.objects.count()) == (entries + 1, notices)


def test_without_a_plan_in_force_it_is_on_record_all_the_same(plan, alarm, desk):
    (call,) = actions.notify_units(
        incident_id=alarm().pk, kind="department", units=["住建局"], way="phone", **desk
    )

    assert call.plan == ""
    assert not Clock.objects.filter(subject=call.key).exists()


def test_a_unit_is_called_once_at_a_time(notify, move):
    (call,) = notify("住建局")
    with nothing_written(), pytest.raises(WrongState, match="住建局"):
        notify("人社局", "住建局")

    move(call, CallVerb.STAND_DOWN, "已由乡镇处理")

    assert not Clock.objects.get(subject=call.key).is_running
    assert notify("住建局")[0].pk != call.pk


@pytest.mark.parametrize("names", [[], [" "], ["x" * 81], [f"局{n}" for n in range(21)]])
def test_a_list_that_is_none_is_refused(notify, names):
    with nothing_written(), pytest.raises(Invalid):
        notify(*names)


@pytest.mark.parametrize(
    ("verb", "said", "minutes"),
    [("arrive", " ", 1), ("stand-down", "", 1), ("arrive", "局长", -1), ("arrive", "局长", 30)],
)
def test_an_arrival_says_who_and_lies_between_the_call_and_now(notify, move, now, verb, said, minutes):
    (call,) = notify("住建局")

    with nothing_written(), pytest.raises(Invalid):
        move(call, verb, said, at=now + timedelta(minutes=minutes))


def test_the_principal_of_the_responsible_unit_stays_or_says_who_does(notify, move):
    (ours,), (other,) = notify("住建局", is_responsible=True), notify("人社局")
    for call in (ours, other):
        move(call, CallVerb.ARRIVE)

    with nothing_written(), pytest.raises(Invalid, match=r"stays|坚守|留"):
        move(ours, CallVerb.LEAVE, "")
    assert move(other, CallVerb.LEAVE, "").state == CallState.LEFT
    assert move(ours, CallVerb.LEAVE, "副局长").note == "副局长"


@pytest.mark.parametrize("state", CallState.values)
def test_every_verb_in_every_state_is_as_in_the_table(notify, move, now, state):
    (call,) = notify("住建局")
    arrived = (
        {"arrived_at": now, "came": "局长"}
        if state in ("present", "left")
        else {"arrived_at": None, "came": ""}
    )
    ended = now if state in ("left", "not_needed") else None
    rows = AttendanceCall.objects.filter(pk=call.pk)
    for verb in (CallVerb.ARRIVE, CallVerb.LEAVE, CallVerb.STAND_DOWN):
        rows.update(state=state, ended_at=ended, **arrived)
        if rules.CALLS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                move(call, verb)
        else:
            with done_as_in_the_table(rules.CALLS, verb, subject=call.key):
                move(call, verb)
            assert rows.get().state == rules.CALLS.next_state(state, verb)


# --- what is offered, who receives ---------------------------------------------------------------------------


def test_an_offer_that_is_let_pass_has_no_consequence(incident, desk, now):
    offer = actions.offer_reception(
        incident_id=incident.pk, place="信访接待室", begins_at=now + timedelta(hours=1), **desk
    )
    before = (incident.rev, Clock.objects.count(), Notice.objects.count())

    with done_as_in_the_table(rules.OFFERS, OfferVerb.LET_PASS, subject=offer.key):
        actions.answer_offer(offer_id=offer.pk, verb=OfferVerb.LET_PASS, **desk)

    incident.refresh_from_db()
    assert (incident.rev, Clock.objects.count(), Notice.objects.count()) == before
    with nothing_written(), pytest.raises(WrongState):
        actions.answer_offer(offer_id=offer.pk, verb=OfferVerb.LET_PASS, **desk)
    with done_as_in_the_table(rules.OFFERS, OfferVerb.TAKE_UP, subject=offer.key):
        assert (
            actions.answer_offer(offer_id=offer.pk, verb=OfferVerb.TAKE_UP, **desk).state
            == OfferState.TAKEN_UP
        )


@pytest.mark.parametrize(("place", "minutes"), [(" ", 5), ("接待室", -5)])
def test_an_offer_has_a_place_and_a_time_to_come(incident, desk, now, place, minutes):
    with nothing_written(), pytest.raises(Invalid):
        actions.offer_reception(
            incident_id=incident.pk, place=place, begins_at=now + timedelta(minutes=minutes), **desk
        )


def test_who_receives_is_a_decision_and_the_last_one_holds(incident, desk, now):
    about = {"incident_id": incident.pk, **desk}
    actions.decide_route(route="single_unit", who="住建局", reason="单一事项", **about)
    actions.decide_route(route="cross_unit", who="住建局、人社局", reason="涉及两家", **about)

    found = queries.of_incident(desk["reach"], incident, now).routings
    assert [one.route for one in found] == ["cross_unit", "single_unit"]
    assert (
        content_of(Entry.objects.filter(kind="attendance.routed").order_by("-pk")[0])["reason"] == "涉及两家"
    )
    for missing in ("who", "reason"):
        with nothing_written(), pytest.raises(Invalid):
            actions.decide_route(
                **{"route": "single_unit", "who": "局", "reason": "因", **about, missing: " "}
            )


def test_the_table_of_who_must_attend_is_the_plans(campaign, incident, desk, now):
    document = campaign.document
    assert [band.id for band in bands_of(document)] == ["band1", "band2", "band3", "band4"]
    assert bands_of(document)[3].attending.lead[0].name == "police_bureau_principal"
    assert [line.id for line in presence_of(document)] == ["O1"]
    assert [line.id for line in reception_of(document)] == ["single_unit", "cross_unit", "major_complex"]

    (table,) = queries.of_incident(desk["reach"], incident, now).tables
    assert table.band == "band3"


# --- rights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["county2.duty", "county1.squad.dialogue", "city.audit"])
def test_who_does_not_run_the_incident_does_none_of_it(notify, incident, reach, now, role):
    (call,) = notify("住建局")
    about = {"reach": reach(role), "now": now}
    for act in (
        lambda: actions.notify_units(
            incident_id=incident.pk, kind="police", units=["派出所"], way="phone", **about
        ),
        lambda: actions.move_call(call_id=call.pk, verb="arrive", said="局长", **about),
        lambda: actions.offer_reception(incident_id=incident.pk, place="室", begins_at=now, **about),
        lambda: actions.decide_route(
            incident_id=incident.pk, route="single_unit", who="局", reason="因", **about
        ),
        lambda: handing.hand_over(incident_id=incident.pk, given=GIVEN, **about),
    ):
        with nothing_written(), pytest.raises(NotAllowed):
            act()


def test_a_stranger_finds_nothing(notify, incident, desk, reach, now):
    (call,) = notify("住建局")
    offer = actions.offer_reception(incident_id=incident.pk, place="室", begins_at=now, **desk)
    handed = handing.hand_over(incident_id=incident.pk, given=GIVEN, **desk)
    theirs = reach("county2.duty")

    for find, pk in (
        (queries.get_call, call.pk),
        (queries.get_offer, offer.pk),
        (handed_over.get_handed, handed.pk),
    ):
        assert find(desk["reach"], pk).pk == pk
        with pytest.raises(NotFound):
            find(theirs, pk)


def test_nothing_is_called_for_what_is_over(notify, incident, desk, now):
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)

    for act in (
        lambda: notify("住建局"),
        lambda: actions.offer_reception(incident_id=incident.pk, place="室", begins_at=now, **desk),
        lambda: actions.decide_route(
            incident_id=incident.pk, route="single_unit", who="局", reason="因", **desk
        ),
        lambda: handing.hand_over(incident_id=incident.pk, given=GIVEN, **desk),
    ):
        with nothing_written(), pytest.raises(WrongState):
            act()


@pytest.mark.parametrize("calls", [1, 4])
def test_the_panel_asks_the_same_however_much_there_is(
    notify, incident, desk, now, calls, django_assert_num_queries
):
    notify(*[f"局{n}" for n in range(calls)])

    with django_assert_num_queries(5):
        found = queries.of_incident(desk["reach"], incident, now)
        assert found.waited_for == calls


# --- handing over --------------------------------------------------------------------------------------------

GIVEN = Given(what="现场秩序", to_whom="所长", agency_kind="police", agency="城关派出所")


def test_handing_over_is_a_record_and_commands_nobody(incident, desk):
    clocks = Clock.objects.count()

    with done_as_in_the_table(handing_rules.TRANSITIONS, HandingVerb.HAND_OVER, tells=True) as begun:
        handed = handing.hand_over(incident_id=incident.pk, given=GIVEN, **desk)
        begun.append(handed.key)

    assert (handed.state, Clock.objects.count()) == (HandingState.WAITING, clocks)
    assert content_of(Entry.objects.get(kind="partner.handed_over"))["with"] == "所长"


def test_a_partner_of_the_directory_is_tied_on_and_keeps_the_name_it_had(
    api, incident, units, now, wall_clock, client, cast
):
    given = {"kind": "fire", "phone": "0571-88880000", "added_at": now}
    ours = Partner.objects.create(name="县消防大队", unit=units["C1"], unit_path=units["C1"].path, **given)
    theirs = Partner.objects.create(name="邻县消防", unit=units["C2"], unit_path=units["C2"].path, **given)
    body = {"to_whom": "值班员", "what": "火情隐患"}
    path = f"incidents/{incident.number}/handed-over/"

    assert api(path, {**body, "partner": theirs.pk}).status_code == 404
    told = api(path, {**body, "partner": ours.pk}).data
    assert (told["partner"], told["agency"], told["agency_kind"]) == (ours.pk, "县消防大队", "fire")

    client.force_login(cast["county1.duty"])
    address = f"/incidents/{incident.number}/"
    assert "县消防大队 · " in client.get(address).content.decode()
    fields = {**body, "partner": ours.pk, "way": "phone"}
    assert client.post(f"{address}hand-over/", fields).status_code == 303
    assert client.post(f"{address}hand-over/", {**fields, "partner": theirs.pk}).status_code == 422
    assert HandedOver.objects.filter(partner=ours).count() == 2


@pytest.mark.parametrize("missing", ["agency", "what", "to_whom"])
def test_handing_over_says_what_to_whom(incident, desk, missing):
    from dataclasses import replace

    with nothing_written(), pytest.raises(Invalid):
        handing.hand_over(incident_id=incident.pk, given=replace(GIVEN, **{missing: " "}), **desk)


@pytest.mark.parametrize("state", HandingState.values)
def test_an_answer_is_theirs_and_as_in_the_table(incident, desk, now, state):
    handed = handing.hand_over(incident_id=incident.pk, given=GIVEN, **desk)
    rows = HandedOver.objects.filter(pk=handed.pk)
    said = {"answer": "好", "answered_at": now, "answer_noted_by": desk["reach"].user}
    if state == HandingState.WAITING:
        said = {"answer": "", "answered_at": None, "answer_noted_by": None}
    for verb in (HandingVerb.TAKEN, HandingVerb.NOT_TAKEN):
        rows.update(state=state, **said)
        ask = {"handed_id": handed.pk, "verb": verb, **desk}
        with nothing_written(), pytest.raises(Invalid):
            handing.note_answer(answer=" ", **ask)
        if handing_rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                handing.note_answer(answer="好", **ask)
        else:
            with done_as_in_the_table(handing_rules.TRANSITIONS, verb, subject=handed.key):
                handing.note_answer(answer="马上到", **ask)
            assert rows.get().answer == "马上到"


# --- the database --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"came": "局长"}, "an_arrival_says_who_came_and_when"),
        ({"state": "not_needed"}, "an_ended_attendance_has_its_time"),
        ({"state": "left", "arrived_at": "now", "came": "x", "ended_at": "now", "is_responsible": True},
         "the_responsible_unit_leaves_with_a_word"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_broken_call(notify, now, change, name):
    (call,) = notify("住建局")
    values = {field: now if value == "now" else value for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AttendanceCall.objects.filter(pk=call.pk).update(**values)


def test_a_unit_is_called_once_at_a_time_in_the_database(notify):
    """a_unit_is_called_once_at_a_time"""
    (call,) = notify("住建局")
    call.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        call.save(force_insert=True)


@pytest.mark.parametrize(
    ("model", "change", "name"),
    [
        (ReceptionOffer, {"place": ""}, "a_reception_is_offered_somewhere"),
        (ReceptionOffer, {"received_from": "early"}, "a_reception_is_offered_before_it_begins"),
        (Routing, {"who": ""}, "a_routing_says_who_and_why"),
        (HandedOver, {"agency": ""}, "handing_over_says_to_whom_and_what"),
        (HandedOver, {"state": "taken"}, "an_agencys_answer_has_its_words_and_time"),
    ],
)
def test_the_database_refuses_what_says_nothing(incident, desk, now, model, change, name):
    about = {"incident_id": incident.pk, **desk}
    actions.offer_reception(place="室", begins_at=now, **about)
    actions.decide_route(route="single_unit", who="局", reason="因", **about)
    handing.hand_over(given=GIVEN, **about)
    values = {field: now - timedelta(1) if value == "early" else value for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**values)


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


def test_the_api_carries_attendance_from_call_to_leaving(api, incident, wall_clock, now):
    base = f"incidents/{incident.number}"
    told = api(
        f"{base}/attendance/", {"called_kind": "township", "units": ["城关镇"], "is_responsible": True}
    )
    assert (told.status_code, told.data["calls"][0]["clock"]["id"]) == (201, "C003-3")
    call = told.data["calls"][0]["id"]
    assert api(f"attendance-calls/{call}/arrive/", {"said": "镇长"}).data["calls"][0]["came"] == "镇长"
    assert api(f"attendance-calls/{call}/leave/", {}).status_code == 422
    assert api(f"attendance-calls/{call}/leave/", {"said": "副镇长"}).data["calls"][0]["state"] == "left"
    assert api(f"attendance-calls/{call}/dance/").status_code == 404
    assert api(f"attendance-calls/{call}/leave/", {}, "county2.duty").status_code == 404

    offered = api(
        f"{base}/reception-offers/", {"place": "接待室", "begins_at": (now + timedelta(hours=1)).isoformat()}
    )
    offer = offered.data["offers"][0]["id"]
    assert api(f"reception-offers/{offer}/let-pass/").data["offers"][0]["state"] == "not_taken_up"
    routed = api(f"{base}/routing/", {"route": "major_complex", "who": "分管副县长", "reason": "重大"})
    assert routed.data["routings"][0]["route"] == "major_complex"
    assert [band["applies"] for band in routed.data["bands"]] == [False, False, True, False]

    body = {"agency_kind": "police", "agency": "城关派出所", "to_whom": "所长", "what": "现场秩序"}
    handed = api(f"{base}/handed-over/", body)
    assert (handed.status_code, handed.data["answer"]) == (201, None)
    answered = api(f"handed-over/{handed.data['id']}/taken/", {"answer": "已派两人"})
    assert (answered.data["state"], answered.data["answer"]) == ("taken", "已派两人")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("谁应当到场", "住建局", "坚守现场")),
        ("en", ("Who must attend", "Not taken up", "Notified")),
    ],
)
def test_the_page_shows_it_and_its_forms_work(client, cast, incident, desk, now, wall_clock, language, said):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    base, begins = f"/incidents/{incident.number}", "2026-11-22T15:00"
    posts = [
        (
            "attendance/",
            {"called_kind": "department", "units": "住建局\n人社局", "way": "phone", "is_responsible": "on"},
        ),
        ("reception-offer/", {"place": "接待室", "begins_at": begins}),
        ("routing/", {"route": "single_unit", "who": "住建局", "reason": "单一事项"}),
        (
            "hand-over/",
            {
                "agency_kind": "police",
                "agency": "城关派出所",
                "to_whom": "所长",
                "what": "秩序",
                "way": "phone",
            },
        ),
    ]
    for path, fields in posts:
        assert client.post(f"{base}/{path}", fields).status_code == 303, path
    call, offer, handed = (
        AttendanceCall.objects.first(),
        ReceptionOffer.objects.get(),
        HandedOver.objects.get(),
    )
    assert client.post(f"/attendance/{call.pk}/arrive/", {"said": "局长"}).status_code == 303
    assert client.post(f"/reception-offers/{offer.pk}/let-pass/").status_code == 303
    assert client.post(f"/handed-over/{handed.pk}/taken/", {"answer": "已派"}).status_code == 303

    text = client.get(f"{base}/").content.decode()

    for words in said:
        assert words in text, words
    # Nobody else's page.
    client.force_login(cast["county2.duty"])
    assert client.post(f"/attendance/{call.pk}/leave/", {}).status_code == 404
