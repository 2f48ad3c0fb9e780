"""What a token opens: worked out from the addresses of the API, refused with the scope that is missing, made by hand."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.access.watch import MOST
from accounts.models import ApiToken
from accounts.tokens.actions import MOST as MOST_TOKENS
from accounts.tokens.actions import make_token
from accounts.tokens.scopes import (
    FREE,
    SUBJECTS,
    WITHOUT_TOKEN,
    addresses,
    as_text,
    every_scope,
    in_order,
    offered,
    scope_for,
    subject_of,
)
from common.dates.local_time import day_of
from common.errors import Invalid
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of
from tests.tokens import issue

pytestmark = [pytest.mark.django_db, pytest.mark.control(41)]


@pytest.fixture
def call(client, now):
    """call(secret, method, path, at=now) → the answer."""

    def send(secret, method, path, at=now, **body):
        cache.clear()
        with time_machine.travel(at, tick=False):
            return client.generic(
                method, f"/api/v1/{path}", data="{}", content_type="application/json",
                headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en", "Idempotency-Key": f"{path}{at}"},
            )  # fmt: skip

    return send


# --- the table ---------------------------------------------------------------------------------------------


def test_every_address_of_the_api_has_a_subject():
    """A new address without one is opened by no token; this says so before anybody finds out."""
    without = {
        route
        for route, entry in addresses()
        if entry.name not in FREE | WITHOUT_TOKEN and subject_of(route) is None
    }

    assert without == set()


def test_every_word_of_the_table_is_an_address_and_every_subject_offers_something():
    words = {word for subject in SUBJECTS.values() for word in subject.words}
    used = set()
    for route, _entry in addresses():
        parts = [part for part in route.removeprefix("api/v1/").split("/") if part and "<" not in part]
        used.add("/".join(parts[:2]) if parts[0] == "incidents" else parts[0])

    assert words <= used
    assert list(offered()) == list(SUBJECTS)


def test_addresses_that_no_token_is_looked_at_for_take_none():
    classes = {
        entry.name: entry.callback.view_class.authentication_classes
        for _route, entry in addresses()
        if entry.name in WITHOUT_TOKEN
    }

    assert set(classes) == WITHOUT_TOKEN
    assert not any(classes.values())


@pytest.mark.parametrize(
    ("route", "name", "method", "scope"),
    [
        ("api/v1/alarms/", "alarms", "POST", "alarms:write"),
        ("api/v1/incidents/", "incidents", "GET", "incidents:read"),
        ("api/v1/incidents/<code:number>/close/", "close", "POST", "incidents:write"),
        ("api/v1/incidents/<code:number>/reports/<int:n>/sign/", "x", "POST", "upward_reports:write"),
        ("api/v1/zero-reports/<code:unit>/<code:period>/", "zero-report", "PUT", "zero_reports:write"),
        ("api/v1/zero-reports/<code:unit>/<code:period>/", "zero-report", "HEAD", "zero_reports:read"),
        ("api/v1/plans/<code:plan_id>/evaluate/", "plan-evaluate", "POST", "plans:read"),
        ("api/v1/incidents/<code:number>/something-new/", "new", "GET", None),
        ("api/v1/something-new/", "new", "GET", None),
    ],
)
def test_a_call_needs_the_scope_of_its_subject(route, name, method, scope):
    assert scope_for(route, name, method) == scope


def test_scopes_are_said_in_words():
    with translation.override("en"):
        assert (
            as_text("incidents:read incidents:write alarms:write")
            == "Incidents (read, write) · Alarms (write)"
        )
        assert as_text(" ".join(every_scope())) == "everything its person may"
        assert as_text("") == "nothing"
    assert in_order(["journal:read", "alarms:write", "no:such"]) == ["alarms:write", "journal:read"]


# --- at the door -------------------------------------------------------------------------------------------


def test_a_token_opens_what_its_scope_says_and_nothing_else(call, cast, now):
    secret = issue(user=cast["county1.duty"], now=now, scopes=["incidents:read"])

    assert call(secret, "GET", "incidents/").status_code == 200
    refused = call(secret, "GET", "orders/")
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "scope_missing"
    assert refused.json()["scope"] == "orders:read"
    assert "orders:read" in refused.json()["detail"]
    # Reading is not writing, of the same subject and of the same address.
    assert call(secret, "POST", "alarms/").json()["scope"] == "alarms:write"
    assert call(secret, "POST", "incidents/C1-1/close/").json()["scope"] == "incidents:write"


def test_without_a_scope_a_token_opens_the_description_alone(call, cast, now):
    secret = issue(user=cast["county1.duty"], now=now, scopes=[])

    assert call(secret, "GET", "schema/").status_code == 200
    for route, entry in addresses():
        if entry.name in FREE | WITHOUT_TOKEN:
            continue
        view = entry.callback.view_class
        for method in ("GET", "POST", "PUT", "DELETE"):
            if not hasattr(view, method.lower()):
                continue
            answer = call(secret, method, _example(route))
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (route, method)


def _example(route: str) -> str:
    return re.sub(r"<(?:int:)[^>]+>", "1", re.sub(r"<(?:code|str|slug):[^>]+>", "abc", route)).removeprefix(
        "api/v1/"
    )


def test_a_scope_gives_nothing_that_its_person_may_not(call, cast, now):
    experts = issue(user=cast["county1.expert"], now=now, scopes=["duty:read"])
    desks = issue(user=cast["county1.duty"], now=now, scopes=["duty:read"])

    refused = call(experts, "GET", "unit-readiness/")

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert call(desks, "GET", "unit-readiness/").status_code == 200


def test_a_refusal_is_on_record_for_the_auditor_and_never_a_flood(call, cast, client, now):
    secret = issue(user=cast["county1.duty"], now=now, scopes=["incidents:read"])
    token = ApiToken.objects.get()

    call(secret, "GET", "orders/")

    entry = Entry.objects.get(kind="token.refused")
    assert entry.actor == cast["county1.duty"]
    assert entry.audience == "security"
    assert (content_of(entry)["token"], content_of(entry)["scope"]) == (token.pk, "orders:read")
    assert not Entry.objects.filter(kind="access.refused").exists()
    with time_machine.travel(now, tick=False):
        for _again in range(MOST + 5):
            client.get("/api/v1/orders/", headers={"Authorization": f"Bearer {secret}"})
    assert Entry.objects.filter(kind="token.refused").count() == 1


def test_its_last_use_is_noted_to_the_hour(call, cast, now):
    secret = issue(user=cast["county1.duty"], now=now, scopes=["incidents:read"])
    used = lambda: ApiToken.objects.get().used_at  # noqa: E731

    call(secret, "GET", "orders/")
    assert used() is None
    call(secret, "GET", "incidents/")
    assert used() == now
    call(secret, "GET", "incidents/", at=now + timedelta(minutes=59))
    assert used() == now
    call(secret, "GET", "incidents/", at=now + timedelta(minutes=60))
    assert used() == now + timedelta(minutes=60)


# --- making one --------------------------------------------------------------------------------------------


def make(cast, now, **given):
    terms = {"scopes": ["incidents:read"], "until": now + timedelta(days=30), "note": "值班大屏"} | given
    person = cast["county1.duty"]
    return make_token(user=person, actor=person, now=now, **terms)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scopes": []}, "bad_scope"),
        ({"scopes": ["incidents:read", "everything"]}, "bad_scope"),
        ({"scopes": ["journal:write"]}, "bad_scope"),
        ({"until": timedelta(days=366)}, "bad_end"),
        ({"until": timedelta(0)}, "bad_end"),
    ],
)
def test_a_token_needs_scopes_that_there_are_and_an_end_within_a_year(cast, now, given, code):
    if "until" in given:
        given = {"until": now + given["until"]}

    with pytest.raises(Invalid) as refusal:
        make(cast, now, **given)

    assert refusal.value.code == code
    assert not ApiToken.objects.exists()


def test_a_person_has_so_many_tokens_and_no_more(cast, now):
    for _n in range(MOST_TOKENS):
        make(cast, now)

    with pytest.raises(Invalid) as refusal:
        make(cast, now)

    assert refusal.value.code == "too_many_tokens"
    make(cast, now + timedelta(days=31), until=now + timedelta(days=40))


@pytest.fixture
def desk(client, with_password, now):
    """The duty officer's own browser, and the time it is there."""
    with_password("county1.duty")
    with time_machine.travel(now, tick=False):
        sign_in(client, "county1.duty")
        yield client


