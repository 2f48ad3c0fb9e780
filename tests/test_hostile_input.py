"""Every address with what no browser sends and with days at the edge of the calendar: refused, never a crash.

The fields of each form and body are read from the product, so a new one is tried without a line here.
"""

import json
import re
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework import serializers
from rest_framework.test import APIClient

from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from tests.accounts.test_routes import ALL, example

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("never_told_to_wait"),
    pytest.mark.control(45),
]

#: In an address: NUL and the edges of the calendar.
HOSTILE = ["a%00b", "0001-01-01", "9999-12-31", "9999-W52"]
#: In a query, all names at once.
EVERYWHERE = ["a%00b"]
NAMES = ["unit", "at", "month", "period", "q", "page", "kind", "cadence", "level", "state", "show", "parts", "after",
         "limit", "cursor", "subject", "below", "token", "next", "mode", "person", "incident", "thread", "day", "from",
         "to", "version", "year", "format", "class", "onto", "number", "drill", "before"]  # fmt: skip
#: In a query, where a day or a number is read; the rest in order, so that the view comes to read it.
EDGES = ["0001-01-01", "9999-12-31T23:59:59-12:00", "9999-12"]
DAYS = ["at", "month", "period", "day", "from", "to", "after", "page", "version", "year", "onto", "before"]
#: In a form or a body: the same, what Word brings along, and numbers that are none.
TEXTS = ["a\x00b", "9999-12-31T23:59:59-12:00", "9" * 4400, "²\x0b"]
#: Wrong-looking answers that are calm: no crash, whoever asks.
LEFT_OUT = {"account_logout", "readyz", "heartbeat"}


@pytest.fixture
def incident(plan, units, reach, now):
    given = Alarm(unit=units["C1"], place="大厅", what="来访", facts=Facts(), client_id="h")
    return report_incident(reach=reach("county1.duty"), alarm=given, now=now)[0]


@pytest.fixture
def director(cast, incident):
    client = Client(raise_request_exception=False)
    client.force_login(cast["county1.director"])
    return client


class Answer(NamedTuple):
    """What is looked at of an answer: thousands of whole ones, with their contexts, are a gigabyte."""

    status_code: int
    media_type: str


def seen(answer) -> Answer:
    return Answer(answer.status_code, answer.get("Content-Type", ""))


def crashes(answers) -> dict:
    return {what: answer.status_code for what, answer in answers if answer.status_code >= 500}


#: What a part of an address is, where it is in order.
CALM = {
    "unit": "C1",
    "code": "C1",
    "period": "2026-11-22",
    "plan": "x",
    "clock": "x",
    "verb": "arrive",
    "slug": "x",
}


def with_hostile_parts():
    """Each address with each of its parts in turn, the others in order, holding something hostile."""
    for pattern, name in ALL:
        plain = _plain(pattern)
        parts = re.findall(r"<(?:\w+:)?(\w+)>", plain)
        for part in parts if name not in LEFT_OUT else ():
            for value in HOSTILE:
                values = {one: CALM.get(one, "1") for one in parts} | {part: value}
                yield re.sub(r"<(?:\w+:)?(\w+)>", lambda m, values=values: values[m[1]], plain), name


def _plain(pattern: str) -> str:
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern)
    return "/" + re.sub(r"\\Z|[\^$?\\]", "", pattern)


def test_a_hostile_address_is_refused_and_no_crash(director):
    assert crashes((address, director.get(address)) for address, _name in with_hostile_parts()) == {}


def test_a_hostile_address_of_a_stranger_is_refused_and_no_crash(incident):
    stranger = Client(raise_request_exception=False)
    addresses = [
        address for address, name in with_hostile_parts() if name.startswith("api:") and "%" in address
    ]
    addresses += ["/api/v1/rosters/a%00b.ics?token=x", "/api/v1/rosters/C1.ics?token=a%00b", "/r/a%00b/"]

    assert crashes((address, stranger.get(address)) for address in addresses) == {}


