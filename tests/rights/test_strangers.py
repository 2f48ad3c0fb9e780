"""Nobody acts on what belongs to another county: a stranger is answered as if the thing were not there."""

import json

import pytest
import time_machine
from django.test import Client
from rest_framework import serializers

from cases.demands.models import Demand
from cases.matters.models import Matter
from command.orders.models import Order
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from tests.accounts.test_routes import _everything, example
from tests.test_hostile_input import routes_with_post

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.usefixtures("never_told_to_wait"),
    pytest.mark.control(14),
]

#: Where an address says which thing is meant.
THINGS = {
    "incidents/": Incident, "alarm/": Incident, "early-warnings/": EarlyWarning, "orders/": Order,
    "matters/": Matter, "demands/": Demand,
}  # fmt: skip


def body_of(kind: type[serializers.BaseSerializer]) -> dict:
    """What this door asks for, filled in as somebody would who means it."""
    return {name: _value(field) for name, field in kind().fields.items() if not field.read_only}


def _value(field: serializers.Field):
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return [_value(field.child)]
    if isinstance(field, serializers.BaseSerializer):
        return body_of(type(field))
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    if isinstance(field, serializers.BooleanField):
        return True
    if isinstance(field, serializers.IntegerField):
        return 1
    if isinstance(field, serializers.DateTimeField):
        return "2026-11-22T09:00:00+08:00"
    if isinstance(field, serializers.DateField):
        return "2026-11-22"
    if isinstance(field, serializers.DictField | serializers.JSONField):
        return {}
    return "C1" if "unit" in (field.field_name or "") else "依规定"


def asked() -> list[tuple[str, str, str, type | None]]:
    """(name, address of a thing of county 1, the same of one that is not there, view) of each door with a POST."""
    found = []
    for pattern, name, view in routes_with_post():
        model = next((model for begin, model in THINGS.items() if begin in pattern), None)
        if model is None or ":number>" not in pattern:
            continue
        for number in model.objects.values_list("number", flat=True):
            real, invented = (
                example(pattern, {"unit": "C1", "period": "2026-11-22", "number": one})
                for one in (number, f"{number[:-3]}987")
            )
            found.append((name, real, invented, view))
    return found


def told(browser, name, address, view):
    if not name.startswith("api:"):
        return browser.post(address, {"reason": "依规定", "rev": "1", "note": "依规定"}).status_code, None
    kind = getattr(view, "serializer_class", None)
    answer = browser.post(
        address, json.dumps(body_of(kind) if kind else {}), content_type="application/json",
        headers={"Idempotency-Key": address[-80:]},
    )  # fmt: skip
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("username", ["county2.director", "county2.duty"])
def test_a_stranger_is_answered_as_if_it_were_not_there_and_changes_nothing(
    secrets, handed, cast, now, username
):
    browser = Client(raise_request_exception=False)
    doors, different, statuses = asked(), {}, []
    with time_machine.travel(now, tick=False):
        browser.force_login(cast[username])
        before = _everything()
        for name, real, invented, view in doors:
            answers = [told(browser, name, address, view) for address in (real, invented)]
            statuses.append(answers[0][0])
            if answers[0] != answers[1] or answers[0][0] < 400:
                different[real] = answers
        after = _everything()

    assert different == {}
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}
    # The others refuse the body first, whatever is or is not behind them.
    assert statuses.count(404) > len(doors) * 2 / 3
