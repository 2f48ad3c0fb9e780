from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clocks.models import Clock
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from incidents import actions, queries, rules, sharing
from incidents.choices import State, Verb
from incidents.models import Incident, Observation
from incidents.reporting.actions import Alarm, Position, add_observation, report_incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.engine.facts import Facts
from tests.incidents.closing import answered
from tests.states import all_heard, done_as_in_the_table, nothing_written


def kinds_of(incident):
    return list(Entry.objects.in_thread(incident.key).order_by("id").values_list("kind", flat=True))


def test_an_alarm_gets_a_number_a_level_with_reasons_and_its_records(alarm):
    incident = alarm(headcount=8)

    assert incident.number == "C1-20261122-001"
    assert incident.proposed_level == "yellow"
    assert [reason["en"]["citation"] for reason in incident.reasons] == ["§2.3"]
    assert incident.level == ""
    assert kinds_of(incident) == ["incident.discovered", "incident.reported"]
    assert Observation.objects.get(incident=incident).facts == {"headcount": {"low": 8, "high": 8}}


def test_numbers_are_dense_per_unit_and_day(alarm, now):
    numbers = [
        alarm().number,
        alarm(unit="T11").number,
        alarm().number,
        alarm(at=now + timedelta(days=1)).number,
    ]

    assert numbers == ["C1-20261122-001", "T11-20261122-001", "C1-20261122-002", "C1-20261123-001"]


def test_the_golden_three_minutes_run_from_known_to_reported(plan, units, reach, now):
    given = Alarm(
        unit=units["C1"],
        place="厅",
        what="",
        facts=Facts(),
        client_id="x",
        known_at=now - timedelta(minutes=4),
    )
    incident, _ = report_incident(reach=reach("county1.duty"), alarm=given, now=now)

    clock = Clock.objects.get(thread=incident.key, clock_id="C000-1")

    assert clock.started_at == now - timedelta(minutes=4)
    assert clock.due_at == now - timedelta(minutes=1)
    assert clock.stopped_at == now
    assert clock.is_late


def test_the_same_alarm_twice_is_one_incident(plan, units, reach, now):
    given = Alarm(unit=units["C1"], place="厅", what="", facts=Facts(), client_id="same")

    first, is_new = report_incident(reach=reach("county1.duty"), alarm=given, now=now)
    second, again = report_incident(reach=reach("county1.duty"), alarm=given, now=now + timedelta(seconds=5))

    assert (is_new, again) == (True, False)
    assert second.pk == first.pk
    assert Incident.objects.count() == 1


def test_two_people_may_use_the_same_client_id(alarm, plan, units, reach, now):
    for username in ("county1.duty", "county1.leader"):
        given = Alarm(unit=units["C1"], place="厅", what="", facts=Facts(), client_id="same")
        report_incident(reach=reach(username), alarm=given, now=now)

    assert Incident.objects.count() == 2


def test_a_village_informant_may_raise_the_alarm_in_the_countys_hall_and_sees_that_one(alarm, reach):
    incident = alarm("village111.informant", unit="C1")
    other = alarm("county1.duty")

    seen = Incident.objects.visible_to(reach("village111.informant"))

    assert list(seen) == [incident]
    assert other not in seen


def test_an_alarm_for_a_neighbours_unit_is_refused_with_the_way_out(alarm):
    with pytest.raises(NotAllowed) as refused:
        alarm("county1.duty", unit="C2")

    assert refused.value.code == "not_your_unit"
    assert Incident.objects.count() == 0


def test_a_time_in_the_future_is_refused(plan, units, reach, now):
    given = Alarm(
        unit=units["C1"], place="厅", what="", facts=Facts(), client_id="x", known_at=now + timedelta(hours=1)
    )

    with pytest.raises(Invalid) as refused:
        report_incident(reach=reach("county1.duty"), alarm=given, now=now)

    assert list(refused.value.fields) == ["known_at"]


def test_a_device_clock_that_runs_a_minute_fast_is_forgiven(plan, units, reach, now):
    given = Alarm(
        unit=units["C1"],
        place="厅",
        what="",
        facts=Facts(),
        client_id="x",
        known_at=now + timedelta(minutes=1),
    )

    incident, _ = report_incident(reach=reach("county1.duty"), alarm=given, now=now)

    assert incident.known_at == now


