"""A signature that does not come: the sweep asks the deputy, then the next higher seat, and who was asked sees it."""

from datetime import timedelta

import pytest

from accounts.choices import HeldAs, PostKind
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from early_warnings import queries
from early_warnings.choices import State
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from tests.early_warnings.conftest import PASSWORD


def numbers_to_sign(reach, username, at):
    return [warning.number for warning in queries.to_sign(reach(username, at), at)]


def escalations(warning):
    entries = Entry.objects.filter(subject=warning.key, kind="warning.signoff_escalated").order_by("pk")
    return [(content_of(entry)["clock"], content_of(entry)["asked"]) for entry in entries]


def told(warning, clock_id):
    rows = Notice.objects.filter(subject=warning.key, purpose=f"warning.to_sign.1.{clock_id}")
    return set(rows.values_list("recipient__username", flat=True))


@pytest.fixture
def with_deputy(appointed):
    """County 1's petition director is the director's AB角."""
    return lambda: appointed("county1.petition", "C1", PostKind.DIRECTOR, HeldAs.DEPUTY)


def test_at_two_minutes_the_deputy_is_asked_and_at_four_the_next_higher(proposed, with_deputy, reach, now):
    with_deputy()
    warning = proposed("yellow")
    assert numbers_to_sign(reach, "county1.director", now) == [warning.number]
    assert numbers_to_sign(reach, "county1.petition", now) == []

    sweep(now + timedelta(minutes=2))
    assert escalations(warning) == []

    t1 = now + timedelta(minutes=2, seconds=1)
    sweep(t1)
    assert escalations(warning) == [("C000-P1", ["县局局长"])]
    assert told(warning, "C000-P1") == {"county1.petition"}
    assert numbers_to_sign(reach, "county1.petition", t1) == [warning.number]
    assert numbers_to_sign(reach, "city.deputy", t1) == []

    t2 = now + timedelta(minutes=4, seconds=1)
    sweep(t2)
    assert escalations(warning)[1:] == [("C000-P2", ["市局副局长"])]
    assert told(warning, "C000-P2") == {"city.deputy"}
    for username in ("county1.director", "county1.petition", "city.deputy"):
        assert numbers_to_sign(reach, username, t2) == [warning.number]
    assert numbers_to_sign(reach, "city.director", t2) == []


def test_without_a_deputy_it_goes_up_one_seat_each_time(proposed, reach, now):
    warning = proposed("yellow")

    sweep(now + timedelta(minutes=2, seconds=1))
    sweep(now + timedelta(minutes=4, seconds=1))

    assert escalations(warning) == [("C000-P1", ["市局副局长"]), ("C000-P2", ["市局局长"])]


def test_the_highest_seat_is_reminded(proposed, now):
    warning = proposed("red", headcount=60)

    sweep(now + timedelta(minutes=2, seconds=1))
    sweep(now + timedelta(minutes=4, seconds=1))

    assert escalations(warning) == [("C000-P1", ["市局局长"]), ("C000-P2", ["市局局长"])]
    assert told(warning, "C000-P1") == told(warning, "C000-P2") == {"city.director"}


def test_a_sweep_that_comes_late_asks_everybody_who_is_due(proposed, with_deputy, reach, now):
    with_deputy()
    warning = proposed("yellow")
    at = now + timedelta(hours=1)

    sweep(at)

    assert {clock for clock, _asked in escalations(warning)} == {"C000-P1", "C000-P2"}
    assert (
        numbers_to_sign(reach, "city.deputy", at)
        == numbers_to_sign(reach, "county1.petition", at)
        == [warning.number]
    )


@pytest.mark.parametrize("order", [("C000-P1", "C000-P2"), ("C000-P2", "C000-P1")])
def test_without_a_deputy_both_seats_are_asked_in_either_order(proposed, now, order):
    """A late sweep runs what is due in any order."""
    warning = proposed("yellow")

    for clock_id in order:
        signing.escalate_request(warning_id=warning.pk, clock_id=clock_id, now=now)

    assert [request.post.title for request in queries.asked(warning)] == [
        "县局局长",
        "市局副局长",
        "市局局长",
    ]


def test_sweeping_again_asks_nobody_again(proposed, now):
    warning = proposed("yellow")

    for seconds in (121, 122, 150):
        sweep(now + timedelta(seconds=seconds))

    assert len(escalations(warning)) == 1


def test_who_is_asked_later_may_sign_and_it_leaves_every_board(proposed, passwords, reach, now):
    warning = proposed("yellow")
    at = now + timedelta(minutes=3)
    sweep(at)

    signed = signing.sign_warning(
        warning_id=warning.pk, reach=reach("city.deputy", at), credential=PASSWORD, now=at
    )

    assert signed.state == State.IN_FORCE
    assert numbers_to_sign(reach, "city.deputy", at) == numbers_to_sign(reach, "county1.director", at) == []
    sweep(now + timedelta(minutes=10))
    assert len(escalations(warning)) == 1


@pytest.mark.parametrize("end", ["signed", "returned", "withdrawn"])
def test_what_is_no_longer_waiting_is_not_escalated(proposed, passwords, reach, now, end):
    warning = proposed("yellow")
    chief = {"warning_id": warning.pk, "reach": reach("county1.director"), "now": now}
    if end == "signed":
        signing.sign_warning(**chief, credential=PASSWORD)
    elif end == "returned":
        signing.return_to_drafter(**chief, reason="请补充")
    else:
        proposals.withdraw_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now)

    sweep(now + timedelta(minutes=10))

    assert escalations(warning) == []


def test_an_effect_that_comes_after_the_signature_does_nothing(signed, now):
    """The sweep looked, the signature came, then the effect ran."""
    warning = signed("yellow")

    signing.escalate_request(warning_id=warning.pk, clock_id="C000-P1", now=now)

    assert escalations(warning) == []


def test_a_delegate_sees_it_from_the_beginning(proposed, appointed, reach, now):
    appointed("county2.duty", "C1", PostKind.DIRECTOR, HeldAs.DELEGATE, end=now + timedelta(hours=1))
    warning = proposed("yellow")

    assert numbers_to_sign(reach, "county2.duty", now) == [warning.number]
    assert numbers_to_sign(reach, "county2.duty", now + timedelta(hours=1)) == []


def test_requests_are_sorted_by_deadline(proposed, incident, reach, now):
    later = proposed("yellow", at=now + timedelta(minutes=1), on=incident())
    sooner = proposed("yellow", on=incident())

    assert numbers_to_sign(reach, "county1.director", now) == [sooner.number, later.number]


def test_the_neighbour_is_asked_nothing(proposed, reach, now):
    proposed("yellow")

    assert numbers_to_sign(reach, "county2.director", now) == []


def test_an_escalation_is_recorded_by_the_system(proposed, now):
    warning = proposed("yellow")
    sweep(now + timedelta(minutes=3))

    entry = Entry.objects.get(subject=warning.key, kind="warning.signoff_escalated")

    assert (entry.actor, entry.thread, entry.level) == (None, warning.thread, "yellow")
    assert Clock.objects.get(subject=warning.key, clock_id="C000-P1").breached_at