def form(now, **given):
    return {
        "note": "值班大屏", "until": str(day_of(now) + timedelta(days=10)),
        "scopes": ["incidents:read", "alarms:write"], "credential": PASSWORD,
    } | given  # fmt: skip


def test_a_person_makes_one_sees_it_once_and_uses_it(desk, call, cast, now):
    answer = desk.post("/account/tokens/", form(now))

    assert answer.status_code == 201
    secret = answer.context["secret"]
    assert secret in text_of(answer)
    row = ApiToken.objects.get()
    assert row.scopes == "alarms:write incidents:read"
    assert day_of(row.expires_at) == day_of(now) + timedelta(days=10)
    assert secret not in desk.get("/account/tokens/").content.decode()
    assert call(secret, "GET", "incidents/").status_code == 200
    entry = Entry.objects.get(kind="token.issued")
    assert (entry.actor, content_of(entry)["scopes"]) == (cast["county1.duty"], row.scopes)
    assert secret not in str(content_of(entry))


@pytest.mark.control(12)
@pytest.mark.parametrize("credential", ["", "wrong"])
def test_making_one_asks_who_is_there_right_after_signing_in_too(desk, now, credential):
    answer = desk.post("/account/tokens/", form(now, credential=credential))

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_what_is_not_in_order_is_said_beside_its_field(desk, now):
    answer = desk.post("/account/tokens/", form(now, until=str(day_of(now) + timedelta(days=400))))

    assert answer.status_code == 422
    assert "until" in answer.context["form"].errors
    assert "值班大屏" in text_of(answer)


