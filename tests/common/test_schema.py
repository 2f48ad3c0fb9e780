"""The OpenAPI description is complete: every way in is named, no two calls share a name."""

import inspect
import re
from collections.abc import Iterator
from types import FunctionType

import pytest
import yaml
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import get_resolver
from rest_framework.exceptions import NotAcceptable

from accounts.tokens.scopes import every_scope
from common.api import written
from common.api.description import names_behind
from common.api.doors import PROBLEM
from plans.engine.facts import FACTS
from tests.described import METHODS, description, faults, operation_of, operations

# The bounds of a number come from the database.
pytestmark = [pytest.mark.both_profiles, pytest.mark.control(44)]

#: Parts of answers of which no more is said than that an object comes back, and why.
FREE = {
    "CaseReasonShape.because": "fact of the vocabulary or name of what was found → its value",
    "CriterionShape.when": "the plan's own words, which the schema of plan documents describes",
    "HandedInShape.data": "figures that the plan asks for, as they were then",
    "WrittenReportShape.data": "figures that the plan asks for",
    "LedgerEntriesShape.results[]": "its columns stand beside it, in `columns`",
    "TimelineEntryShape.content": "each kind of entry has its own",
    "Problem.errors": "names of the fields of whatever was sent, within one another where it was",
    "provider_pushes_create 200": "what a provider wants to be answered is the provider's own",
}


def test_the_description_has_no_warnings(tmp_path, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))

    assert (tmp_path / "schema.yml").read_text().startswith("openapi: 3")


@pytest.mark.parametrize("form", ["application/vnd.oai.openapi", "application/vnd.oai.openapi+json"])
def test_the_description_is_written_once_in_each_form_and_language(rf, form, monkeypatch):
    written._written.cache_clear()
    ask = written.DescriptionFile.as_view(permission_classes=[], authentication_classes=[])
    first = {
        language: ask(rf.get("/", {"lang": language}, HTTP_ACCEPT=form)) for language in ("zh-hans", "en")
    }
    monkeypatch.setattr(written.DescriptionFile, "generator_class", None)

    for language, answer in first.items():
        again = ask(rf.get("/", {"lang": language}, HTTP_ACCEPT=form))
        assert again.status_code == 200
        assert again.content == answer.content
        assert again.headers == answer.headers
        assert again["Content-Type"].split(";")[0] == form
        # JSON is YAML too.
        assert set(yaml.safe_load(again.content)["paths"]) == set(description()["paths"])


def test_every_call_of_the_api_is_described():
    assert len(description()["paths"]) == len(_routes()) - 1  # the description does not describe itself


@pytest.mark.control(41)
def test_every_call_that_a_token_opens_names_its_scope():
    paths = description()["paths"]
    named = {
        (path, method): call.get("x-scope") for path, calls in paths.items() for method, call in calls.items()
    }

    without = {path for (path, _method), scope in named.items() if scope is None}
    assert without == {
        path
        for path in paths
        if "gateway-events" in path or "exchange" in path or path.endswith((".ics", "/me/"))
    }
    assert set(named.values()) - {None} == set(every_scope())
    assert named["/api/v1/incidents/{number}/close/", "post"] == "incidents:write"
    assert named["/api/v1/plans/{plan_id}/evaluate/", "post"] == "plans:read"


def test_every_word_behind_the_question_mark_that_is_read_is_described():
    unsaid = {}
    for pattern, view in _views():
        for method in METHODS & {name.upper() for name in dir(view)}:
            operation = operation_of(f"api/v1/{pattern}", method)
            if operation is None:
                continue
            said = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
            if missing := words_read(getattr(view, method.lower()), view) - said:
                unsaid[f"{method} {pattern}"] = sorted(missing)
    assert unsaid == {}


def test_every_answer_has_a_shape_to_its_last_field_but_those_that_are_named():
    assert set(free_parts(description())) == set(FREE)


