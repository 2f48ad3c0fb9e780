"""Everything that shows something of a drill says that it is one: every page, part, paper, export and API answer."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from clocks.models import Clock
from command.activation.models import Response
from command.linkage.models import LinkageOrder
from command.orders.models import Order
from command.report_chain.models import UpwardReport
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from journal.models import Entry
from journal.numbering import number_new
from notices.models import Callout, Notice
from tests.accounts.test_routes import ALL, example
from tests.marks.exercise import WORDS
from tests.marks.reading import unmarked
from tests.rights.asking import LEFT_OUT, papers_as_text, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.embedded_only]

__all__ = ["papers_as_text"]

READERS = [
    "county1.duty",
    "county1.director",
    "city.director",
    "county1.squad.dialogue",
    "town11.clerk",
    "city.audit",
]
#: Beginning of an address → whose numbers fit into it.
NUMBERS = {
    "incidents/": Incident, "alarm/": Incident, "early-warnings/": EarlyWarning, "orders/": Order,
    "responses/": Response, "linkage/": LinkageOrder, "linkage-orders/": LinkageOrder,
}  # fmt: skip


def addresses() -> list[str]:
    """Every route; those of incidents and what belongs to them with the numbers of the drill."""
    found = set()
    for pattern, name in ALL:
        if name in LEFT_OUT:
            continue
        plain = pattern.removeprefix("api/v1/")
        model = next((model for begin, model in NUMBERS.items() if plain.startswith(begin)), None)
        numbers = model.objects.filter(drill=True).values_list("number", flat=True) if model else ["M-C1-1"]
        for number in numbers:
            for form in ("pdf", "docx"):
                found.add(example(pattern, {"number": number, "unit": "C1", "period": "2026-11-22", "kind": form, "slug": form, "level": "red", "n": "1"}))  # fmt: skip
    return sorted(found)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_paper_and_answer_says_that_it_is_a_drill(
    exercise, real, papers_as_text, cast, now, language
):
    exercise()
    number_new()
    # What is marked in one language is marked in the other; the words are looked at before one reader.
    readers = READERS if language == "zh-hans" else READERS[:1]
    every, found, seen = addresses(), {}, dict.fromkeys(readers, 0)
    with time_machine.travel(now, tick=False), override(language):
        for username in readers:
            browser = Client()
            browser.cookies["language"] = language
            browser.force_login(cast[username])
            for address in every:
                whole = [(address, *read(browser, address))]
                whole += [(part, *read(browser, part)) for part in lazy_parts(address, whole[0][1])]
                for at, text, kind in whole:
                    seen[username] += any(word in text for word in WORDS)
                    if wrong := unmarked(text, WORDS, kind):
                        found[username, at] = sorted(set(wrong))[:4]
    assert not found, "\n".join(f"{at}: {said}" for at, said in found.items())
    assert min(seen.values()) >= 3


def read(browser, address: str) -> tuple[str, str]:
    """What it says, nothing of a refusal (that names the number, whose YL- is its mark), and its type."""
    answer = browser.get(address)
    return text_of(answer) if answer.status_code < 400 else "", answer.get("Content-Type", "")


def lazy_parts(address: str, text: str) -> list[str]:
    return [f"{address}?part={part}" for part in re.findall(r'data-part="([\w-]+)"[^>]*data-lazy', text)]


def test_every_row_of_a_drill_knows_that_it_is_one(exercise):
    exercise()

    for model in (
        Incident,
        EarlyWarning,
        Response,
        Order,
        LinkageOrder,
        UpwardReport,
        Entry,
        Notice,
        Callout,
        Clock,
    ):
        rows = model.objects.filter(drill=False)
        if model is Entry:
            rows = rows.filter(thread__in=Entry.objects.filter(drill=True).values("thread"))
        assert [str(row) for row in rows] == [], model
        assert model.objects.filter(drill=True).exists(), model
