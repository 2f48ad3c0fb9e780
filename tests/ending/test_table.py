"""docs/notices.md says what starts, repeats, changes and ends each reason: for every purpose there is, and no other."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from notices.actions import queue_notices
from notices.occasions import Occasion
from notices.relevance import validity
from notices.sending.bulk import queue_many
from notices.sending.message_templates import Message
from tests.rooms import ROOMS


def lines():
    text = (settings.BASE_DIR / "docs/notices.md").read_text()
    part = text.split("## What starts, repeats, changes and ends each reason")[1].split("\n## ")[0]
    return [line.strip("| ").split("|") for line in part.splitlines() if line.startswith("| `")]


def test_the_table_has_a_line_for_each_purpose_and_no_other():
    named = [name for cells in lines() for name in re.findall(r"`([a-z_.]+)`", cells[0])]

    assert sorted(named) == sorted(validity.purposes())


def test_each_line_says_all_four():
    for cells in lines():
        assert len(cells) == 4, cells
        assert all(cell.strip() for cell in cells), cells


def test_every_purpose_written_in_the_code_is_known():
    """A purpose in a branch that no test walks is found by reading the source."""
    found = set()
    for room in ROOMS:
        for file in (settings.BASE_DIR / room).rglob("*.py"):
            if "migrations" not in file.parts:
                found |= set(re.findall(r'purpose=f?"([a-z_]+(?:\.[a-z_]+)*)', file.read_text()))
    assert found
    for purpose in found:
        validity.check_known(purpose)


@pytest.mark.django_db
def test_what_nobody_says_the_end_of_is_not_told(now, cast, units):
    with pytest.raises(LookupError, match="docs/notices.md"), transaction.atomic():
        queue_notices(
            Occasion("weather.fine", "x:1", units["C1"]),
            Message("x"),
            recipients=[],
            channels=["app"],
            now=now,
        )
    with pytest.raises(LookupError), transaction.atomic():
        queue_many(
            [], channels=["app"], purpose="weather.fine", thread="x:1", priority=5, expires_at=now, now=now
        )


def test_the_longest_beginning_counts(monkeypatch):
    monkeypatch.setattr(
        validity, "CHECKS", {"a": validity.always, "a.b": lambda rows, now: {r.pk: "over" for r in rows}}
    )

    class Row:
        def __init__(self, pk, purpose):
            self.pk, self.purpose, self.subject = pk, purpose, "x:1"

    rows = [Row(1, "a.b.2"), Row(2, "a.bc"), Row(3, "a"), Row(4, "b")]
    assert validity.not_needed(rows, None) == {1: "over"}
