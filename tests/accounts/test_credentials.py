"""The proof of who signs: right once, counted when wrong, although the caller's transaction is rolled back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.middleware import PersonMiddleware
from accounts.models import UsedCode, WrongTry
from accounts.sign_in import throttles
from accounts.sign_in.credentials import check_credential
from common.errors import NotAllowed
from journal.models import Entry
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def refused(user, credential, at) -> str:
    with pytest.raises(NotAllowed) as refusal:
        check_credential(user, credential, at)
    return refusal.value.code


def test_the_password_is_accepted(with_password, now):
    assert check_credential(with_password("county1.duty"), PASSWORD, now) == "password"


def test_a_code_is_accepted_once(with_password, phone, now):
    person, code = with_password("county1.duty"), phone("county1.duty")

    assert check_credential(person, code(now), now) == "totp"
    assert refused(person, code(now), now + timedelta(seconds=29)) == "credential_wrong"


@pytest.mark.parametrize("credential", ["", "wrong", "123456", PASSWORD + " ", PASSWORD.lower()])
def test_anything_else_is_refused(with_password, phone, now, credential):
    person = with_password("county1.duty")
    phone("county1.duty")

    assert refused(person, credential, now) == "credential_wrong"


def test_somebody_elses_code_is_refused(with_password, phone, now):
    person, other = with_password("county1.duty"), with_password("county1.director")
    phone("county1.duty")
    code = phone("county1.director")

    assert refused(person, code(now), now) == "credential_wrong"
    assert check_credential(other, code(now), now) == "totp"


@pytest.mark.control(6)
def test_five_wrong_ones_close_the_door_for_five_minutes(with_password, now):
    person = with_password("county1.duty")
    for second in range(5):
        assert refused(person, "wrong", now + timedelta(seconds=second)) == "credential_wrong"

    with pytest.raises(NotAllowed, match="09:05:00") as refusal:
        check_credential(person, PASSWORD, now + timedelta(minutes=1))

    assert refusal.value.code == "credential_throttled"
    assert refusal.value.extra["retry_at"] == now + timedelta(minutes=5)
    assert check_credential(person, PASSWORD, now + timedelta(minutes=5)) == "password"


def test_a_right_one_in_between_does_not_count(with_password, now):
    person = with_password("county1.duty")
    for _ in range(4):
        refused(person, "wrong", now)
    for _ in range(10):
        check_credential(person, PASSWORD, now)

    assert refused(person, "wrong", now) == "credential_wrong"
    assert refused(person, "wrong", now) == "credential_throttled"


@pytest.mark.control(25)
def test_a_refusal_is_recorded_without_what_was_typed(with_password, now):
    person = with_password("county1.duty")

    refused(person, "my secret", now)

    entry = Entry.objects.get(kind="credential.refused")
    assert entry.actor == person
    assert "my secret" not in entry.body


# --- with real transactions --------------------------------------------------------------------------------


def through_a_request(view, now):
    """Call `view` the way a page is called: with the middleware around it."""

    def answer(request):
        try:
            return view()
        except NotAllowed as refusal:
            return HttpResponse(refusal.code, status=403)

    request = RequestFactory().post("/")
    request.id, request.session, request.user = "r1", {}, None
    return PersonMiddleware(answer)(request)


@pytest.mark.django_db(transaction=True)
def test_a_wrong_try_counts_although_the_action_is_rolled_back(with_password, now):
    person = with_password("county1.duty")

    @transaction.atomic
    def action():
        check_credential(person, "wrong", now)

    answers = [through_a_request(action, now).content for _ in range(6)]

    assert answers == [b"credential_wrong"] * 5 + [b"credential_throttled"]
    assert WrongTry.objects.count() == 5
    assert Entry.objects.filter(kind="credential.refused").count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_code_is_unused_again_when_what_it_signed_is_rolled_back(with_password, phone, now):
    person, code = with_password("county1.duty"), phone("county1.duty")

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        check_credential(person, code(now), now)
        raise ZeroDivisionError

    assert not UsedCode.objects.exists()
    assert check_credential(person, code(now), now) == "totp"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_try_is_counted_before_it_is_looked_at(with_password, now):
    limits = [throttles.Limit("x", 2)]
    attempts = [throttles.begin(limits, now=now) for _ in range(2)]

    with pytest.raises(throttles.TooMany):
        throttles.begin(limits, now=now)

    attempts[0].right()
    attempts[1].wrong()
    assert WrongTry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_old_tries_are_forgotten(now):
    throttles.begin([throttles.Limit("old", 5)], now=now - throttles.WINDOW).wrong()

    throttles.begin([throttles.Limit("new", 5)], now=now).wrong()

    assert list(WrongTry.objects.values_list("key", flat=True)) == ["new"]
