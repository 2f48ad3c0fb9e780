"""The OpenAPI description: what all calls have in common is read from their code, not said again at each.

A method that wants an Idempotency-Key, looks at If-Match, answers with an ETag, filters or pages names what does so;
the errors follow from what it takes. What a call takes and answers by itself stands at its view (`extend_schema`).
Every answer of the test suite is held against the description (tests/described.py).
"""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from django_filters import FilterSet
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.pagination import CursorPagination

from common.api.doors import PROBLEM
from common.api.serializers import StrictSerializer

WRITING = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", "HEAD", "OPTIONS", *WRITING)

#: Status → what it means here. Each refusal says what, what did not happen, why, and what to do next.
ERRORS = {
    400: "The address holds characters that no address has, the body is no JSON, or the Idempotency-Key is missing or "
    "too long. Nothing was done.",
    401: "No valid token or session.",
    403: "The caller may not do this; it can be seen, but not done.",
    404: "There is no such thing, or the caller may not see it: the two look the same.",
    406: "The answer is not to be had in the form that was asked for.",
    409: "It cannot be done in the state that the thing is in; `code` says which rule holds.",
    412: "Somebody changed it after it was read (If-Match). Read it again.",
    413: "The body is larger than is taken.",
    415: "The body is not JSON.",
    422: "Something in the body or in the query is not in order: `errors` by field, or `code`.",
    429: "Too many calls by this person; `Retry-After` in seconds.",
    503: "The database is away for a moment; the same request, with the same key, in `Retry-After` seconds.",
}

#: Statuses that say after how many seconds it is worth asking again.
WAITING = (429, 503)

#: An official paper: what `respond` of common.documents.official_documents answers with.
PAPER = {
    (200, "application/pdf"): bytes,
    (200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"): bytes,
}

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "maxLength": 80},
    "description": "New for each act, the same for each attempt: a repeated request gets the first answer, "
    "with `Idempotent-Replayed: true`. Kept for 30 days.",
    "example": "2f6c1d9e-9a52-4f0e-8a0e-5f0f6f3d6b11",
}
REPLAYED = {
    "schema": {"type": "string", "enum": ["true"]},
    "description": "Only on a repeated request: what was answered the first time.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag that was read. Left out: no check.",
    "example": '"7"',
}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "schema": {"type": "string", "enum": ["zh-hans", "en"]},
    "description": "The language of sentences in answers and refusals; left out: the caller's own.",
}
CURSOR = {
    "name": "cursor",
    "in": "query",
    "schema": {"type": "string"},
    "description": "Where the page begins, out of `next` or `previous` of another page.",
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "default": 50},
    "description": "Rows of a page; more than 200 is answered with 200.",
}


#: A body of which nothing is asked.
NOTHING: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}


class ProblemSerializer(serializers.Serializer):
    """RFC 9457, with members of its own for some codes (as `open`, what has to end first)."""

    type = serializers.CharField(help_text="urn:problem: and the code")
    title = serializers.CharField(help_text="The code as words")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for a person, in their language")
    code = serializers.CharField(help_text="Stable, for machines")
    errors = serializers.DictField(
        required=False, help_text="Field → its sentences; for a list of things, theirs one by one"
    )
    request_id = serializers.CharField(
        required=False,
        help_text="Of a fault and of an address that there is not: what its line in the log has",
    )


class AnyOf(serializers.Serializer):
    """One of several shapes, with no word in it that says which; nothing is read with it."""

    def __init__(
        self, name: str = "", shapes: Mapping[str, type[serializers.Serializer]] | None = None, **more
    ):
        super().__init__(**more)
        self.name, self.shapes = name, dict(shapes or {})


def any_of(name: str, shapes: Mapping[str, type[serializers.Serializer]]) -> AnyOf:
    """For `extend_schema`: a body or an answer that has one of these shapes. `shapes`: what decides it (the verb of the
    address) → the shape."""
    return AnyOf(name, shapes)


def sent(name: str, body: Mapping[str, Any]) -> OpenApiExample:
    """For `extend_schema`: a body as somebody would send it. tests/common/test_api_examples.py sends each."""
    return OpenApiExample(name, value=body, request_only=True)


def answered(name: str, body: Mapping[str, Any], status: int = 200) -> OpenApiExample:
    """For `extend_schema`: an answer as it comes."""
    return OpenApiExample(name, value=body, response_only=True, status_codes=[str(status)])


class _DescribedAnyOf(OpenApiSerializerExtension):
    target_class = AnyOf

    def get_name(self, auto_schema, direction):
        return self.target.name

    def map_serializer(self, auto_schema, direction):
        refs: dict[str, dict] = {}
        for word, shape in self.target.shapes.items():
            found = auto_schema.resolve_serializer(shape, direction)
            # A body without a field is no component.
            name = found.name or "nothing"
            refs.setdefault(name, {"schema": found.ref if found.name else NOTHING, "words": []})[
                "words"
            ].append(word)
        said = "; ".join(
            f"{', '.join(filter(None, one['words'])) or 'else'}: {name}" for name, one in refs.items()
        )
        return {"anyOf": [one["schema"] for one in refs.values()], "description": said}