def test_a_danger_to_life_is_told_at_once_without_any_signature(alarm):
    incident = alarm(life_risk=["suicide_threat"])

    assert incident.proposed_level == "orange"
    assert "incident.life_safety_alerted" in kinds_of(incident)
    told = set(
        Notice.objects.filter(purpose="incident.life_safety").values_list("recipient__username", flat=True)
    )
    assert {"county1.duty", "county1.leader", "city.duty", "city.leader", "county1.responder"} <= told


def test_an_ordinary_alarm_is_told_to_the_nearest_duty_room_only(alarm):
    alarm(headcount=2)

    told = set(Notice.objects.values_list("recipient__username", flat=True))
    assert told == {"county1.duty", "county1.leader"}


def test_an_observation_proposes_anew_and_changes_nothing_before_it(alarm, reach, now):
    incident = alarm(headcount=3)

    add_observation(incident_id=incident.pk, reach=reach("county1.duty"), what="人多了", facts=Facts.from_dict({"headcount": 55}), now=now + timedelta(minutes=1))  # fmt: skip

    incident.refresh_from_db()
    assert incident.proposed_level == "red"
    assert [o.facts["headcount"]["high"] for o in incident.observations.order_by("pk")] == [3, 55]
    assert kinds_of(incident)[-2:] == ["incident.observed", "incident.level_proposed"]


def test_an_observation_without_a_change_of_level_proposes_nothing(alarm, reach, now):
    incident = alarm(headcount=3)

    add_observation(incident_id=incident.pk, reach=reach("county1.duty"), what="平静", facts=Facts(), now=now)

    assert kinds_of(incident)[-1] == "incident.observed"


def test_a_late_position_fills_an_empty_one_only_for_the_reporter(alarm, reach, now):
    incident = alarm("county1.duty")
    where = Position(latitude="30.5", longitude="114.3", accuracy_m=12)

    add_observation(
        incident_id=incident.pk,
        reach=reach("county1.leader"),
        what="x",
        facts=Facts(),
        now=now,
        position=where,
    )
    incident.refresh_from_db()
    assert incident.latitude is None

    add_observation(
        incident_id=incident.pk, reach=reach("county1.duty"), what="x", facts=Facts(), now=now, position=where
    )
    incident.refresh_from_db()
    assert float(incident.latitude) == 30.5
    assert incident.crs == "unknown"


def test_the_neighbour_sees_it_only_while_it_is_shared(alarm, reach, units, now):
    incident = alarm()
    assert not Incident.objects.visible_to(reach("county2.duty")).exists()

    share = sharing.share_incident(
        incident_id=incident.pk, reach=reach("county1.duty"), unit=units["C2"], reason="同一当事单位", now=now
    )
    assert Incident.objects.visible_to(reach("county2.duty")).get() == incident
    with pytest.raises(NotAllowed):
        add_observation(
            incident_id=incident.pk, reach=reach("county2.duty"), what="x", facts=Facts(), now=now
        )

    sharing.end_share(share_id=share.pk, reach=reach("county1.duty"), now=now)
    assert not Incident.objects.visible_to(reach("county2.duty")).exists()


def test_a_liaison_sees_a_shared_incident_and_its_journal(alarm, reach, cast, now):
    incident = alarm()
    sharing.share_incident(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        person=cast["county2.leader"],
        reason="联络",
        now=now,
    )

    liaison = reach("county2.leader")

    assert queries.get_incident(liaison, incident.number) == incident
    assert Entry.objects.visible_to(liaison).filter(thread=incident.key).exists()
    assert all(liaison.sees(entry) for entry in Entry.objects.filter(thread=incident.key))


def test_what_one_may_not_see_is_not_found(alarm, reach):
    incident = alarm()

    with pytest.raises(NotFound):
        queries.get_incident(reach("county2.duty"), incident.number)


def test_the_reporter_takes_a_false_alarm_back_for_thirty_seconds(alarm, reach, now):
    early, late = alarm("village111.informant", unit="V111"), alarm("village111.informant", unit="V111")

    actions.retract_incident(
        incident_id=early.pk, reach=reach("village111.informant"), now=now + timedelta(seconds=30)
    )
    with pytest.raises(NotAllowed, match=late.number):
        actions.retract_incident(
            incident_id=late.pk, reach=reach("village111.informant"), now=now + timedelta(seconds=31)
        )

    early.refresh_from_db()
    assert early.state == State.RETRACTED


