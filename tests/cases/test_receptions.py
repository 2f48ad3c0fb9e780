"""People are received: booked or not, five who speak for a group, checklists counted back, each point a demand."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from accounts.choices import PostKind
from accounts.models import Post
from accounts.posts.actions import appoint_person
from cases.demands.models import Demand
from cases.receptions import actions, counter, queries, rules
from cases.receptions.choices import ReceptionOutcome, ReceptionVerb
from cases.receptions.counter import Arrival
from cases.receptions.models import Reception, ReceptionPoint
from cases.receptions.points import Point
from clocks.models import Clock
from command.attendance import actions as attendance
from common.errors import Invalid, NotAllowed, WrongState
from duty.shifts.actions import begin_due
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from journal.models import Entry
from journal.record import content_of
from notices.choices import State
from notices.models import Notice
from plans.engine.facts import Facts
from rosters.models import Shift
from rosters.months.actions import draft_roster, publish_roster, set_rotation
from rosters.overrides.swaps import move_swap, propose_swap

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
GROUP = Arrival(came=12, is_group=True, representatives=5, recording_told=True, evidence="合同复印件两份")


@pytest.fixture
def plan(cast, units, now):
    """Plan 002 of the library, in force in county 1."""
    from plans.lifecycle.actions import load_plan
    from plans.lifecycle.models import PlanVersion

    text = (settings.BASE_DIR / "plans/library/unit-petition-reception.yaml").read_text()
    version = load_plan(text=text, actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)
    return version


@pytest.fixture
def book(plan, reach, units, now):
    def make(username="county1.duty", at=now, **words):
        given = {"unit": units["C1"], "place": "一楼接访室", "scheduled_at": now + 3 * HOUR, **words}
        return actions.book_reception(reach=reach(username), now=at, **given)

    return make


@pytest.fixture
def came(plan, reach, units, now):
    def make(arrival=GROUP, points=(), username="county1.duty", **words):
        return counter.receive_people(
            reach=reach(username), unit=units["C1"], place="一楼接访室", arrival=arrival,
            points=[Point(*one) for one in points], now=now, **words,
        )  # fmt: skip

    return make


@pytest.fixture
def act(reach, now):
    """act(function, reception, …) as the duty room of county 1."""

    def do(function, reception, username="county1.duty", at=now, **words):
        return function(reach=reach(username), reception_id=reception.pk, now=at, **words)

    return do


def the_clock():
    return Clock.objects.filter(clock_id="C002-9").latest("pk")


# --- the hour ------------------------------------------------------------------------------------------------


def test_the_site_group_is_in_place_half_an_hour_before(book, act, now):
    reception = book()
    assert (the_clock().subject, the_clock().due_at) == (
        reception.key,
        now + 3 * HOUR - timedelta(minutes=30),
    )

    act(actions.check_in_site_group, reception, at=now + 2 * HOUR)

    assert the_clock().stopped_at == now + 2 * HOUR
    assert the_clock().state(now + 3 * HOUR) == "met"


def test_a_moved_appointment_moves_its_clock(book, act, now):
    reception = book()
    act(actions.check_in_site_group, reception)

    act(actions.move_reception, reception, scheduled_at=now + 24 * HOUR, place="二楼会议室")

    reception.refresh_from_db()
    assert (reception.place, reception.checked_in_at) == ("二楼会议室", None)
    assert (the_clock().due_at, the_clock().is_running) == (now + 24 * HOUR - timedelta(minutes=30), True)
    assert Clock.objects.running().filter(clock_id="C002-9").count() == 1


def test_a_cancelled_one_ends_its_clock_and_its_notices_with_the_reason(book, act, cast, now):
    reception = book(receivers=[cast["county1.director"]])
    told = Notice.objects.filter(subject=reception.key, purpose__startswith="reception.booked")
    assert {one.recipient for one in told} >= {cast["county1.director"], cast["county1.squad.dialogue"]}

    act(actions.cancel_reception, reception, reason="改为书面答复")

    reception.refresh_from_db()
    assert (reception.state, reception.result) == ("cancelled", "改为书面答复")
    assert (the_clock().cancelled_at, the_clock().cancel_reason) == (now, "reception cancelled")
    assert set(told.values_list("state", flat=True)) == {State.CANCELLED}
    assert Notice.objects.filter(
        purpose__startswith="reception.cancelled", recipient=cast["county1.director"]
    ).exists()


def test_nobody_came_is_said_after_the_hour_and_nothing_follows(book, act, now):
    reception = book()
    with pytest.raises(WrongState) as early:
        act(actions.note_nobody_came, reception)
    assert early.value.code == "before_the_hour"

    act(actions.note_nobody_came, reception, at=now + 4 * HOUR)

    reception.refresh_from_db()
    assert (reception.state, reception.outcome, reception.came) == ("ended", "nobody_came", None)
    assert not the_clock().is_running
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"place": " "}, "place"),
        ({"scheduled_at": "past"}, "scheduled_at"),
        ({"representatives": 6, "is_group": True}, "representatives"),
    ],
)
def test_what_a_booking_lacks_is_named(book, now, words, field):
    if words.get("scheduled_at"):
        words = {"scheduled_at": now}

    with pytest.raises(Invalid) as refused:
        book(**words)

    assert list(refused.value.fields) == [field]
    assert not Reception.objects.exists()


def test_checklists_stand_against_the_half_hour_and_the_stock(book, act, now):
    reception = book()
    ready = queries.preparation_of(reception, now)
    assert ([part.checklist.id for part in ready.parts], ready.left) == (["room", "people", "kit"], 11)
    assert ready.ready_by == the_clock().due_at
    assert [state.kit.id for state in ready.lacks] == ["first_aid", "reception_room"]

    for _ in range(2):
        act(actions.check_line, reception, item="room:S2")

    assert queries.preparation_of(reception, now).left == 10
    assert Entry.objects.filter(kind="reception.checked").count() == 1
    with pytest.raises(Invalid):
        act(actions.check_line, reception, item="room:S99")


def test_without_such_a_plan_there_is_no_clock_and_no_checklist(reach, units, now, cast):
    reception = actions.book_reception(
        reach=reach("county1.duty"), unit=units["C1"], place="接访室", scheduled_at=now + HOUR, now=now
    )

    assert queries.preparation_of(reception, now) is None
    assert not Clock.objects.exists()


# --- at the counter ------------------------------------------------------------------------------------------


def test_one_act_takes_down_who_came_and_each_point_read_back_is_a_demand(came, units, now):
    reception = came(points=[("公证费退还", True), ("工资拖欠", True, "", units["T11"]), ("材料补正",)])

    assert (reception.state, reception.came, reception.representatives) == ("under_way", 12, 5)
    points = list(reception.points.values_list("point", "demand__lead_unit__code"))
    assert points == [("公证费退还", "C1"), ("工资拖欠", "T11"), ("材料补正", None)]
    for demand in Demand.objects.all():
        assert demand.origin == "counter"
        assert Clock.objects.filter(subject=demand.key, clock_id="LP-23a").exists()
    entry = Entry.objects.get(kind="reception.begun")
    assert content_of(entry)["representatives"] == 5


def test_a_sixth_representative_is_refused_with_the_article(came):
    with pytest.raises(Invalid) as refused:
        came(GROUP._replace(representatives=6))

    assert (refused.value.code, list(refused.value.fields)) == (
        "too_many_representatives",
        ["representatives"],
    )
    assert not Reception.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"came": 0}, "came"), ({"representatives": None}, "representatives"), ({"came": 3}, "representatives")],
)
def test_numbers_that_do_not_fit_are_named(came, changed, field):
    with pytest.raises(Invalid) as refused:
        came(GROUP._replace(**changed))

    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("where", ["point", "evidence", "about"])
def test_no_identity_is_kept(came, where):
    number = "身份证 11010519491231002X"
    with pytest.raises(Invalid) as refused:
        if where == "point":
            came(points=[(number, True)])
        elif where == "evidence":
            came(GROUP._replace(evidence=number))
        else:
            came(about=number)

    assert refused.value.code == "personal_data"
    assert not Reception.objects.exists()


def test_what_was_read_back_is_not_changed(came, act):
    reception = came(points=[("公证费退还", True), ("工资拖欠",)])

    act(counter.confirm_point, reception, place=2, text="工资拖欠三个月")
    assert ReceptionPoint.objects.get(place=2).demand.point == "工资拖欠三个月"
    for function in (counter.confirm_point, counter.strike_point):
        with pytest.raises(WrongState) as refused:
            act(function, reception, place=2)
        assert refused.value.code == "confirmed_already"


def test_a_point_that_was_not_meant_so_is_struck_out(came, act):
    reception = came(points=[("公证费退还", True), ("说错了",)])

    act(counter.strike_point, reception, place=2)
    act(counter.add_points, reception, points=[Point("另一点", True)])

    assert [one.point for one in reception.points.all()] == ["公证费退还", "另一点"]


def test_ten_points_are_enough_for_one_reception(came, act):
    reception = came(points=[("一点",)] * 10)

    with pytest.raises(Invalid) as refused:
        act(counter.add_points, reception, points=[Point("又一点")])

    assert refused.value.code == "too_many_points"


def test_the_written_notice_on_the_spot_begins_sixty_days(came, act):
    reception = came(points=[("公证费退还", True)])

    act(counter.hand_over_notice, reception, number="告〔2026〕3号")

    demand = Demand.objects.get()
    assert (demand.receipt_number, Clock.objects.get(clock_id="LP-23a").is_running) == (
        "告〔2026〕3号",
        False,
    )
    assert Clock.objects.get(clock_id="LP-34").is_running
    with pytest.raises(WrongState):
        act(counter.hand_over_notice, reception, number="告〔2026〕4号")


def test_it_does_not_end_with_a_point_left_open(came, act):
    reception = came(points=[("公证费退还",)])

    with pytest.raises(WrongState) as refused:
        act(counter.end_reception, reception, outcome="answered", result="已答复")

    assert refused.value.code == "points_unconfirmed"


def test_what_is_passed_on_is_registered(came, act):
    reception = came()
    with pytest.raises(WrongState) as refused:
        act(counter.end_reception, reception, outcome="passed_on", result="转乡镇")
    assert refused.value.code == "nothing_to_track"

    act(counter.add_points, reception, points=[Point("公证费退还", True)])
    act(counter.end_reception, reception, outcome="passed_on", result="转乡镇")

    reception.refresh_from_db()
    assert (reception.state, reception.outcome) == ("ended", "passed_on")


def test_what_is_major_is_told_and_may_become_an_incident(came, act, cast):
    reception = came()

    act(counter.end_reception, reception, outcome="major", result="多部门未决，拟报党组", as_incident=True)

    reception.refresh_from_db()
    incident = Incident.objects.get()
    assert (reception.incident, incident.what) == (incident, "多部门未决，拟报党组")
    assert Notice.objects.filter(purpose="reception.major", recipient=cast["county1.director"]).exists()


@pytest.mark.parametrize(
    ("words", "field"),
    [({"outcome": "nobody_came"}, "outcome"), ({"result": " "}, "result")],
)
def test_what_an_ending_lacks_is_named(came, act, words, field):
    with pytest.raises(Invalid) as refused:
        act(counter.end_reception, came(), **{"outcome": "answered", "result": "已答复", **words})

    assert list(refused.value.fields) == [field]


# --- the table, walked ---------------------------------------------------------------------------------------

WALK = {
    ReceptionVerb.BEGIN: (counter.begin_reception, {"arrival": GROUP}),
    ReceptionVerb.MOVE: (actions.move_reception, {"scheduled_at": "later"}),
    ReceptionVerb.CANCEL: (actions.cancel_reception, {"reason": "改期另定"}),
    ReceptionVerb.CHECK_IN: (actions.check_in_site_group, {}),
    ReceptionVerb.CHECK: (actions.check_line, {"item": "room:S1"}),
    ReceptionVerb.ADD_POINTS: (counter.add_points, {"points": [Point("又一点")]}),
    ReceptionVerb.CONFIRM: (counter.confirm_point, {"place": 1}),
    ReceptionVerb.STRIKE: (counter.strike_point, {"place": 1}),
    ReceptionVerb.NOTICE: (counter.hand_over_notice, {"number": "告1"}),
    ReceptionVerb.END: (counter.end_reception, {"outcome": "answered", "result": "已答复"}),
    ReceptionVerb.NOBODY_CAME: (actions.note_nobody_came, {}),
}


@pytest.mark.parametrize("state", rules.TRANSITIONS.turns)
@pytest.mark.parametrize("verb", WALK)
def test_what_the_table_does_not_list_is_refused(book, act, now, state, verb):
    reception = book()
    Reception.objects.filter(pk=reception.pk).update(
        state=state, **({"outcome": "answered", "ended_at": now} if state == "ended" else {}),
        **({"result": "x", "ended_at": now} if state == "cancelled" else {}),
    )  # fmt: skip
    function, words = WALK[verb]
    if words.get("scheduled_at"):
        words = {"scheduled_at": now + 24 * HOUR}
    if state in rules.TRANSITIONS[verb].at:
        return

    with pytest.raises(WrongState) as refused:
        act(function, reception, **words)

    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize(
    "username", ["county1.squad.dialogue", "village111.informant", "county2.duty", "city.audit"]
)
@pytest.mark.parametrize("verb", WALK)
def test_who_does_not_receive(book, act, username, verb, now):
    function, words = WALK[verb]
    if words.get("scheduled_at"):
        words = {"scheduled_at": now + 24 * HOUR}

    with pytest.raises(NotAllowed):
        act(function, book(), username, **words)


def test_a_neighbour_sees_none(book, reach, cast, now):
    book(receivers=[cast["county1.squad.dialogue"]])

    assert not queries.receptions(reach("county2.duty"), now=now).exists()
    assert queries.receptions(reach("county1.squad.dialogue"), now=now).exists()
    assert not queries.receptions(reach("county1.squad.perimeter"), now=now).exists()


# --- at an incident ------------------------------------------------------------------------------------------


@pytest.fixture
def incident(plan, units, reach, now):
    alarm = Alarm(unit=units["C1"], place="一楼大厅", what="来访", facts=Facts(), client_id="a1")
    return report_incident(reach=reach("county1.duty"), alarm=alarm, now=now)[0]


def test_an_offer_is_booked_and_what_came_of_it_goes_back(book, act, incident, reach, now):
    offer = attendance.offer_reception(
        incident_id=incident.pk, reach=reach("county1.duty"), place="接访室", begins_at=now + HOUR, now=now
    )
    reception = book(incident=incident, offer=offer, unit=incident.unit)
    with pytest.raises(WrongState) as twice:
        book(incident=incident, offer=offer, unit=incident.unit)
    assert twice.value.code == "booked_already"

    act(counter.begin_reception, reception, arrival=GROUP, points=[Point("公证费退还", True)])

    offer.refresh_from_db()
    assert offer.state == "taken_up"
    assert Demand.objects.get().incident == incident
    assert Entry.objects.get(kind="reception.booked").thread == incident.key


def test_who_does_not_come_lets_the_offer_pass(book, act, incident, reach, now):
    offer = attendance.offer_reception(
        incident_id=incident.pk, reach=reach("county1.duty"), place="接访室", begins_at=now + HOUR, now=now
    )
    reception = book(incident=incident, offer=offer, unit=incident.unit)

    act(actions.note_nobody_came, reception, at=now + 4 * HOUR)

    offer.refresh_from_db()
    assert offer.state == "not_taken_up"


def test_a_drill_counts_back_and_promises_nobody_anything(book, act, incident):
    Incident.objects.filter(pk=incident.pk).update(drill=True)
    incident.refresh_from_db()
    reception = book(incident=incident)
    assert (reception.drill, reception.number[:6], the_clock().drill) == (True, "YL-JF-", True)

    act(counter.begin_reception, reception, arrival=GROUP, points=[Point("公证费退还", True)])

    assert not Demand.objects.exists()
    assert ReceptionPoint.objects.get().confirmed_at
    act(counter.end_reception, reception, outcome="passed_on", result="转乡镇")


def test_what_is_under_way_holds_its_incident_open(book, act, incident):
    reception = book(incident=incident)
    assert queries.held_open(incident) == []

    act(counter.begin_reception, reception, arrival=GROUP)

    assert [one.key for one in queries.held_open(incident)] == [reception.number]


# --- what the database keeps ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"place": ""}, "a_reception_is_somewhere"),
        ({"scheduled_at": None}, "a_reception_is_booked_or_has_begun"),
        ({"is_group": True, "representatives": 6}, "a_group_has_1_to_5_representatives"),
        ({"came": 3}, "who_is_received_is_counted"),
        ({"is_group": True, "representatives": 5, "came": 3, "begun_at": "now"}, "representatives_are_among_those_who_came"),
        ({"outcome": ReceptionOutcome.ANSWERED}, "an_ended_reception_has_its_outcome"),
        ({"state": "cancelled"}, "a_cancelled_reception_says_why"),
    ],
)  # fmt: skip
def test_the_database_refuses(book, now, words, name):
    reception = book()
    words = {field: now if value == "now" else value for field, value in words.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Reception.objects.filter(pk=reception.pk).update(**words)


def test_the_database_refuses_an_offer_without_its_incident(book, incident, reach, now):
    offer = attendance.offer_reception(
        incident_id=incident.pk, reach=reach("county1.duty"), place="接访室", begins_at=now + HOUR, now=now
    )
    reception = book(incident=incident, offer=offer, unit=incident.unit)

    with pytest.raises(IntegrityError, match="an_offer_taken_up_is_of_an_incident"), transaction.atomic():
        Reception.objects.filter(pk=reception.pk).update(incident=None)


def test_the_database_refuses_points_and_checks(came, act, book, now, cast):
    """one_point_per_place, only_a_confirmed_point_is_a_demand, a_line_is_checked_once: SQLite does not name all."""
    reception = came(points=[("一点",), ("二点", True)])
    one, two = reception.points.all()
    for words, name in (
        ({"point": ""}, "a_point_says_something"),
        ({"place": 2}, "reception"),
        ({"demand": two.demand_id}, "demand|only_a_confirmed"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            ReceptionPoint.objects.filter(pk=one.pk).update(**words)
    booked = book()
    act(actions.check_line, booked, item="room:S1")
    with pytest.raises(IntegrityError), transaction.atomic():
        booked.checks.create(item="room:S1", at=now, by=cast["county1.duty"])


# --- doors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_from_booking_to_the_end(noon, plan, cast, language):
    client = noon("county1.duty")
    client.cookies["language"] = language
    assert client.get("/receptions/book/").status_code == 200
    booked = {
        "unit": "C1", "place": "接访室", "scheduled_at": "2026-11-22T15:00", "kind": "group", "expected": "12",
        "receivers": [cast["county1.director"].pk],
    }  # fmt: skip
    made = client.post("/receptions/book/", booked)
    assert made.status_code == 303, made.content.decode()[:1500]
    page = f"/receptions/{Reception.objects.get().number}/"
    assert client.get(page).status_code == 200
    for verb, words in [
        ("move", {"scheduled_at": "2026-11-22T16:00", "place": ""}),
        ("check", {"item": "kit:M1"}),
        ("check-in", {}),
        ("points", {"point": "工资拖欠"}),
    ]:
        assert client.post(f"{page}{verb}/", words).status_code == 303, verb
    assert client.get(f"{page}counter/").status_code == 200
    arrival = {
        "kind": "group", "came": "12", "representatives": "6", "recording": "yes", "evidence": "合同",
        "point_1": "公证费退还", "ok_1": "on", "notice_number": "告1",
    }  # fmt: skip
    assert client.post(f"{page}counter/", arrival).status_code == 422
    assert client.post(f"{page}counter/", {**arrival, "representatives": "5"}).status_code == 303
    assert client.get(page).status_code == 200
    for verb, words in [
        ("confirm", {"place_number": "1", "point": "工资拖欠三个月", "demand_kind": "", "lead_unit": "T11"}),
        ("points", {"point": "又一点"}),
        ("strike", {"place_number": "3"}),
        ("notice", {"number": "告2"}),
        ("end", {"outcome": "passed_on", "result": "转乡镇办理"}),
    ]:
        answer = client.post(f"{page}{verb}/", words)
        assert answer.status_code == 303, (verb, answer.content.decode()[:1500])
    assert client.get(page).status_code == 200
    assert Demand.objects.exclude(accepted_at=None).count() == 2
    for query in ("", "?day=today", "?day=all&state=ended&unit=C1", "?as=xlsx"):
        assert client.get(f"/receptions/{query}").status_code == 200
    assert client.get(f"{page}receipt.pdf").status_code == 200
    assert client.get(f"{page}receipt.exe").status_code == 404


def test_the_counter_is_one_page_and_one_press(noon, plan):
    client = noon("county1.duty")
    assert client.get("/receptions/counter/").status_code == 200

    made = client.post(
        "/receptions/counter/",
        {
            "unit": "C1",
            "place": "接访室",
            "kind": "single",
            "came": "1",
            "point_1": "公证费退还",
            "ok_1": "on",
        },
    )

    assert made.status_code == 303, made.content.decode()[:1500]
    demand = Demand.objects.get()
    assert demand.reception_point.reception.number in made["Location"]
    assert Reception.objects.get().place in client.get("/receptions/counter/").content.decode()


def test_the_receipt_names_numbers_and_days_and_nobody(came, now):
    from cases.receptions.paper import paper_of

    paper = paper_of(came(points=[("公证费退还", True)]), now)

    demand = Demand.objects.get()
    text = str(paper)
    assert demand.number in text
    assert "2026-12-07" in text
    assert "15日内" in text


def test_no_receipt_before_anybody_came(noon, book):
    answer = noon("county1.duty").get(f"/receptions/{book().number}/receipt.pdf")

    assert answer.status_code == 409


def test_cancelled_and_absent_over_the_pages(noon, book, now):
    client = noon("county1.duty")
    page = f"/receptions/{book(scheduled_at=now + 8 * HOUR).number}/"
    assert client.post(f"{page}nobody-came/", {}).status_code == 409
    assert client.post(f"{page}cancel/", {"note": "改为书面答复"}).status_code == 303
    assert client.post(f"{page}cancel/", {"note": "改为书面答复"}).status_code == 409
    assert client.post(f"{page}hold/", {}).status_code == 404
    assert noon("county2.duty").get(page).status_code == 404


def test_the_incident_s_page_leads_to_its_receptions(noon, book, incident):
    number = book(incident=incident).number
    client = noon("county1.duty")

    page = client.get(f"/incidents/{incident.number}/").content.decode()

    assert f"/receptions/{number}/" in page
    assert client.get(f"/receptions/book/?incident={incident.number}").status_code == 200
    assert client.get(f"/receptions/counter/?incident={incident.number}").status_code == 200


def test_leaders_of_the_county_receive_in_a_township(noon, plan, cast):
    booked = {
        "unit": "T11", "place": "接访室", "scheduled_at": "2026-11-22T15:00", "kind": "single",
        "receivers": [cast["county1.director"].pk],
    }  # fmt: skip

    made = noon("county1.duty").post("/receptions/book/", booked)

    assert made.status_code == 303, made.content.decode()[:1500]
    reception = Reception.objects.get()
    assert (reception.unit.code, list(reception.receivers.all())) == ("T11", [cast["county1.director"]])


def test_an_offer_leads_to_its_booking_once(noon, incident, reach, now):
    duty = reach("county1.duty")
    offer = attendance.offer_reception(
        incident_id=incident.pk, reach=duty, place="接访室", begins_at=now + 5 * HOUR, now=now
    )
    client = noon("county1.duty")
    page, book = f"/incidents/{incident.number}/?part=agencies", f"/receptions/book/?offer={offer.pk}"
    assert book in client.get(page).content.decode()
    form = client.get(book).context["form"]

    made = client.post(
        "/receptions/book/",
        {name: form[name].value() or "" for name in ("unit", "place", "about")}
        | {"scheduled_at": "2026-11-22T14:00", "kind": "single", "offer": offer.pk},
    )

    assert made.status_code == 303, made.content.decode()[:1500]
    assert form["place"].value() == "接访室"
    assert f"{form['scheduled_at'].value():%H:%M}" == "14:00"
    assert Reception.objects.get().offer == offer
    assert book not in client.get(page).content.decode()


def test_today_stands_on_the_duty_board(noon, book):
    reception = book()

    assert reception.number in noon("county1.duty").get("/duty/?part=receptions").content.decode()


def test_the_list_asks_as_often_for_three_as_for_one(noon, book, django_assert_max_num_queries):
    client = noon("county1.duty")
    book()
    client.get("/receptions/")
    for _ in range(2):
        book()

    with django_assert_max_num_queries(14):
        assert client.get("/receptions/").status_code == 200


def test_the_api_as_the_contract_says(noon, plan, cast):
    client = noon("county1.duty")

    def send(path, body, key, door="receptions"):
        return client.post(
            f"/api/v1/{door}/{path}", body, content_type="application/json", headers={"Idempotency-Key": key}
        )

    booked = {
        "unit": "C1", "at": "2026-11-22T15:00:00+08:00", "kind": "group", "representatives": 5,
        "points": ["工资拖欠"], "receivers": ["county1.director"],
    }  # fmt: skip
    refused = send("", {**booked, "representatives": 6}, "a")
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_representatives")
    made = send("", booked, "b")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (len(body["checklist"]), [one["id"] for one in body["clocks"]]) == (11, ["C002-9"])
    number = body["number"]
    assert send("", {"unit": "C1", "kind": "single", "points": ["一点"]}, "c").json()["state"] == "under_way"
    arrival = {"kind": "group", "came": 12, "representatives": 5, "recording_told": True}
    assert send(f"{number}/begin/", arrival, "d").status_code == 200
    assert (
        send(f"{number}/end/", {"outcome": "answered", "result": "已答复"}, "e").json()["code"]
        == "points_unconfirmed"
    )
    confirmed = send(f"{number}/confirm/", {"place": 1, "point": "工资拖欠三个月"}, "f").json()
    assert confirmed["points"][0]["demand"].startswith("SQ-")
    registered = send("", {"reception": number, "point": "公证费退还"}, "g", door="demands").json()
    assert (registered["reception"], registered["origin"]) == (number, "counter")
    assert send(f"{number}/end/", {"outcome": "answered", "result": "已答复"}, "h").status_code == 200
    listed = client.get("/api/v1/receptions/?unit=C1&state=ended&day=today&drill=false").json()["results"]
    assert [one["number"] for one in listed] == [number]
    assert client.get(f"/api/v1/receptions/{number}/").json()["outcome"] == "answered"
    assert noon("county2.duty").get(f"/api/v1/receptions/{number}/").status_code == 404


# --- the leaders' reception duty -----------------------------------------------------------------------------


@pytest.fixture
def reception_duty(units, cast, reach, now):
    """Director and deputy of county 1 receive on Mondays and Wednesdays from nine to twelve, in turn."""
    post = Post.objects.create(unit=units["C1"], kind=PostKind.RECEIVING_LEADER, title="接访领导")
    people = [cast["county1.director"], cast["county1.deputy"]]
    for person in people:
        appoint_person(person=person, post=post, actor=None, now=now)
    set_rotation(
        reach=reach("county1.director"), post=post, people=people, first_day=date(2026, 11, 23), hand_over=time(9),
        day_ends=time(12), weekdays="13", now=now,
    )  # fmt: skip
    roster = draft_roster(
        reach=reach("county1.director"),
        unit=units["C1"],
        first_day=date(2026, 11, 23),
        last_day=date(2026, 12, 4),
        now=now,
    )
    publish_roster(reach=reach("county1.director"), roster_id=roster.pk, reason="其他岗位另排", now=now)
    return list(Shift.objects.in_force().filter(post=post).order_by("starts_at"))


def test_the_hours_are_public_where_the_installation_says_so_and_nobodys_name_is(
    reception_duty, client, settings, cast, noon
):
    address = "/reception-hours/C1/"
    off = client.get(address)
    settings.PUBLIC_RECEPTION_PAGE = True
    page, other = client.get(address), client.get("/reception-hours/T11/")
    english = client.get(f"{address}?lang=en").content.decode()
    unknown, posted = client.get("/reception-hours/NOWHERE/"), client.post(address)

    text = page.content.decode()
    assert (off.status_code, page.status_code, unknown.status_code, posted.status_code) == (
        404,
        200,
        404,
        405,
    )
    assert "2026-11-23" in text
    assert "09:00–12:00 接访领导" in text
    assert "2026-11-25" in english
    assert not any(person.name in text for person in cast.values())
    assert not page.cookies
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "09:00" not in other.content.decode()
    assert "已向公众开放" in noon("city.sysadmin").get("/system/").content.decode()


def test_the_duty_room_s_board_says_who_receives_today(reception_duty, cast, reach, signed_in, wall_clock):
    monday = datetime(2026, 11, 23, 2, tzinfo=UTC)

    assert [one.person for one in queries.receiving_for(reach("county1.duty", monday), monday)] == [
        cast["county1.director"]
    ]
    assert queries.receiving_for(reach("county2.duty", monday), monday) == []
    wall_clock.move_to(monday)
    part = signed_in("county1.duty").get("/duty/?part=receptions").content.decode()
    assert "今日接访领导" in part
    assert str(cast["county1.director"]) in part


def test_leaders_receive_in_turn_on_their_days(reception_duty):
    days = [
        (f"{localtime(one.starts_at):%m-%d %H}", f"{localtime(one.ends_at):%H}", one.person.username)
        for one in reception_duty
    ]

    assert days == [
        ("11-23 09", "12", "county1.director"), ("11-25 09", "12", "county1.deputy"),
        ("11-30 09", "12", "county1.director"), ("12-02 09", "12", "county1.deputy"),
    ]  # fmt: skip


def test_a_swap_told_before_is_who_receives_and_who_is_told(reception_duty, book, units, cast, reach, now):
    monday, wednesday = reception_duty[:2]
    swap = propose_swap(
        reach=reach("county1.director"),
        shift_id=monday.pk,
        other=cast["county1.deputy"],
        in_return_id=wednesday.pk,
        now=now,
    )
    move_swap(reach=reach("county1.deputy"), swap_id=swap.pk, verb="accept", now=now)
    move_swap(reach=reach("county1.leader"), swap_id=swap.pk, verb="approve", now=now)

    hour = monday.starts_at + HOUR
    assert [one.person for one in queries.receiving_at(units["C1"], hour)] == [cast["county1.deputy"]]
    # A township without leaders of its own on the roster has those of the unit above.
    assert [one.person for one in queries.receiving_at(units["T11"], hour)] == [cast["county1.deputy"]]
    assert queries.receiving_at(units["C1"], monday.ends_at + HOUR) == []
    reception = book(scheduled_at=hour)
    told = Notice.objects.filter(subject=reception.key, purpose__startswith="reception.booked")
    assert told.filter(recipient=cast["county1.deputy"]).exists()
    assert not told.filter(recipient=cast["county1.director"]).exists()


def test_the_counter_shows_who_receives_today(reception_duty, plan, signed_in, wall_clock):
    wall_clock.move_to(reception_duty[0].starts_at)

    for address in ("/receptions/", "/receptions/counter/"):
        assert str(reception_duty[0].person) in signed_in("county1.duty").get(address).content.decode()


def test_nobody_is_rung_up_when_a_reception_duty_begins(reception_duty, now):
    begin_due(reception_duty[0].starts_at)

    reception_duty[0].refresh_from_db()
    assert reception_duty[0].began_at is None
