"""Who stands in a roster: two of one name are told apart, an account that is disabled is marked."""

import pytest

from accounts.models import Post, User
from accounts.people.names import distinct_names
from rosters.models import Shift
from tests.duty.test_pages import today, tuesday  # noqa: F401

pytestmark = pytest.mark.django_db


def test_two_of_one_name_are_told_apart_and_nobody_else_is_touched():
    people = [
        User(pk=1, username="li.1", name="李文"),
        User(pk=2, username="li.2", name="李文"),
        User(pk=3, username="w", name="王"),
    ]

    assert distinct_names(people) == {1: "李文 (li.1)", 2: "李文 (li.2)", 3: "王"}
    assert distinct_names([people[0], people[0]]) == {1: "李文"}


def test_the_month_tells_two_of_one_name_apart(today, signed_in, cast):  # noqa: F811
    User.objects.filter(username__in=["county1.duty", "county1.duty2"]).update(name="李文")

    page = signed_in("county1.leader").get("/rosters/?unit=C1&month=2026-11").content.decode()

    assert "李文 (county1.duty)" in page
    assert "李文 (county1.duty2)" in page


def test_choices_of_people_tell_two_of_one_name_apart(today, signed_in, cast):  # noqa: F811
    User.objects.filter(username__in=["county1.duty", "county1.duty2"]).update(name="李文")
    post = Post.objects.get(unit__code="C1", kind="duty_officer")
    shift = Shift.objects.in_force().filter(post=post).order_by("starts_at").last()

    for page in (f"/rosters/posts/{post.pk}/", f"/rosters/shifts/{shift.pk}/change/"):
        assert "李文 (county1.duty2)" in signed_in("county1.leader").get(page).content.decode(), page


def test_an_account_that_is_disabled_is_marked_in_the_month(today, signed_in, cast):  # noqa: F811
    browser = signed_in("county1.leader")
    before = browser.get("/rosters/?unit=C1&month=2026-11").content.decode()
    User.objects.filter(username="county1.duty2").update(is_active=False)

    page = browser.get("/rosters/?unit=C1&month=2026-11").content.decode()

    assert (before.count("已停用"), page.count("已停用") > 0) == (0, True)
