"""An API token does no more than its account may do at that moment, and ends with what made it unsafe."""

import hashlib
from datetime import timedelta

import pytest
import time_machine

from accounts.access import tokens
from accounts.models import ApiToken
from accounts.people.actions import reset_password, reset_second_factor
from accounts.scope import reach_of
from journal.models import Entry
from journal.record import content_of
from tests.tokens import issue

pytestmark = [pytest.mark.django_db, pytest.mark.control(41)]


@pytest.fixture
def call(cast, client, now):
    """call() → status and code of a request with county 1's duty officer's token."""
    token = issue(user=cast["county1.duty"], now=now)

    def get():
        with time_machine.travel(now, tick=False):
            answer = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})
            if answer.status_code == 404:
                answer = client.get("/api/v1/incidents/", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.json().get("code")

    return get


def test_a_token_ends_with_a_password_reset(call, cast, reach, now):
    assert call()[0] == 200

    reset_password(reach=reach("city.secadmin"), person_id=cast["county1.duty"].pk, now=now)

    assert call()[0] == 401
    assert content_of(Entry.objects.get(kind="password.reset"))["tokens_revoked"] == 1


def test_a_token_ends_with_a_reset_of_the_second_factor(call, cast, reach, now):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast["county1.duty"], type="totp", data={})

    reset_second_factor(reach=reach("city.secadmin"), person_id=cast["county1.duty"].pk, now=now)

    assert call()[0] == 401


def test_a_token_waits_until_the_password_is_ones_own(call, cast, now):
    cast["county1.duty"].one_time_until = now + timedelta(hours=1)
    cast["county1.duty"].save()

    assert call() == (403, "password_change_required")


def test_a_token_waits_for_the_second_factor_where_it_is_required(call, settings):
    settings.REQUIRE_SECOND_FACTOR = True

    assert call() == (403, "second_factor_required")


def test_only_the_hash_of_a_token_is_kept_and_it_ends_by_itself(cast, now):
    token = issue(user=cast["county1.duty"], now=now)

    row = ApiToken.objects.get()

    assert token not in " ".join(str(value) for value in vars(row).values())
    assert row.hash == hashlib.sha256(token.encode()).hexdigest()
    assert row.expires_at == now + timedelta(days=365)


def test_the_door_reads_the_posts_that_a_page_reads(cast, now):
    for person in cast.values():
        read = tokens._use_of_token(tokens.hash_of(issue(user=person, now=now)), now)
        assert (read.reach.user, read.reach.posts, read.reach.now) == (
            person,
            reach_of(person, now).posts,
            now,
        )
        row = ApiToken.objects.get(user=person)
        assert (read.token_id, read.scopes, read.used_at) == (row.pk, row.scopes, None)


def test_an_account_without_posts_is_known_too(cast, now):
    person = cast["county1.duty"]
    person.appointments.all().delete()

    read = tokens._use_of_token(tokens.hash_of(issue(user=person, now=now)), now)

    assert (read.reach.user, read.reach.posts) == (person, [])
    assert read.token_id == ApiToken.objects.get().pk


@pytest.mark.parametrize("change", [{"revoked_at": True}, {"expires_at": True}, {"user__is_active": False}])
def test_a_token_that_is_no_longer_good_opens_nothing(cast, now, change):
    person = cast["county1.duty"]
    token = issue(user=person, now=now)
    if "user__is_active" in change:
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    else:
        person.api_tokens.update(**dict.fromkeys(change, now))

    assert tokens._use_of_token(tokens.hash_of(token), now) is None
    assert tokens._use_of_token(tokens.hash_of("icd_nothing"), now) is None


def test_who_calls_and_what_they_may_is_one_query(cast, now, django_assert_num_queries):
    hashed = tokens.hash_of(issue(user=cast["county1.duty"], now=now))
    with django_assert_num_queries(1):
        tokens._use_of_token(hashed, now)
