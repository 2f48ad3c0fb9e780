"""Nobody sits in two administrators' chairs: the action says so, and the database holds it."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import PostKind
from accounts.models import Appointment, Post
from accounts.posts.actions import appoint_person
from accounts.verbs import VERBS
from common.errors import WrongState

CHAIRS = {"sysadmin": "city.sysadmin", "secadmin": "city.secadmin", "auditor": "city.audit"}


@pytest.mark.control(17)
@pytest.mark.parametrize(("has", "wants"), list(permutations(CHAIRS, 2)))
def test_every_pair_is_refused_by_action_and_database(cast, units, now, has, wants):
    person, post = cast[CHAIRS[has]], Post.objects.get(unit=units["C0"], kind=wants)

    with pytest.raises(WrongState) as refusal:
        appoint_person(person=person, post=post, actor=None, now=now)
    assert refusal.value.code == "separation_of_duties"
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=person, post=post, valid_from=now)


@pytest.mark.control(17)
def test_a_coming_appointment_counts_too(cast, units, now):
    person = cast["county1.duty"]
    later = now + timedelta(days=10)
    appoint_person(
        person=person, post=Post.objects.get(kind="sysadmin"), actor=None, now=now, valid_from=later
    )

    with pytest.raises(WrongState):
        appoint_person(person=person, post=Post.objects.get(kind="auditor"), actor=None, now=now)
    appoint_person(person=person, post=Post.objects.get(kind="auditor"), actor=None, now=now, valid_to=later)

    assert Appointment.objects.filter(person=person).count() == 3


@pytest.mark.control(17)
def test_moving_the_end_of_an_appointment_into_another_is_refused_by_the_database(cast, units, now):
    person, later = cast["county1.duty"], now + timedelta(days=10)
    appoint_person(
        person=person, post=Post.objects.get(kind="sysadmin"), actor=None, now=now, valid_from=later
    )
    other = appoint_person(
        person=person, post=Post.objects.get(kind="auditor"), actor=None, now=now, valid_to=later
    )

    other.valid_to = None
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_an_administrator_may_hold_another_kind_of_post_and_the_same_chair_elsewhere(cast, units, now):
    expert = Post.objects.get(unit=units["C1"], kind="expert")

    appoint_person(person=cast["city.sysadmin"], post=expert, actor=None, now=now)

    assert Appointment.objects.current(now).filter(person=cast["city.sysadmin"]).count() == 2


@pytest.mark.control(2)
def test_the_same_post_is_not_held_twice_at_a_time(cast, units, now):
    post = Post.objects.get(unit=units["C1"], kind="director")

    with pytest.raises(WrongState) as refusal:
        appoint_person(person=cast["county1.director"], post=post, actor=None, now=now, held_as="deputy")

    assert refusal.value.code == "already_held"


@pytest.mark.control(18)
def test_an_auditor_reads_and_does_nothing_else():
    carried = {verb for verb, posts in VERBS.items() if PostKind.AUDITOR in posts}

    assert "journal.audit" in carried
    # Whoever watches over emergency accesses says whether they were justified, and may end one.
    watching = {"journal.audit", "emergency.review", "emergency.end"}
    assert {verb for verb in carried if not verb.endswith(".view")} == watching


@pytest.mark.control(18)
@pytest.mark.parametrize("chair", [PostKind.SYSADMIN, PostKind.SECADMIN])
def test_the_other_administrators_carry_no_verb_of_the_business(chair):
    # "emergency" is ending one, without seeing why it was begun; "exchange_partner" which installations are talked to.
    about_people_and_machines = {"people", "units", "plan", "engine", "emergency", "exchange_partner"}

    assert {
        verb.split(".")[0] for verb, posts in VERBS.items() if chair in posts
    } <= about_people_and_machines
