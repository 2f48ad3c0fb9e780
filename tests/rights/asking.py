"""Every address with real things in it, and what comes back: read by the tests of who may."""

import io
import re
import zipfile

import pytest
from rest_framework import serializers

from cases.demands.models import Demand
from cases.matters.models import Matter
from command.orders.models import Order
from common.documents import official_documents
from drills.conduct.models import Drill
from duty.shifts.models import Handover
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from tests.accounts.test_routes import ALL, example

#: Where an address says which thing is meant.
THINGS = {
    "incidents/": Incident, "alarm/": Incident, "early-warnings/": EarlyWarning, "orders/": Order,
    "matters/": Matter, "drills/": Drill, "demands/": Demand,
}  # fmt: skip
#: Ends the reader's own session.
LEFT_OUT = {"account_logout"}
#: Say by 5xx that a part of the installation is away.
PROBES = ("/readyz", "/heartbeat")
PLAIN = {"unit": "C1", "period": "2026-11-22", "slug": "pdf", "kind": "pdf"}


def thing_of(pattern: str):
    """The model whose number stands in this address; None without one."""
    if ":number>" not in pattern:
        return None
    return next((model for begin, model in THINGS.items() if f"/{begin}" in f"/{pattern}"), None)


def addresses() -> list[str]:
    """Every route with every real thing that fits into it, and for a unit or for none."""
    found = set()
    for pattern, name in ALL:
        if name in LEFT_OUT:
            continue
        values = [PLAIN]
        if model := thing_of(pattern):
            values = [
                {**PLAIN, "number": number} for number in model.objects.values_list("number", flat=True)
            ]
        elif "handovers/<int:pk>" in pattern:
            values = [{**PLAIN, "pk": str(pk)} for pk in Handover.objects.values_list("pk", flat=True)]
        elif ":unit>" in pattern:
            values = [{**PLAIN, "unit": unit} for unit in ("C1", "T11", "V111")]
        for value in values:
            address = example(pattern, value)
            found |= {address} if "/<" in pattern else {address, f"{address}?unit=C1"}
    return sorted(found)


def text_of(response) -> str:
    """What a reader gets, files unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


def ask(browser, address: str) -> tuple[int, str]:
    """Status and text of the answer, with the parts that the page fetches by itself right after; never a crash."""

    def answer(asked: str):
        response = browser.get(asked)
        assert response.status_code < 500 or asked.startswith(PROBES), (asked, response.status_code)
        return response.status_code, text_of(response)

    status, text = answer(address)
    joined = "&" if "?" in address else "?"
    parts = re.findall(r'data-part="([\w-]+)"[^>]*data-lazy', text)
    return status, text + "".join(answer(f"{address}{joined}part={part}")[1] for part in parts)


@pytest.fixture
def papers_as_text(monkeypatch):
    """That a paper holds the words is what counts, not how it is set."""
    for name in ("as_pdf", "as_docx"):
        monkeypatch.setattr(official_documents, name, lambda paper: repr(paper).encode())


def read(browser, address: str) -> str:
    return ask(browser, address)[1]


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