def test_two_reports_of_one_event_are_linked(alarm, reach, now):
    first, second = alarm(), alarm("county1.leader")
    duty = reach("county1.duty")
    assert list(queries.similar_incidents(duty, second)) == [first]

    actions.merge_incident(incident_id=second.pk, into_id=first.pk, reach=duty, now=now)

    second.refresh_from_db()
    assert (second.state, second.merged_into) == (State.MERGED, first)
    assert kinds_of(first)[-1] == "incident.linked"
    with pytest.raises(WrongState):
        actions.merge_incident(incident_id=first.pk, into_id=first.pk, reach=duty, now=now)


def test_closing_needs_a_summary_and_ends_the_clocks(alarm, reach, now):
    incident = alarm()
    duty = reach("county1.duty")
    with pytest.raises(Invalid):
        actions.close_incident(
            incident_id=incident.pk, reach=duty, summary="  ", answers=answered(incident, now), now=now
        )

    actions.close_incident(
        incident_id=incident.pk,
        reach=duty,
        summary="当场答复，人员离开。",
        answers=answered(incident, now),
        now=now,
    )

    incident.refresh_from_db()
    assert incident.state == State.CLOSED
    running = Clock.objects.running().filter(thread=incident.key)
    assert [one.clock_id for one in running] == ["A-1"], (
        "what the Law wants after every closing, and nothing else"
    )
    assert content_of(Entry.objects.get(kind="incident.closed"))["summary"] == "当场答复，人员离开。"


@pytest.mark.control(53)
@pytest.mark.parametrize("text", ["联系人 11010519491231002X", "电话 138 0013 8000", "卡号 4111111111111111"])
def test_a_closing_summary_with_personal_data_is_refused(alarm, reach, now, text):
    incident = alarm()

    with pytest.raises(Invalid) as refused:
        actions.close_incident(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            summary=text,
            answers=answered(incident, now),
            now=now,
        )

    assert refused.value.code == "personal_data"


def test_an_incident_with_something_open_is_not_closed_and_says_what(alarm, reach, now, monkeypatch):
    incident = alarm()
    monkeypatch.setattr(
        queries, "HOLDING_OPEN", [lambda incident: [queries.OpenItem("order", "O-1", "指令 O-1")]]
    )

    with pytest.raises(WrongState) as refused:
        actions.close_incident(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            summary="好",
            answers=answered(incident, now),
            now=now,
        )

    assert refused.value.extra["open"] == [
        {"kind": "order", "key": "O-1", "title": "指令 O-1", "url": f"/incidents/{incident.number}/"}
    ]


def test_a_closed_incident_can_be_reopened_and_takes_observations_again(alarm, reach, now):
    incident, duty = alarm(), reach("county1.duty")
    actions.close_incident(
        incident_id=incident.pk, reach=duty, summary="结束", answers=answered(incident, now), now=now
    )
    with pytest.raises(WrongState):
        add_observation(incident_id=incident.pk, reach=duty, what="x", facts=Facts(), now=now)

    actions.reopen_incident(incident_id=incident.pk, reach=duty, reason="又来了", now=now)

    add_observation(incident_id=incident.pk, reach=duty, what="x", facts=Facts(), now=now)


def test_who_is_called_to_a_life_in_danger_may_open_the_incident(alarm, reach):
    calm, danger = alarm(headcount=2), alarm(headcount=2, life_risk=["suicide_threat"])

    seen = Incident.objects.visible_to(reach("county1.responder"))

    assert list(seen) == [danger]
    assert not Incident.objects.visible_to(reach("county2.responder")).exists()
    assert calm not in seen


VERBS = {
    Verb.TAKE: lambda i, r, n: actions.take_over(incident_id=i.pk, reach=r, now=n),
    Verb.RETRACT: lambda i, r, n: actions.retract_incident(incident_id=i.pk, reach=r, now=n),
    Verb.CLOSE: lambda i, r, n: actions.close_incident(
        incident_id=i.pk, reach=r, summary="结束", answers=answered(i, n), now=n
    ),
    Verb.REOPEN: lambda i, r, n: actions.reopen_incident(incident_id=i.pk, reach=r, reason="又来", now=n),
}
ROLES = [
    "county1.duty",
    "county1.director",
    "town11.head",
    "county2.duty",
    "city.duty",
    "city.audit",
    "village111.informant",
    "county1.squad.dialogue",
]


