"""What was expected beside what was done; remarks, ratings and the review; the API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from command.orders import actions as orders
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, WrongState
from drills.conduct import actions
from drills.evaluation import actions as evaluation
from drills.evaluation import queries, rules
from drills.evaluation.models import Rating, Remark
from drills.evaluation.rules import Done, Wanted
from incidents import actions as incidents
from journal.models import Entry
from journal.numbering import number_new
from tests.drills.conftest import CAST, SCENARIO
from tests.incidents.closing import answered
from tests.incidents.conftest import alarm
from tests.states import done_as_in_the_table, nothing_written

__all__ = ["alarm"]

T0 = datetime(2026, 11, 22, tzinfo=UTC)


def wanted(id_, since, within, *kinds):
    return Wanted(id_, kinds or ("order.issued",), within, since)


def done(pk, minute, kind="order.issued"):
    return Done(pk, kind, minute, T0, "", "")


@pytest.mark.parametrize(
    ("expectations", "entries", "answers"),
    [
        # in time, at the last minute, one second late, never
        ([wanted("E1", 0, 5)], [done(1, 4.9)], {"E1": (1, 4.9, True)}),
        ([wanted("E1", 0, 5)], [done(1, 5)], {"E1": (1, 5, True)}),
        ([wanted("E1", 0, 5)], [done(1, 5.1)], {"E1": (1, 5.1, False)}),
        ([wanted("E1", 0, 5)], [], {"E1": (None, None, False)}),
        # another kind, or before its inject, answers nothing
        ([wanted("E1", 0, 5)], [done(1, 1, "order.arrived")], {"E1": (None, None, False)}),
        ([wanted("E1", 10, 5)], [done(1, 9)], {"E1": (None, None, False)}),
        # one entry answers one: whoever is due earliest
        ([wanted("E2", 0, 9), wanted("E1", 0, 5)], [done(1, 3)], {"E1": (1, 3, True), "E2": (None, None, False)}),
        ([wanted("E1", 0, 5), wanted("E2", 0, 9)], [done(1, 3), done(2, 7)],
         {"E1": (1, 3, True), "E2": (2, 7, True)}),
        # the first was missed: what answers the second in time is not taken for the first
        ([wanted("E1", 0, 5), wanted("E2", 10, 5)], [done(1, 12)], {"E1": (None, None, False), "E2": (1, 2, True)}),
        # two entries after the second inject: the later one answers the first, late
        ([wanted("E1", 0, 5), wanted("E2", 10, 5)], [done(1, 12), done(2, 13)],
         {"E1": (2, 13, False), "E2": (1, 2, True)}),
        # one of several kinds is enough
        ([wanted("E1", 0, 5, "a.b", "c.d")], [done(1, 2, "c.d")], {"E1": (1, 2, True)}),
    ],
)  # fmt: skip
def test_which_entry_answers_which_expectation(expectations, entries, answers):
    found = rules.matched(expectations, entries)

    assert {
        name: (match.done.pk if match.done else None, match.after, match.met) for name, match in found.items()
    } == answers


def test_the_score_counts_what_was_met_late_and_expected():
    found = rules.matched(
        [wanted("E1", 0, 5), wanted("E2", 0, 5), wanted("E3", 0, 5)], [done(1, 3), done(2, 8)]
    )

    assert rules.score(found.values()) == (1, 1, 3)


def test_milestones_are_minutes_after_the_report():
    firsts = {"incident.taken": T0 + timedelta(minutes=2), "incident.closed": T0 + timedelta(hours=1)}

    assert rules.milestones(T0, firsts) == (2, None, None, 60)


# --- the sheet -------------------------------------------------------------------------------------------------


def take(walk):
    incidents.take_over(incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), now=walk.now)


def send(walk):
    return orders.issue_order(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), target=orders.read_target("squad:dialogue@C1"),
        task="到场对话", now=walk.now,
    )  # fmt: skip


@pytest.fixture
def over(running):
    """Taken over in time, an order issued late, the rest missed."""
    running.to(0)
    running.later(seconds=4)
    take(running)
    running.to(10)
    running.now += timedelta(seconds=8)
    send(running)
    running.to(60)
    actions.finish_drill(**running.asked())
    return running


def test_done_is_found_in_the_journal_and_measured_in_minutes_of_the_scenario(over):
    found = queries.sheet(over.drill)

    said = {one.expected.id: one.match for row in found.rows for one in row.expected}
    assert (said["E1"].met, said["E1"].after, said["E1"].done.kind) == (True, 4, "incident.taken")
    assert (said["E4"].met, said["E4"].after) == (False, 18)
    assert said["E3"].done is None
    assert found.score == (1, 1, 10)
    assert [(row.objective.id, row.score) for row in found.objectives] == [
        ("O1", (1, 0, 1)), ("O2", (0, 0, 3)), ("O3", (0, 1, 5)), ("O4", (0, 0, 1)),
    ]  # fmt: skip


def test_what_the_player_did_itself_answers_nothing(running):
    running.to(20)

    # The alarm and both observations stand in the controller's name, at the moment of their injects.
    assert queries.done_in(running.drill, queries.lines(running.drill)) == []
    take(running.later(seconds=1))
    assert [one.kind for one in queries.done_in(running.drill, queries.lines(running.drill))] == [
        "incident.taken"
    ]


def test_what_was_expected_after_an_inject_that_never_came_is_not_counted(running):
    running.to(10)
    actions.finish_drill(**running.asked())

    assert queries.sheet(running.drill).score.expected == 6


def test_beside_it_stands_the_last_real_event_of_the_same_kind(over, alarm, reach, now):
    def closed(minutes, **facts):
        incident = alarm(**facts)
        at = now + timedelta(minutes=minutes)
        incidents.take_over(incident_id=incident.pk, reach=reach("county1.duty", at), now=at)
        incidents.close_incident(
            incident_id=incident.pk, reach=reach("county1.duty", at), summary="散去", now=at,
            answers=answered(incident, at),
        )  # fmt: skip
        return incident

    assert queries.last_real(over.reach(), over.drill) is None
    closed(10, headcount=5)
    like = closed(30, headcount=40)
    closed(20, headcount=6)

    found = queries.last_real(over.reach(), over.drill)
    assert found.incident == like
    assert found.times == (30, None, None, 30)
    own = queries.of_drill(over.drill)
    assert round(own.times.taken * 60) == 4
    assert queries.last_real(over.reach("county1.squad.dialogue"), over.drill) is None


def test_the_sheet_asks_the_database_as_often_for_one_inject_as_for_all(
    running, django_assert_num_queries, django_assert_max_num_queries
):
    running.to(0)
    drill = running.drill
    with django_assert_max_num_queries(12) as first:
        queries.sheet(drill)
    running.to(60)
    drill = running.drill
    with django_assert_num_queries(len(first)):
        queries.sheet(drill)


# --- remarks, ratings, review ----------------------------------------------------------------------------------


def test_an_evaluator_writes_down_what_was_seen(running):
    running.to(0)
    with done_as_in_the_table(rules_of(), "note", subject=running.drill.key):
        evaluation.write_remark(**running.asked("county1.deputy"), text="问清了人数", number=1)
    evaluation.write_remark(**running.asked("county1.deputy"), text="总体有序")

    found = queries.sheet(running.drill)
    assert [one.text for one in found.rows[0].remarks] == ["问清了人数"]
    assert [one.text for one in found.remarks] == ["总体有序"]
    for given, code in (({"text": " "}, "text_missing"), ({"text": "13800138000"}, "personal_data"),
                        ({"text": "有", "number": 77}, "no_such_inject")):  # fmt: skip
        with nothing_written(), pytest.raises(Invalid) as refused:
            evaluation.write_remark(**running.asked("county1.deputy"), **given)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        evaluation.write_remark(**running.asked("county1.duty"), text="自评很好")


def rules_of():
    from drills.conduct.rules import DRILLS

    return DRILLS


def test_objectives_are_rated_and_the_last_rating_counts(over):
    with done_as_in_the_table(rules_of(), "rate", subject=over.drill.key):
        evaluation.rate_objective(
            **over.asked("county1.deputy"), objective="O1", grade="some", text="先问领导后接办"
        )
    evaluation.rate_objective(**over.asked("county1.deputy"), objective="O1", grade="performed", text="")

    assert queries.sheet(over.drill).objectives[0].rating.grade == "performed"
    for given, code in (
        ({"objective": "O9", "grade": "performed", "text": ""}, "no_such_objective"),
        ({"objective": "O2", "grade": "major", "text": ""}, "text_missing"),
    ):
        with nothing_written(), pytest.raises(Invalid) as refused:
            evaluation.rate_objective(**over.asked("county1.deputy"), **given)
        assert refused.value.code == code


def test_the_review_ends_when_every_objective_is_rated(over):
    with pytest.raises(Invalid) as refused:
        evaluation.end_review(**over.asked("county1.deputy"), summary="总体良好")
    assert refused.value.code == "not_rated"
    for objective in ("O1", "O2", "O3", "O4"):
        evaluation.rate_objective(
            **over.asked("county1.deputy"), objective=objective, grade="performed", text=""
        )

    with done_as_in_the_table(rules_of(), "review", subject=over.drill.key):
        drill = evaluation.end_review(**over.asked("county1.deputy"), summary="总体良好")
    assert (drill.state, drill.reviewed_by.username) == ("reviewed", "county1.deputy")
    with pytest.raises(WrongState):
        evaluation.write_remark(**over.asked("county1.deputy"), text="补记")


def test_what_is_learned_becomes_a_task_without_the_mark_of_a_drill(over, now):
    from command.improvements.models import Improvement
    from command.improvements.queries import owners_offered, read_owner

    owner = read_owner(owners_offered(over.drill.unit, over.now)[0][0], over.drill.unit)
    day = day_of(over.now + timedelta(days=30))
    evaluation.improve_after_drill(**over.asked(), owner=owner, text="值班室增设120直拨键", due_date=day)

    task = Improvement.objects.get()
    assert (task.source, task.about, task.drill, task.state) == (over.drill.key, "D-2026-001", False, "open")


def test_nothing_is_improved_before_the_end(running):
    with nothing_written(), pytest.raises(WrongState) as refused:
        evaluation.improve_after_drill(
            **running.asked(), owner=None, text="增设直拨键", due_date=day_of(running.now)
        )
    assert refused.value.code == "drill_not_over"


def test_nothing_is_rated_before_the_end(running):
    with pytest.raises(WrongState):
        evaluation.rate_objective(
            **running.asked("county1.deputy"), objective="O1", grade="performed", text=""
        )


def test_the_database_wants_words_where_words_are_owed(over, now):
    """a_remark_says_something, a_challenge_is_named."""
    drill, person = over.drill, over.drill.controller
    for breaking in (
        lambda: Remark.objects.create(drill=drill, text="", at=now, by=person),
        lambda: Rating.objects.create(drill=drill, objective="O1", grade="major", at=now, by=person),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            breaking()


# --- the API ---------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast, wall_clock):
    from rest_framework.test import APIClient

    def as_(username):
        client = APIClient()
        client.force_login(cast[username])
        keys = iter(range(100))

        def post(path, body=None):
            return client.post(
                f"/api/v1{path}",
                body or {},
                format="json",
                HTTP_IDEMPOTENCY_KEY=f"{username}-{path}-{next(keys)}",
            )

        client.say = post
        return client

    return as_


BODY = {
    "scenario": SCENARIO,
    "unit": "C1",
    "speed": 60,
    "participants": [{"person": name, "role": role} for name, role in CAST],
}


def test_a_drill_over_the_api(plan, api):
    leader, player = api("county1.leader"), api("county1.duty")
    made = leader.say("/drills/", BODY)
    assert (made.status_code, made.data["number"], made.data["state"]) == (201, "D-2026-001", "planned")
    assert made.headers["Location"].endswith("/drills/D-2026-001/")
    first = made.data["injects"][0]
    assert (first["at"], first["state"], first["done"]) == (0, "waiting", [])
    assert [one["id"] for one in first["expected"]] == ["E1", "E2", "E3", "E4"]

    started = leader.say("/drills/D-2026-001/start/")
    assert (started.status_code, started.data["state"]) == (200, "running")
    assert player.get("/api/v1/drills/D-2026-001/").data["injects"] == []
    assert player.get("/api/v1/drills/D-2026-001/").data["score"] is None
    assert player.say("/drills/D-2026-001/pause/").status_code == 403
    assert leader.say("/drills/D-2026-001/pause/").data["state"] == "paused"
    assert leader.say("/drills/D-2026-001/resume/").data["state"] == "running"
    played = leader.say("/drills/D-2026-001/inject/", {"number": 1})
    assert played.data["injects"][0]["state"] == "played"
    assert len(played.data["incidents"]) == 1
    assert [one["number"] for one in player.get("/api/v1/drills/D-2026-001/").data["injects"]] == [1]
    over = leader.say("/drills/D-2026-001/finish/")
    assert (over.status_code, over.data["state"], over.data["score"]) == (
        200,
        "finished",
        {"met": 0, "late": 0, "expected": 4},
    )
    assert leader.say("/drills/D-2026-001/finish/").status_code == 409
    assert leader.say("/drills/D-2026-001/remarks/", {"text": "有序"}).status_code == 200
    for objective in ("O1", "O2", "O3", "O4"):
        rated = leader.say("/drills/D-2026-001/ratings/", {"objective": objective, "grade": "performed"})
        assert rated.status_code == 200
    assert leader.say("/drills/D-2026-001/review/", {"summary": "良好"}).data["state"] == "reviewed"
    rows = leader.get("/api/v1/drills/?unit=C1&state=reviewed&year=2026").data["results"]
    assert [row["number"] for row in rows] == ["D-2026-001"]
    assert leader.get("/api/v1/drills/?state=running").data["results"] == []


def test_what_the_api_refuses(plan, api):
    leader = api("county1.leader")
    assert leader.say("/drills/", {**BODY, "unit": "C2"}).status_code == 422
    assert leader.say("/drills/", {**BODY, "speed": 601}).status_code == 422
    assert leader.say("/drills/", {**BODY, "colour": "red"}).status_code == 422
    assert leader.say("/drills/", BODY).status_code == 201
    assert api("county2.leader").get("/api/v1/drills/D-2026-001/").status_code == 404
    assert api("county1.squad.support").get("/api/v1/drills/").status_code == 403
    assert api("county1.squad.dialogue").get("/api/v1/drills/").status_code == 200
    stale = leader.post(
        "/api/v1/drills/D-2026-001/start/",
        {},
        format="json",
        HTTP_IDEMPOTENCY_KEY="stale",
        HTTP_IF_MATCH='"9"',
    )
    assert stale.status_code == 412
    cancelled = leader.say("/drills/D-2026-001/cancel/", {"reason": "改期"})
    assert (cancelled.data["state"], cancelled.data["reason"]) == ("cancelled", "改期")
    found = leader.get("/api/v1/drills/scenarios/").data["results"]
    assert {one["id"] for one in found} >= {SCENARIO}
    assert api("county1.squad.dialogue").get("/api/v1/drills/scenarios/").status_code == 403


def test_the_lists_of_the_api_ask_alike_for_one_and_three(plan, api, planned, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    leader = api("county1.leader")
    planned()
    leader.get("/api/v1/drills/")
    with CaptureQueriesContext(connection) as one:
        leader.get("/api/v1/drills/")
    planned()
    planned()
    with django_assert_num_queries(len(one)):
        leader.get("/api/v1/drills/")


def test_every_entry_of_a_drill_is_numbered_and_marked(over):
    number_new()

    rows = Entry.objects.filter(thread=over.drill.key)
    assert rows.count() >= 8
    assert all(row.number and row.drill for row in rows)
