"""The OpenAPI description is complete: every way in is named, no two calls share a name."""

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from accounts.tokens.scopes import every_scope

# The bounds of a number come from the database.
pytestmark = [pytest.mark.both_profiles, pytest.mark.control(44)]


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
    assert without == {path for path in paths if "gateway-events" in path or path.endswith(".ics")}
    assert set(named.values()) - {None} == set(every_scope())
    assert named["/api/v1/incidents/{number}/close/", "post"] == "incidents:write"
    assert named["/api/v1/plans/{plan_id}/evaluate/", "post"] == "plans:read"


def _routes():
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "api/v1/")

    def walk(patterns):
        for pattern in patterns:
            yield from (
                walk(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [str(pattern.pattern)]
            )

    return list(walk(api.url_patterns))