@pytest.mark.slow
def test_every_state_verb_and_role(alarm, reach, cast, now):
    """Walked from the table: what the table forbids is refused, and so is everybody without the post."""
    for state in State.values:
        for verb, act in VERBS.items():
            for role in ROLES:
                incident = alarm(at=now)
                put_in_state(incident, state, cast, now)
                mine, later = reach(role), now + timedelta(hours=1)
                verb_right = "incident.close" if verb in (Verb.CLOSE, Verb.REOPEN) else "incident.manage"
                allowed = mine.holds(verb_right, incident.unit_path)
                expected = rules.TRANSITIONS.next_state(state, verb) if allowed else None
                if expected is None:
                    with nothing_written(), pytest.raises((NotAllowed, WrongState)):
                        act(incident, mine, later)
                else:
                    with done_as_in_the_table(rules.TRANSITIONS, verb, subject=incident.key):
                        act(incident, mine, later)
                    incident.refresh_from_db()
                    assert incident.state == expected, (state, verb, role)


def test_each_act_writes_and_tells_what_the_table_says(alarm, reach, now):
    """With a life in danger there is somebody to tell each time."""
    desk, lives = reach("county1.duty"), {"life_risk": ["suicide_threat"]}
    with done_as_in_the_table(rules.TRANSITIONS, rules.TRANSITIONS.begin.verb) as begun:
        first = alarm(**lives)
        begun.append(first.key)
    with done_as_in_the_table(rules.TRANSITIONS, Verb.TAKE, subject=first.key):
        VERBS[Verb.TAKE](first, desk, now)
    all_heard(first.key, now)
    with done_as_in_the_table(rules.TRANSITIONS, Verb.CLOSE, subject=first.key, tells=True):
        VERBS[Verb.CLOSE](first, desk, now)
    with done_as_in_the_table(rules.TRANSITIONS, Verb.REOPEN, subject=first.key, tells=True):
        VERBS[Verb.REOPEN](first, desk, now)
    all_heard(first.key, now)
    with done_as_in_the_table(rules.TRANSITIONS, Verb.RETRACT, subject=first.key, tells=True):
        VERBS[Verb.RETRACT](first, desk, now)
    part, whole = alarm(), alarm()
    with done_as_in_the_table(rules.TRANSITIONS, Verb.MERGE, subject=part.key):
        actions.merge_incident(incident_id=part.pk, into_id=whole.pk, reach=desk, now=now)


def put_in_state(incident, state, cast, now):
    fields = {"state": state, "merged_into": None}
    if state == State.MERGED:
        other = Incident.objects.get(pk=incident.pk)
        other.pk, other.number, other.client_id = None, f"{incident.number}-x", f"{incident.client_id}-x"
        other.save()
        fields["merged_into"] = other
    if state == State.CLOSED:
        fields |= {"closed_at": now, "closed_by": cast["county1.duty"], "summary": "完"}
    Incident.objects.filter(pk=incident.pk).update(**fields)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "closed"},
        {"closed_at": "now"},
        {"state": "merged"},
        {"latitude": "1.0"},
        {"latitude": "1.0", "longitude": "1.0", "crs": ""},
        {"happened_at": "later"},
        {"known_at": "later"},
    ],
)
def test_the_database_keeps_what_must_always_hold(alarm, now, change):
    incident = alarm()
    times = {"now": now, "later": now + timedelta(hours=1)}
    values = {name: times.get(value, value) for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(**values)


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_lists_ask_the_same_number_of_queries_however_long(
    alarm, reach, now, django_assert_num_queries, rows
):
    for _ in range(rows):
        alarm()
    mine = reach("county1.duty")
    assert mine.threads == frozenset()

    with django_assert_num_queries(1):
        for incident in queries.open_incidents(mine, now)[:50]:
            assert all((incident.unit.name, incident.plan.ref, incident.reported_by.name))


def test_an_incident_holds_nobodys_identity():
    """Person-poor by construction: the fields there are, each looked at. A new one must be thought about here."""
    fields = {field.name for field in Incident._meta.get_fields() if field.concrete}

    assert fields == {
        "id", "number", "unit", "unit_path", "plan", "state", "source", "category", "place", "what", "facts",
        "proposed_level", "proposed_rank", "signed_rank", "reasons", "level", "highest_level", "happened_at", "known_at", "recorded_at", "reported_by",
        "reporter_post", "client_id", "drill", "latitude", "longitude", "accuracy_m", "crs", "taken_at", "taken_by",
        "merged_into", "closed_at", "closed_by", "summary", "rev",
    }  # fmt: skip
