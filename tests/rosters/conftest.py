"""A county whose duty goes round: two officers, two leaders, and a published roster where a test asks for it."""

from contextlib import contextmanager
from datetime import date, time

import pytest

from accounts.models import Post, User
from accounts.posts.actions import appoint_person
from common.errors import Refused
from rosters.months.actions import draft_roster, publish_roster, set_rotation
from tests.incidents.conftest import alarm

__all__ = ["alarm"]


@contextmanager
def refused(code):
    """The block ends in a refusal of this code."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code == code


@pytest.fixture
def posts(units):
    """Posts of county 1 by kind: duty_leader, duty_officer."""
    found = Post.objects.filter(unit=units["C1"], kind__in=["duty_leader", "duty_officer"])
    return {post.kind: post for post in found}


@pytest.fixture
def colleagues(cast, posts, now):
    """A second and a third officer and a second leader; added to the cast."""
    for username, kind in (
        ("county1.duty2", "duty_officer"),
        ("county1.duty3", "duty_officer"),
        ("county1.leader2", "duty_leader"),
    ):
        person = User.objects.create(username=username, name=username, phone="13911112222")
        appoint_person(person=person, post=posts[kind], actor=None, now=now)
        cast[username] = person
    return cast


@pytest.fixture
def rotate(cast, posts, reach, now):
    """rotate("duty_officer", "county1.duty", "county1.duty2", minimum=1) → that post's rotation from 2026-11-22."""

    def make(kind, *usernames, **more):
        given = {"first_day": date(2026, 11, 22), "hand_over": time(8, 30), **more}
        people = [cast[username] for username in usernames]
        return set_rotation(reach=reach("county1.leader"), post=posts[kind], people=people, now=now, **given)

    return make


@pytest.fixture
def draft(colleagues, units, rotate, reach, now):
    """draft(first, last) → a draft of county 1 in which both tiers are filled."""
    rotate("duty_officer", "county1.duty", "county1.duty2", "county1.duty3")
    rotate("duty_leader", "county1.leader", "county1.leader2")

    def make(first=date(2026, 11, 23), last=date(2026, 11, 29)):
        return draft_roster(
            reach=reach("county1.duty"), unit=units["C1"], first_day=first, last_day=last, now=now
        )

    return make


@pytest.fixture
def published(draft, reach, now):
    """published(first, last) → that roster in force."""

    def make(*days, reason="", at=None):
        roster = draft(*days)
        return publish_roster(
            reach=reach("county1.leader"), roster_id=roster.pk, now=at or now, reason=reason
        )

    return make