def test_a_hostile_query_is_refused_and_no_crash(director, incident):
    answers = []
    values = {"unit": "C1", "code": "C1", "period": "2026-11-22", "number": incident.number}
    for pattern, name in ALL:
        if name not in LEFT_OUT:
            address = example(pattern, values)
            queries = ["&".join(f"{one}={value}" for one in NAMES) for value in EVERYWHERE]
            queries += ["unit=C1&" + "&".join(f"{one}={value}" for one in DAYS) for value in EDGES]
            answers += [
                (f"{address} {query[:40]}", seen(director.get(f"{address}?{query}"))) for query in queries
            ]

    assert crashes(answers) == {}


def routes_with_post(resolver=None, prefix="", names=()):
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes_with_post(
                entry, pattern, (*names, entry.namespace) if entry.namespace else names
            )
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
            if view is None or hasattr(view, "post") or hasattr(view, "put"):
                yield pattern, ":".join([*names, entry.name or ""]), view


def field_names() -> set[str]:
    """The names of all fields of all forms and bodies of the product."""
    from tests.fields import form_classes, form_fields, serializer_classes

    found = {name for form in form_classes() for name in form_fields(form)}
    found |= {name for one in serializer_classes() for name in one._declared_fields}
    return found | {"act", "items.0.class", "items.0.count", "items.0.note", "answer", "rev", "seen", "onto", "item", "notice",
                    "idempotency_key", "matter", "receipt", "outcome", "share", "opened", "shown", "version", "number"}  # fmt: skip


@pytest.mark.embedded_only  # a minute and more; what refuses stands before any database
def test_a_hostile_form_is_refused_and_no_crash(director, incident):
    names, answers = field_names(), []
    values = {"unit": "C1", "code": "C1", "period": "2026-11-22", "number": incident.number, "verb": "reply"}
    for pattern, name, _view in routes_with_post():
        if name.startswith("api:") or name in LEFT_OUT:
            continue
        for text in TEXTS:
            given = dict.fromkeys(names, text)
            answers.append((f"{name} {text[:12]!r}", seen(director.post(example(pattern, values), given))))

    assert crashes(answers) == {}


def body_of(kind: type[serializers.BaseSerializer], text: str):
    """A body for a serializer with a text in every place."""
    inner = {}
    for name, field in kind().fields.items():
        if isinstance(field, serializers.ListField | serializers.ListSerializer):
            inner[name] = [text]
        elif isinstance(field, serializers.BaseSerializer):
            inner[name] = body_of(type(field), text)
        else:
            inner[name] = text
    return inner


@pytest.mark.embedded_only  # a minute and more; what refuses stands before any database
def test_a_hostile_body_is_refused_and_no_crash(cast, incident):
    from tests.fields import serializer_classes

    client = APIClient(raise_request_exception=False)
    client.force_authenticate(None)
    session = Client(raise_request_exception=False)
    session.force_login(cast["county1.director"])
    names = {name for one in serializer_classes() for name in one._declared_fields}
    values = {"unit": "C1", "period": "2026-11-22", "number": incident.number, "verb": "acknowledge"}
    answers = []
    for pattern, name, view in routes_with_post():
        if not name.startswith("api:"):
            continue
        kinds = [getattr(view, "serializer_class", None)]
        for place, text in enumerate([*TEXTS, "\ud800"]):
            bodies = [dict.fromkeys(names, text), [text]]
            bodies += [body_of(kind, text) for kind in kinds if kind]
            for number, body in enumerate(bodies):
                send = session.put if not hasattr(view, "post") else session.post
                answer = send(example(pattern, values), json.dumps(body), content_type="application/json",
                              headers={"Idempotency-Key": f"{name}{place}{number}"[:80]})  # fmt: skip
                answers.append((f"{name} {text[:12]!r} {number}", seen(answer)))

    assert crashes(answers) == {}
    assert all(
        answer.media_type == "application/problem+json"
        for _what, answer in answers
        if answer.status_code >= 400
    )


