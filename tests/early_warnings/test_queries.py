"""Lists cost the same however long they are, and start at what the person may see."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from early_warnings import queries
from early_warnings.choices import State
from incidents.sharing import share_incident
from plans.people.holders import signatories


def queries_of(act):
    """How many queries `act` makes, warm."""
    act()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len(captured)


@pytest.fixture
def many(proposed, signed):
    """many(3, "to_sign") → that many rows for the list of that name."""
    makers = {"to_sign": lambda: proposed("yellow"), "in_force": lambda: signed("yellow"),
              "warnings": lambda: proposed("yellow"), "mine_to_finish": lambda: proposed("yellow"),
              "to_call": lambda: signed("yellow"), "to_report": lambda: signed("red", headcount=60)}  # fmt: skip
    return lambda count, name: [makers[name]() for _n in range(count)]


def render(rows):
    """Touch what a card touches."""
    for row in rows:
        warning = getattr(row, "warning", row)
        str(warning.unit), str(warning.signed_by), str(warning.signatory_post), warning.incident.number
        str(getattr(warning, "drafted_by", "")), warning.plan.document["id"]


LISTS = {
    "to_sign": ("county1.director", lambda reach, now: queries.to_sign(reach, now)),
    "warnings": ("county1.duty", lambda reach, now: queries.warnings(reach)),
    "to_call": ("county1.duty", lambda reach, now: queries.to_call(reach)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_at_1_3_and_30(many, reach, now, name):
    username, rows = LISTS[name]
    counts = []
    for more in (1, 2, 27):
        many(more, name)
        counts.append(queries_of(lambda: render(rows(reach(username), now))))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 3


@pytest.mark.slow
def test_the_desk_costs_the_same_at_1_3_and_10(many, reach, now):
    counts = []
    for more in (1, 2, 7):
        many(more, "to_report")
        counts.append(queries_of(lambda: queries.desk_tasks(reach("city.duty"), now)))

    # The posts, what is shared with them, warnings, reports.
    assert counts[0] == counts[1] == counts[2] == 4
    assert len(queries.desk_tasks(reach("city.duty"), now)["to_report"]) == 20


def test_the_pages_of_lists_are_constant_too(many, signed_in, now):
    import time_machine

    with time_machine.travel(now, tick=False):
        browser = signed_in("county1.director")
        counts = []
        for more in (1, 2, 10):
            many(more, "to_sign")
            counts.append(queries_of(lambda: browser.get("/early-warnings/")))

    assert counts[0] == counts[1] == counts[2]


def test_what_the_desk_has_to_do(in_state, signed, cast, reach, now):
    from early_warnings.outgoing.superior_reports import record_call

    returned = in_state(State.RETURNED)
    red = signed("red", headcount=60)
    called = signed("yellow")
    record_call(warning_id=called.pk, reach=reach("county1.duty"), person=cast["county1.responder"],
                outcome="answered", now=now)  # fmt: skip

    county = queries.desk_tasks(reach("county1.duty"), now)
    city = queries.desk_tasks(reach("city.duty"), now)

    assert county["to_finish"] == [returned]
    assert county["to_call"] == [red]
    assert county["to_report"] == []
    assert [report.warning for report in city["to_report"]] == [red, red]


def test_warnings_are_seen_like_their_incident(proposed, signed_in, units, reach, cast, now):
    warning = proposed()

    def seen_by(username):
        return list(queries.warnings(reach(username)))

    assert seen_by("county1.duty") == seen_by("city.audit") == [warning]
    assert seen_by("county2.duty") == seen_by("village111.informant") == []
    share_incident(
        incident_id=warning.incident_id, reach=reach("county1.duty"), unit=units["C2"], reason="相邻", now=now
    )
    assert seen_by("county2.duty") == [warning]
    assert queries.get_warning(reach("county2.duty"), warning.number) == warning


def test_the_warnings_of_an_incident_with_what_may_be_done(proposed, signed, incident, reach):
    event = incident()
    desk, clerk = reach("county1.duty"), reach("city.audit")

    assert queries.incident_warnings(desk, event).may_propose
    assert not queries.incident_warnings(clerk, event).may_propose

    warning = proposed(on=event)
    shown = queries.incident_warnings(desk, event)
    assert (shown.pending, shown.in_force, shown.may_propose, shown.may_adjust) == (
        warning,
        None,
        False,
        False,
    )

    standing = signed("yellow")
    shown = queries.incident_warnings(desk, standing.incident)
    assert (shown.pending, shown.in_force, shown.may_propose, shown.may_adjust) == (
        None,
        standing,
        False,
        True,
    )


def test_whose_turn_it_is(in_state):
    assert queries.turn(in_state(State.PROPOSED)).who == "县局局长"
    assert queries.turn(in_state(State.RETURNED)).who == "何雨"
    assert queries.turn(in_state(State.IN_FORCE)).owner == "desk"


def test_who_would_be_asked_for_each_level(incident, now):
    seats = queries.first_seats(incident(), now)

    assert [(line.level.id, line.seat.holder.username) for line in seats] == [
        ("red", "city.director"), ("orange", "city.deputy"), ("yellow", "county1.director"), ("blue", "county1.leader"),
    ]  # fmt: skip
    assert [line.seat.holder.username for line in queries.first_seats(incident(), now, "red")] == [
        "city.director"
    ] * 3


def test_signing_costs_a_fixed_number_of_queries(proposed, passwords, reach, now):
    """A guard against one query per recipient."""
    from early_warnings.signing import actions as signing
    from tests.early_warnings.conftest import PASSWORD

    ContentType.objects.clear_cache()
    warning = proposed("yellow")
    signatories(warning.plan.document, "yellow", warning.unit, now)
    mine = reach("county1.director")
    with CaptureQueriesContext(connection) as captured:
        signing.sign_warning(warning_id=warning.pk, reach=mine, credential=PASSWORD, now=now)

    # Some ten of them write down who is to be reached and what follows silence, some eighteen let the first
    # responder see the incident.
    assert len(captured) <= 64
