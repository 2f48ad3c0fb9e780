"""Every answer of the API that a test gets is one that the OpenAPI description promises: status, media type, body. A
client generated from the description then meets nothing that it does not know.
"""

import re
from collections.abc import Iterator
from functools import cache, wraps

from django.test import override_settings
from django.test.client import Client
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

API = "api/v1/"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
#: The description does not describe itself.
OUTSIDE = {"schema"}
#: Nobody promises these: an address before it is looked at, a method that is not taken, a fault (a test makes it).
UNSAID = {301, 405, 500}


@cache
def description() -> dict:
    # Of the product, also where a test that asks first has addresses of its own.
    with override_settings(ROOT_URLCONF="config.urls"):
        return SchemaGenerator().get_schema(request=None, public=True)


@cache
def operations() -> dict[tuple[str, str], dict]:
    """(path with {} for what varies, method) → what is described."""
    return {
        (re.sub(r"\{\w+\}", "{}", path).lstrip("/"), method.upper()): operation
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    }


def operation_of(route: str, method: str) -> dict | None:
    """The operation behind a route as Django writes it (api/v1/incidents/<str:number>/)."""
    return operations().get((re.sub(r"<[^>]+>", "{}", route), method))


def faults(*, route: str, method: str, status: int, media_type: str, body) -> Iterator[str]:
    """What is not as described, in sentences. `body`: read from JSON, None for anything else."""
    operation = operation_of(route, method)
    if operation is None:
        # Of a method that is not taken nothing is promised; who is not let in hears that first.
        if status < 400:
            yield f"{method} {route} is not described"
        return
    answer = operation["responses"].get(str(status))
    if answer is None:
        yield f"{method} {route}: {status} is not described"
        return
    content = answer.get("content", {})
    if not content and body is None:
        return
    if media_type not in content:
        yield f"{method} {route}: {status} as {media_type or 'nothing'} is not described, only {', '.join(content)}"
    elif body is not None:
        for error in _validator(route, method, status, media_type).iter_errors(body):
            yield f"{method} {route}: {status} {error.json_path}: {error.message[:300]}"


@cache
def _validator(route: str, method: str, status: int, media_type: str) -> Draft202012Validator:
    schema = operation_of(route, method)["responses"][str(status)]["content"][media_type]["schema"]
    return Draft202012Validator({"components": description()["components"], "allOf": [schema]})


def hold_against_description(patch) -> None:
    """From now on each answer that Django's test client gets from the API is looked at."""
    ask = Client.request

    @wraps(ask)
    def asked(self, **request):
        response = ask(self, **request)
        if not request["PATH_INFO"].startswith(f"/{API}") or response.status_code in UNSAID:
            return response
        try:
            found = resolve(request["PATH_INFO"])
        except Resolver404:
            return response
        if found.url_name in OUTSIDE:
            return response
        method = request["REQUEST_METHOD"]
        if method not in METHODS:
            return response
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        said = list(
            faults(
                route=found.route,
                method=method,
                status=response.status_code,
                media_type=media_type,
                body=response.json() if media_type.endswith("json") else None,
            )
        )
        assert not said, "not as the description has it:\n" + "\n".join(said)
        return response

    patch.setattr(Client, "request", asked)