class Description(AutoSchema):
    """What stands at a view, and what its code says."""

    def get_summary(self) -> str | None:
        """The first sentence of the docstring."""
        said = " ".join(self.get_description().split())
        first = said.split(". ")[0].split(": ")[0].rstrip(".")
        return first or None

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer) and direction == "request":
            schema["additionalProperties"] = False
        if type(serializer).__doc__ is None:
            # Else that of the class above it.
            schema.pop("description", None)
        return schema

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            method = getattr(self.view, self.method.lower())
            found = names_behind(method, type(self.view))
            self._add_parameters(operation, method, found)
            self._add_errors(operation)
            self._add_headers(operation, method, found)
        return operation

    def _add_parameters(self, operation: dict, method: Any, found: dict[str, Any]) -> None:
        said = operation.setdefault("parameters", [])
        more = [LANGUAGE]
        if is_idempotent(method):
            more.append(KEY)
        if "check_if_match" in found:
            more.append(IF_MATCH)
        for one in found.values():
            if inspect.isclass(one) and issubclass(one, FilterSet):
                more += _filters(one)
        if _is_paged(found):
            more += [CURSOR, LIMIT]
        names = {(parameter["name"], parameter["in"]) for parameter in said}
        said += [one for one in more if (one["name"], one["in"]) not in names]
        for one in said:
            if words := self._words_in_the_address(one, operation):
                one["schema"] = {"type": "string", "enum": words}
        said.sort(key=lambda parameter: (parameter["in"], parameter["name"]))

    def _words_in_the_address(self, parameter: dict, operation: dict) -> list[str]:
        """What may stand there, where a few words may: the view's `verbs`, or the forms in which a paper is had."""
        if parameter["in"] != "path":
            return []
        if parameter["name"] == "verb":
            return [str(verb) for verb in self.view.verbs]
        if parameter["name"] == "kind" and "application/pdf" in operation["responses"]["200"].get(
            "content", {}
        ):
            return ["docx", "pdf"]
        return []

    def _add_headers(self, operation: dict, method: Any, found: dict[str, Any]) -> None:
        texts = found.get("", ())
        for status, answer in operation["responses"].items():
            headers = answer.setdefault("headers", {})
            if status.startswith("2") and ("etag" in found or "ETag" in texts):
                headers["ETag"] = _header("The revision, for If-Match")
            if status == "201" and "Location" in texts:
                headers["Location"] = _header("The address of what was made")
            if status.startswith("2") and is_idempotent(method):
                headers["Idempotent-Replayed"] = REPLAYED
            if int(status) in WAITING:
                headers["Retry-After"] = {
                    "schema": {"type": "integer"},
                    "description": "Seconds until it is worth asking again",
                }
            if not headers:
                del answer["headers"]

    def _add_errors(self, operation: dict) -> None:
        component = self.resolve_serializer(ProblemSerializer, "response")
        for status in self._errors():
            operation["responses"].setdefault(
                str(status),
                {"description": ERRORS[status], "content": {PROBLEM: {"schema": component.ref}}},
            )

    def _errors(self) -> Iterator[int]:
        """The statuses of the refusals that this call can answer with."""
        yield from (400, 403, 404, 406, 409, 422, 503)
        if self.view.authentication_classes:
            yield 401
        if self.view.throttle_classes:
            yield 429
        if self.method in WRITING:
            yield from (412, 413, 415)


def is_idempotent(method: Any) -> bool:
    """Whether common.api.doors.idempotent stands around it."""
    return getattr(method, "is_idempotent", False)


@cache
def names_behind(method: Any, owner: type) -> dict[str, Any]:
    """What a view's method names, and what the functions of its own module and class name that it calls.

    Name → what it is there, if anything; under "" the texts that stand in the code.
    """
    found: dict[str, Any] = {"": set()}
    waiting: list[Any] = [method]
    seen = set()
    while waiting:
        function = inspect.unwrap(waiting.pop())
        function = getattr(function, "__func__", function)
        if not isinstance(function, FunctionType) or function in seen:
            continue
        seen.add(function)
        for code in _codes(function.__code__):
            found[""] |= {text for text in code.co_consts if isinstance(text, str)}
            for name in code.co_names:
                own = None if name.upper() in METHODS else getattr(owner, name, None)
                one = function.__globals__.get(name, own)
                found[name] = one
                if getattr(one, "__module__", None) == function.__module__:
                    waiting.append(one)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _is_paged(found: dict[str, Any]) -> bool:
    return "answer_list" in found or any(
        inspect.isclass(one) and issubclass(one, CursorPagination) for one in found.values()
    )


def _filters(filters: type[FilterSet]) -> Iterator[dict]:
    for name, one in filters.base_filters.items():
        schema: dict[str, Any] = {"type": "boolean" if "Boolean" in type(one).__name__ else "string"}
        if choices := one.extra.get("choices"):
            schema["enum"] = [value for value, _label in choices]
        yield {"name": name, "in": "query", "schema": schema}


def _header(text: str) -> dict:
    return {"schema": {"type": "string"}, "description": text}
