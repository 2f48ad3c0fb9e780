"""Every page and API answer, for every kind of post in one unit tree: no words of a thing its reader may not see."""

import io
import re
import zipfile

import pytest
import time_machine
from django.test import Client

from cases.demands.models import Demand
from cases.matters.models import Matter
from command.orders.models import Order
from common.documents import official_documents
from drills.conduct.models import Drill
from duty.shifts.models import Handover
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from tests.accounts.test_routes import ALL, example

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.embedded_only, pytest.mark.control(14, 18)]

#: Each kind of post that does not see everything of its county, and a township beside the one where it happened.
READERS = [
    "county1.responder", "county1.expert", "county1.squad.dialogue", "county1.squad.perimeter",
    "town12.head", "village111.informant", "city.sysadmin", "city.secadmin",
]  # fmt: skip
#: Ends the reader's own session.
LEFT_OUT = {"account_logout"}


def addresses() -> list[str]:
    """Every route with every real thing that fits into it, and for a unit or for none."""
    numbers = {
        "incidents/": Incident, "alarm/": Incident, "early-warnings/": EarlyWarning, "orders/": Order,
        "matters/": Matter, "drills/": Drill, "demands/": Demand,
    }  # fmt: skip
    found = set()
    for pattern, name in ALL:
        if name in LEFT_OUT:
            continue
        values = [{"unit": "C1", "period": "2026-11-22", "slug": "pdf", "kind": "pdf"}]
        model = next((model for begin, model in numbers.items() if begin in pattern), None)
        if ":number>" in pattern and model:
            values = [
                {**values[0], "number": number} for number in model.objects.values_list("number", flat=True)
            ]
        elif "handovers/<int:pk>" in pattern:
            values = [{**values[0], "pk": str(pk)} for pk in Handover.objects.values_list("pk", flat=True)]
        elif ":unit>" in pattern:
            values = [{**values[0], "unit": unit} for unit in ("C1", "T11", "V111")]
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


@pytest.fixture
def papers_as_text(monkeypatch):
    for name in ("as_pdf", "as_docx"):
        monkeypatch.setattr(official_documents, name, lambda paper: repr(paper).encode())


#: Say by 5xx that a part of the installation is away.
PROBES = ("/readyz", "/heartbeat")


def read(browser, address: str) -> str:
    """The answer, with the parts that the page fetches by itself right after; never a crash."""

    def answer(asked: str) -> str:
        response = browser.get(asked)
        assert response.status_code < 500 or asked.startswith(PROBES), (asked, response.status_code)
        return text_of(response)

    text = answer(address)
    joined = "&" if "?" in address else "?"
    parts = re.findall(r'data-part="([\w-]+)"[^>]*data-lazy', text)
    return text + "".join(answer(f"{address}{joined}part={part}") for part in parts)


@pytest.mark.parametrize("username", READERS)
def test_no_page_renders_what_its_reader_may_not_see(
    secrets, handed, papers_as_text, cast, reach, now, username
):
    hidden = [secret.words for secret in secrets if not secret.is_for(reach(username))]
    assert hidden
    browser = Client(raise_request_exception=False)
    found = {}
    with time_machine.travel(now, tick=False):
        browser.force_login(cast[username])
        for address in addresses():
            text = read(browser, address)
            if leaked := [words for words in hidden if words in text]:
                found[address] = leaked
    assert found == {}


def test_the_words_are_found_where_they_may_be_read(secrets, handed, cast, reach, now):
    """Otherwise the test above could not fail."""
    browser = Client(raise_request_exception=False)
    with time_machine.travel(now, tick=False):
        browser.force_login(cast["county1.director"])
        seen = "".join(read(browser, address) for address in addresses())
    assert [secret.words for secret in secrets if secret.words not in seen] == []
