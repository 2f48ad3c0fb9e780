"""The examples of the OpenAPI description are bodies that are taken as they stand."""

import json

import pytest
import time_machine
from jsonschema import Draft202012Validator

from incidents.models import Incident
from tests.described import description, operations

pytestmark = [pytest.mark.django_db, pytest.mark.embedded_only]

#: Where an example goes, its name → who sends it, to which address; `{incident}` and the like are made before.
SENT = {
    ("alarms_create", "TheLeast"): ("county1.duty", "/api/v1/alarms/", 201),
    ("alarms_create", "WithFacts"): ("county1.duty", "/api/v1/alarms/", 201),
    ("incidents_observations_create", "FewerPeople"): (
        "county1.duty",
        "/api/v1/incidents/{incident}/observations/",
        201,
    ),
    ("orders_create", "ASquad"): ("county1.duty", "/api/v1/orders/", 201),
    ("orders_move", "WithAWord"): ("county1.duty", "/api/v1/orders/{order}/acknowledge/", 200),
    ("zero_reports_update", "NothingToReport"): (
        "village111.informant",
        "/api/v1/zero-reports/V111/2026-11-22/",
        201,
    ),
    ("zero_reports_update", "TwoDisputes"): (
        "village111.informant",
        "/api/v1/zero-reports/V111/2026-11-22/",
        200,
    ),
    ("demands_new", "AtTheCounter"): ("county1.duty", "/api/v1/demands/", 201),
    ("demands_new", "OutOfAnIncident"): ("county1.duty", "/api/v1/demands/", 201),
    ("demands_act", "Steps"): ("county1.duty", "/api/v1/demands/{demand}/steps/", 200),
    ("demands_act", "Promise"): ("county1.duty", "/api/v1/demands/{demand}/promise/", 200),
}


def examples():
    """(operation, name) → (method, schema, body)."""
    return {
        (one["operationId"], name): (method, content["schema"], example["value"])
        for (_path, method), one in operations().items()
        for content in one.get("requestBody", {}).get("content", {}).values()
        for name, example in content.get("examples", {}).items()
    }


def test_every_example_is_as_the_description_has_it_and_is_sent_here():
    found = examples()

    assert set(found) == set(SENT)
    for where, (_method, schema, body) in found.items():
        validator = Draft202012Validator({"components": description()["components"], "allOf": [schema]})
        assert list(validator.iter_errors(body)) == [], where


def test_every_example_is_taken(plan, signed_in, now):
    made: dict[str, str] = {}
    for turn, (where, (who, address, status)) in enumerate(SENT.items()):
        method, _schema, body = examples()[where]
        if "incident" in body:
            body = body | {"incident": made["incident"]}
        with time_machine.travel(now, tick=False):
            answer = signed_in(who).generic(
                method, address.format(**made), json.dumps(body), "application/json",
                headers={"Idempotency-Key": f"example-{turn}"},
            )  # fmt: skip
        assert answer.status_code == status, (where, answer.content.decode())
        if number := answer.json().get("number"):
            made.setdefault(where[0].partition("_")[0].removesuffix("s").replace("alarm", "incident"), number)
    assert Incident.objects.count() == 2
