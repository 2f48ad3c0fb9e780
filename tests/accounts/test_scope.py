from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import HeldAs
from accounts.models import Appointment, Post, Unit
from accounts.posts.actions import appoint_person, end_appointment
from accounts.queries import holders
from accounts.scope import reach_of
from accounts.verbs import VERBS
from common.database.paths import collapse, prefixes, segment
from common.errors import WrongState


def test_paths_collapse_to_the_outermost():
    assert collapse(["a/b/", "a/", "c/d/", "c/d/e/"]) == ("a/", "c/d/")


def test_prefixes_name_every_node_above():
    assert prefixes("0001/0002/") == ["0001/", "0001/0002/"]


def test_segments_sort_like_numbers():
    assert [segment(n) for n in (1, 35, 36)] == ["0001/", "000z/", "0010/"]


@pytest.mark.control(14, 16)
def test_a_county_sees_itself_and_below_but_not_its_neighbour(reach, units):
    duty = reach("county1.duty")

    assert duty.holds("incident.view", units["C1"].path)
    assert duty.holds("incident.view", units["V111"].path)
    assert not duty.holds("incident.view", units["C2"].path)
    assert not duty.holds("incident.view", units["C0"].path)


@pytest.mark.control(14, 16)
def test_the_filter_gives_the_same_units_as_holds(cast, reach):
    """Generated: every person × every verb × every unit, list filter against single check."""
    everything = list(Unit.objects.all())
    for username in cast:
        mine = reach(username)
        for verb in VERBS:
            listed = set(Unit.objects.filter(mine.filter(verb, field="path")).values_list("path", flat=True))
            assert listed == {unit.path for unit in everything if mine.holds(verb, unit.path)}, (
                username,
                verb,
            )


def test_reach_is_one_query(cast, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        reach_of(cast["county1.duty"], now).holds("incident.view", "x/")


@pytest.mark.parametrize(("at", "sees"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_delegation_holds_from_its_start_up_to_but_not_including_its_end(cast, units, now, at, sees):
    post = Post.objects.get(unit=units["C1"], kind="director")
    start = now + timedelta(hours=1)
    appoint_person(person=cast["county2.duty"], post=post, held_as=HeldAs.DELEGATE, reason="出差", actor=None, now=now,
            valid_from=start, valid_to=start + timedelta(minutes=60))  # fmt: skip

    mine = reach_of(cast["county2.duty"], start + timedelta(minutes=at))

    assert mine.holds("incident.view", units["C1"].path) is sees


def test_a_delegation_without_an_end_is_refused_by_the_database(cast, units, now):
    post = Post.objects.get(unit=units["C1"], kind="director")

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            person=cast["county2.duty"], post=post, held_as=HeldAs.DELEGATE, reason="出差", valid_from=now
        )


def test_an_ended_appointment_ends_the_rights(cast, units, now):
    appointment = Appointment.objects.get(person=cast["county1.duty"])

    end_appointment(appointment_id=appointment.pk, actor=None, now=now + timedelta(minutes=1))

    assert not reach_of(cast["county1.duty"], now + timedelta(minutes=1)).posts


def test_one_person_never_holds_two_administrators_chairs(cast, units, now):
    post = Post.objects.get(unit=units["C0"], kind="auditor")

    with pytest.raises(WrongState, match="系统管理员"):
        appoint_person(person=cast["city.sysadmin"], post=post, actor=None, now=now)


def test_holders_come_first_then_deputies_then_delegates(cast, units, now):
    post = Post.objects.get(unit=units["C1"], kind="director")
    appoint_person(person=cast["county1.leader"], post=post, held_as=HeldAs.DELEGATE, reason="出差", actor=None, now=now,
            valid_to=now + timedelta(days=1))  # fmt: skip
    appoint_person(person=cast["county1.deputy"], post=post, held_as=HeldAs.DEPUTY, actor=None, now=now)

    found = holders(unit=units["C1"], kind="director", now=now)

    assert [h.person.username for h in found] == ["county1.director", "county1.deputy", "county1.leader"]


def test_two_open_units_never_share_a_code(cast, units):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(code="C1", name="x", tier="county", path="zzzz/")