ALARM = {
    "client_id": "c\x001",
    "unit": "C1",
    "what": "有人\x0b要跳楼\x00\ud800",
    "place": "三楼\x07",
    "facts": {},
}


def test_an_alarm_is_tidied_instead_of_refused(director):
    sent = director.post("/api/v1/alarms/", json.dumps(ALARM), content_type="application/json")

    incident = Incident.objects.latest("pk")
    assert sent.status_code == 201
    assert (incident.what, incident.place, incident.client_id) == ("有人\n要跳楼", "三楼", "c1")


def test_an_alarm_of_the_page_is_tidied_instead_of_refused(director):
    sent = director.post("/alarm/", {"unit": "C1", "what": "要跳楼\x00", "idempotency_key": "a\x00b"})

    assert sent.status_code == 303
    assert Incident.objects.latest("pk").what == "要跳楼"


def test_another_body_with_impossible_text_is_refused_as_a_whole(director, incident):
    address = f"/api/v1/incidents/{incident.number}/observations/"
    for text in ("a\x00", "\ud800", "\ufffe"):
        answer = director.post(address, json.dumps({"what": text}), content_type="application/json",
                              headers={"Idempotency-Key": "k"})  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_text")


def test_what_a_clipboard_brings_along_is_taken_out(director, incident):
    director.post(f"/incidents/{incident.number}/observe/", {"what": "第一行\x0b第二行\x07\t完"})

    incident.refresh_from_db()
    assert incident.observations.latest("pk").what == "第一行\n第二行\t完"


@pytest.mark.parametrize("door", ["page", "api"])
def test_the_length_of_a_text_is_that_of_what_is_kept(director, incident, door):
    """What is taken out does not count, and hides nothing that is too long."""

    def observe(text):
        if door == "page":
            return director.post(f"/incidents/{incident.number}/observe/", {"what": text})
        address = f"/api/v1/incidents/{incident.number}/observations/"
        body, key = json.dumps({"what": text}), str(len(text)) + text[-1:]
        return director.post(
            address, body, content_type="application/json", headers={"Idempotency-Key": ascii(key)}
        )

    taken = observe(" " + "人" * 250 + "\x07" + "人" * 250 + " ")
    refused = observe("人" * 250 + "\x07" + "人" * 251)

    assert (taken.status_code, refused.status_code) == ({"page": 303, "api": 201}[door], 422)
    assert [one.what for one in incident.observations.all() if "人" in one.what] == ["人" * 500]


def test_a_cookie_with_an_escaped_nul_is_nobodys(director):
    stranger = Client(raise_request_exception=False)
    stranger.cookies.load('session="aaaaaaaaaaaa\\000"; language="zh\\000"')

    assert stranger.get("/", headers={"Cookie": 'session="aaaaaaaaaaaa\\000"'}).status_code < 500


@pytest.mark.control(43)
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_of_the_api_is_a_problem_document(client, db, settings, debug, method):
    settings.DEBUG = debug

    answer = getattr(client, method)("/api/v1/nope/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


@pytest.mark.control(43)
def test_api_without_anything_after_it_is_a_problem_document_too(client, db):
    assert client.get("/api/").json()["code"] == "not_found"
    assert client.get("/api").status_code in (301, 404)


@pytest.mark.control(43)
@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_of_the_api_is_a_problem_document_with_the_requests_id(cast, settings, monkeypatch, debug):
    settings.DEBUG = debug
    monkeypatch.setattr("incidents.queries.incident_list", lambda reach: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(cast["county1.duty"])

    answer = client.get("/api/v1/incidents/")

    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert (body["code"], body["status"]) == ("fault", 500)
    assert body["request_id"] == answer["X-Request-ID"]
    assert "ZeroDivision" not in answer.content.decode()


def test_an_address_without_its_slash_still_leads_to_it(cast, signed_in):
    assert signed_in("county1.duty").get("/api/v1/incidents")["Location"] == "/api/v1/incidents/"
    assert resolve("/api/v1/incidents/").view_name == "api:incidents"