def test_ones_own_is_revoked_and_anothers_is_not_there(desk, call, cast, now):
    mine = issue(user=cast["county1.duty"], now=now)
    theirs = issue(user=cast["county2.duty"], now=now)
    own, foreign = (ApiToken.objects.get(user=cast[name]) for name in ("county1.duty", "county2.duty"))

    assert desk.post(f"/account/tokens/{own.pk}/revoke/").status_code == 303
    assert desk.post(f"/account/tokens/{foreign.pk}/revoke/").status_code == 404

    assert call(mine, "GET", "incidents/").status_code == 401
    assert call(theirs, "GET", "incidents/").status_code == 200
    assert Entry.objects.get(kind="token.revoked").actor == cast["county1.duty"]


def test_the_security_administrator_sees_and_revokes_those_of_the_area(signed_in, call, cast, now):
    secret = issue(user=cast["county1.duty"], now=now, note="值班大屏")
    browser = signed_in("city.secadmin")

    with time_machine.travel(now, tick=False):
        page = browser.get("/account/tokens/area/")
        assert "值班大屏" in text_of(page)
        assert browser.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 303

    assert call(secret, "GET", "incidents/").status_code == 401
    entry = Entry.objects.get(kind="token.revoked")
    assert (entry.actor, content_of(entry)["person"]) == (cast["city.secadmin"], "county1.duty")


def test_nobody_else_sees_the_list(signed_in, cast):
    assert signed_in("city.director").get("/account/tokens/area/").status_code == 403


# --- the console -------------------------------------------------------------------------------------------


def test_the_console_makes_one_with_scopes_and_an_end(cast, capsys):
    call_command("issue_token", "county1.duty", "--scope=alarms:write", "--days=7", "--note=按钮")

    assert capsys.readouterr().out.startswith("icd_")
    row = ApiToken.objects.get()
    assert (row.scopes, row.note, row.expires_at - row.created_at) == (
        "alarms:write",
        "按钮",
        timedelta(days=7),
    )
    assert Entry.objects.get(kind="token.issued").actor is None


@pytest.mark.parametrize(
    "wrong",
    [
        ["--scope=alarms:write"],
        ["--days=7"],
        ["--scope=no:such", "--days=7"],
        ["--every-scope", "--days=400"],
    ],
)
def test_the_console_makes_none_without_them(cast, wrong):
    with pytest.raises(CommandError):
        call_command("issue_token", "county1.duty", *wrong)

    assert not ApiToken.objects.exists()
