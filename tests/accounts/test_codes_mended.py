"""What the migration makes of codes and usernames that were stored before there was a rule."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Post, Unit, User
from accounts.queries import user_named
from tests.accounts.test_codes_at_every_door import put_in_by_hand

pytestmark = pytest.mark.django_db

migration = import_module("accounts.migrations.0008_codes_fit_an_address")


@pytest.mark.parametrize(
    ("stored", "mended"),
    [
        ("320/11", "320-11"),
        ("V21/A", "V21-A"),
        ("ｔ９", "T9"),
        ("t9", "T9"),
        ("T\u200b9", "T9"),
        ("V21?x=1", "V21-X-1"),
        ("c1", "C1-2"),
    ],
)
def test_a_code_is_mended(cast, units, stored, mended):
    put_in_by_hand("accounts_unit", "code", "T11", stored, "unit_code_fits_an_address")

    migration.mend(apps, None)

    assert Unit.objects.get(pk=units["T11"].pk).code == mended


def test_what_leaves_nothing_of_a_code_is_called_by_its_number(cast, units):
    put_in_by_hand("accounts_unit", "code", "T11", "..", "unit_code_fits_an_address")

    migration.mend(apps, None)

    assert Unit.objects.get(pk=units["T11"].pk).code == f"U{units['T11'].pk}"


def test_a_wide_username_is_mended_and_both_ways_of_typing_it_sign_in(cast):
    put_in_by_hand("accounts_user", "username", "county1.duty", "ｗａｎｇ／１", "username_fits_an_address")

    migration.mend(apps, None)

    person = User.objects.get(pk=cast["county1.duty"].pk)
    assert person.username == "wang-1"
    assert user_named("ＷＡＮＧ－１") == person


def test_of_two_usernames_that_become_one_the_later_gets_a_number(cast):
    put_in_by_hand("accounts_user", "username", "county1.duty", "county2．DUTY", "username_fits_an_address")

    migration.mend(apps, None)

    assert User.objects.get(pk=cast["county1.duty"].pk).username == "county2.DUTY-2"
    assert User.objects.get(pk=cast["county2.duty"].pk).username == "county2.duty"


def test_what_fits_is_left_as_it_is(cast):
    before = [list(model.objects.order_by("pk").values()) for model in (Unit, Post, User)]

    migration.mend(apps, None)

    assert [list(model.objects.order_by("pk").values()) for model in (Unit, Post, User)] == before