def free_parts(whole: dict) -> Iterator[str]:
    """Places of answers where any object, or anything at all, may stand: the component, or the operation."""
    shapes = whole["components"]["schemas"]
    seen: set[str] = set()

    def walk(schema: dict, place: str) -> Iterator[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in seen:
                seen.add(name)
                yield from walk(shapes[name], name)
            return
        parts = [one for way in ("oneOf", "anyOf", "allOf") for one in schema.get(way, ())]
        for one in parts:
            yield from walk(one, place)
        for name, one in schema.get("properties", {}).items():
            yield from walk(one, f"{place}.{name}")
        if schema.get("items"):
            yield from walk(schema["items"], f"{place}[]")
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and more:
            yield from walk(more, f"{place}{{}}")
        elif not parts and "enum" not in schema and "properties" not in schema and is_free(schema):
            yield place

    for methods in whole["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    yield from walk(content["schema"], f"{operation['operationId']} {status}")


def is_free(schema: dict) -> bool:
    kinds = schema.get("type", [])
    return not kinds or "object" in ([kinds] if isinstance(kinds, str) else kinds)


def test_a_part_without_a_shape_is_found():
    def whole(schema):
        answer = {"content": {"application/json": {"schema": schema}}}
        return {
            "components": {"schemas": {"Row": {"properties": {"more": {"type": "object"}}}}},
            "paths": {"/": {"get": {"operationId": "one", "responses": {"200": answer}}}},
        }

    assert list(free_parts(whole({"type": "object"}))) == ["one 200"]
    assert list(free_parts(whole({}))) == ["one 200"]
    assert list(free_parts(whole({"type": "array", "items": {"$ref": "#/components/schemas/Row"}}))) == [
        "Row.more"
    ]
    assert list(free_parts(whole({"type": "object", "additionalProperties": {"type": "string"}}))) == []
    assert list(free_parts(whole({"type": "string"}))) == []


def test_what_is_waited_for_and_what_is_repeated_is_said():
    for (path, method), one in operations().items():
        for status in {"429", "503"} & set(one["responses"]):
            assert "Retry-After" in one["responses"][status]["headers"], (method, path, status)
    closing = operation_of("api/v1/incidents/<code:number>/close/", "POST")
    assert "Idempotent-Replayed" in closing["responses"]["200"]["headers"]
    assert "Idempotent-Replayed" not in operation_of("api/v1/units/", "GET")["responses"]["200"].get(
        "headers", {}
    )


def test_every_refusal_is_a_problem_document():
    for (path, method), one in operations().items():
        for status, answer in one["responses"].items():
            if status >= "4":
                (schema,) = (content["schema"] for content in answer["content"].values())
                assert (list(answer["content"]), schema["$ref"]) == (
                    ["application/problem+json"], "#/components/schemas/Problem",
                ), (method, path, status)  # fmt: skip


def test_the_words_that_an_address_takes_are_said():
    for (path, method), one in operations().items():
        words = {
            p["name"]: p["schema"] for p in one["parameters"] if p["in"] == "path" and p["name"] == "verb"
        }
        assert all(schema["enum"] for schema in words.values()), (method, path)
    moving = operation_of("api/v1/orders/<code:number>/<str:verb>/", "POST")["parameters"]
    assert "arrive" in next(one for one in moving if one["name"] == "verb")["schema"]["enum"]


def test_a_body_with_a_field_that_nobody_asked_for_is_not_as_described():
    shapes = description()["components"]["schemas"]
    assert shapes["Alarm"]["additionalProperties"] is False
    assert set(shapes["GivenFactsShape"]["properties"]) == {*FACTS, "headcount_low", "headcount_high"}
    assert set(shapes["FactsShape"]["properties"]) == set(FACTS)


def words_read(method, view) -> set[str]:
    """`request.query_params.get("unit")`, and `.get` of a name that stands for the whole."""
    found = set()
    for name, one in {**names_behind(method, view), "": method}.items():
        function = inspect.unwrap(one) if callable(one) else None
        if isinstance(function, FunctionType) and (name == "" or function.__module__ == view.__module__):
            source = inspect.getsource(function)
            names = {"query_params", *re.findall(r"(\w+) = request\.query_params\b(?!\.)", source)}
            found |= set(re.findall(rf"\b(?:{'|'.join(names)})(?:\.get\(|\[)\"(\w+)\"", source))
    return found


def test_a_word_that_is_read_is_found():
    class View:
        def get(self, request):
            asked = request.query_params
            return request.query_params.get("one"), asked.get("two", ""), asked["three"]

    assert words_read(View.get, View) == {"one", "two", "three"}


def test_an_answer_that_is_a_file_is_had_by_who_asks_for_just_that():
    refused = {}
    for pattern, view in _views():
        operation = operation_of(f"api/v1/{pattern}", "GET") if hasattr(view, "get") else None
        kinds = operation["responses"].get("200", {}).get("content", {}) if operation else {}
        for kind in set(kinds) - {"application/json", PROBLEM}:
            one = view()
            one.format_kwarg = None
            asked = one.initialize_request(RequestFactory().get("/", headers={"Accept": kind}))
            try:
                one.perform_content_negotiation(asked)
            except NotAcceptable:
                refused[pattern] = kind
    assert refused == {}


def test_what_a_method_does_is_read_from_it():
    writing = operation_of("api/v1/incidents/<code:number>/close/", "POST")
    assert {"Idempotency-Key", "If-Match"} <= {one["name"] for one in writing["parameters"]}
    assert "ETag" in writing["responses"]["200"]["headers"]
    assert {"400", "401", "403", "404", "409", "412", "422", "429", "503"} <= set(writing["responses"])

    listing = operation_of("api/v1/incidents/", "GET")
    assert {"state", "level", "unit", "drill", "cursor", "limit"} <= {
        one["name"] for one in listing["parameters"]
    }
    assert listing["summary"] == "Incidents this caller may see, newest first"
    # Nobody who reports is told to wait.
    assert "429" not in operation_of("api/v1/alarms/", "POST")["responses"]


def test_an_answer_that_is_not_as_described_is_found():
    about = {"route": "api/v1/units/", "method": "GET", "media_type": "application/json"}
    page = {"next": None, "previous": None, "results": []}
    assert list(faults(**about, status=200, body=page)) == []
    assert "results" in next(faults(**about, status=200, body={"next": None, "previous": None}))
    assert "402 is not described" in next(faults(**about, status=402, body={}))
    assert "text/html" in next(faults(**about | {"media_type": "text/html"}, status=200, body=None))
    assert "not described" in next(faults(**about | {"method": "PUT"}, status=200, body=page))


def _views():
    """(pattern, view class) of each call."""
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield str(pattern.pattern), pattern.callback.cls

    return list(walk(api.url_patterns))


def _routes():
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")

    def walk(patterns):
        for pattern in patterns:
            yield from (
                walk(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [str(pattern.pattern)]
            )

    return list(walk(api.url_patterns))
