"""The OpenAPI description is complete: every way in is named, no two calls share a name."""

import inspect
import re
from types import FunctionType

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from accounts.tokens.scopes import every_scope
from common.api.description import names_behind
from tests.described import METHODS, faults, operation_of, operations

# The bounds of a number come from the database.
pytestmark = [pytest.mark.both_profiles, pytest.mark.control(44)]

#: Operations of which nothing is said but that an object comes back; none is added. The list of inquiries answers two
#: different lists, and what a provider is answered is the provider's own.
UNTYPED = """
    inquiries_list provider_pushes_create
"""


def test_the_description_has_no_warnings(tmp_path, capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))

    assert (tmp_path / "schema.yml").read_text().startswith("openapi: 3")


def test_every_call_of_the_api_is_described(tmp_path):
    import yaml

    call_command("spectacular", "--file", str(tmp_path / "schema.yml"))
    described = set(yaml.safe_load((tmp_path / "schema.yml").read_text())["paths"])

    assert len(described) == len(_routes()) - 1  # the description does not describe itself


@pytest.mark.control(41)
def test_every_call_that_a_token_opens_names_its_scope(tmp_path):
    import yaml

    call_command("spectacular", "--file", str(tmp_path / "schema.yml"))
    paths = yaml.safe_load((tmp_path / "schema.yml").read_text())["paths"]
    named = {
        (path, method): call.get("x-scope") for path, calls in paths.items() for method, call in calls.items()
    }

    without = {path for (path, _method), scope in named.items() if scope is None}
    assert without == {path for path in paths if "gateway-events" in path or path.endswith((".ics", "/me/"))}
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


def test_every_answer_has_a_shape_but_those_that_are_named():
    assert {one["operationId"] for one in operations().values() if is_untyped(one)} == set(UNTYPED.split())


def is_untyped(operation: dict) -> bool:
    """Whether some answer of it is an object of which nothing more is said."""
    schemas = [
        content["schema"]
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for content in answer.get("content", {}).values()
    ]
    return any(schema.get("type") == "object" and "properties" not in schema for schema in schemas)


def test_an_answer_without_a_shape_is_found():
    assert is_untyped(
        {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}
    )
    assert not is_untyped(operation_of("api/v1/units/", "GET"))


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
