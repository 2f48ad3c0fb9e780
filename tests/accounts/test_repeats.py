"""A credential over the API: counted before its transaction, and no repeated request tells whether it is right."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import Appointment, WrongTry
from accounts.posts.actions import end_appointment
from accounts.scope import reach_of
from accounts.sign_in import credentials, throttles
from accounts.sign_in.credentials import WRONG_TRIES, check_credential
from common.api.doors import idempotent
from common.errors import WrongState
from tests.early_warnings.conftest import PASSWORD, passwords

__all__ = ["passwords"]


class Signed(APIView):
    """Whatever asks for a credential."""

    permission_classes = ()

    @idempotent
    def post(self, request):
        check_credential(request.user, request.data["credential"], request.now)
        if request.data.get("stale"):
            raise WrongState("stale", "somebody was quicker")
        return Response({"done": "secret"})


@pytest.fixture
def sign(passwords, cast, now):
    def post(credential, key, at=now, **more):
        request = APIRequestFactory().post(
            "/", {"credential": credential, **more}, format="json", HTTP_IDEMPOTENCY_KEY=key
        )
        request.now, request.reach = at, reach_of(cast["county1.director"], at)
        force_authenticate(request, cast["county1.director"])
        with throttles.request_scope():
            return Signed.as_view()(request)

    return post


@pytest.mark.control(6)
@pytest.mark.django_db(transaction=True)
def test_of_forty_wrong_tries_at_once_at_most_five_are_looked_at(sign, monkeypatch):
    looked_at, answers = [], []
    proof = credentials._proof
    monkeypatch.setattr(credentials, "_proof", lambda *given: looked_at.append(1) or proof(*given))
    together = threading.Barrier(40)

    def one(number):
        try:
            together.wait(30)
            answers.append(sign("wrong", f"k{number}").data["code"])
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(answers) == 40
    assert len(looked_at) <= WRONG_TRIES
    assert len(looked_at) == WrongTry.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_right_credential_costs_no_try_whatever_became_of_the_act(sign):
    for number in range(WRONG_TRIES + 1):
        assert sign(PASSWORD, f"s{number}", stale=True).status_code == 409

    assert not WrongTry.objects.exists()
    assert sign("wrong", "w").data["code"] == "credential_wrong"
    assert WrongTry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_repeat_with_another_credential_does_not_tell_which_is_right(sign):
    first = sign(PASSWORD, "once")
    again, guessed = sign(PASSWORD, "once"), sign("a guess", "once")

    assert first.status_code == 200
    assert (guessed.status_code, guessed.data) == (again.status_code, again.data) == (200, first.data)


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_not_repeated_to_who_holds_other_posts_since(sign, cast, now):
    sign(PASSWORD, "once")
    held = Appointment.objects.get(person=cast["county1.director"], post__unit__code="C1")
    end_appointment(appointment_id=held.pk, actor=None, now=now)

    answer = sign(PASSWORD, "once", at=now + timedelta(minutes=1))

    assert (answer.status_code, answer.data["code"]) == (403, "answer_not_repeated")
    assert "secret" not in str(answer.data)
