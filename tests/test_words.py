"""Names that were given up for the field's words do not come back; what the words mean stands in docs/glossary.md."""

import ast
import token
import tokenize
from pathlib import Path

import pytest

from tests.rooms import ROOMS, TOP

#: Former name in code → the word now. Text for people and names that are stored or watched are another matter.
FORMER = {
    "ReachTest": "CommsCheck",
    "ReachAnswer": "CommsCheckAnswer",
    "Telling": "Callout",
    "telling": "callout",
    "tellings": "callouts",
    "Wheel": "Job",
    "wheel": "job",
    "wheels": "jobs",
    "said_in": "in_language",
    "class_said": "class_label",
    "titles_said": "title_labels",
    "told_apart": "distinct_names",
    "Line": "ImportRow, HistoryRow, ThinEntry, Sentence, LifeLine, DisplayLine, …: what it is a line of",
    "Outcome": "SendResult, DemandOutcome, FormOutcome, CheckOutcome, MarkOutcome: what came out of what",
}
#: Former names of modules and folders → where to look.
MODULES = {
    "wheels": "engine.background.jobs",
    "turn": "jobs",
    "addenda": "notices.sending.before_sending",
    "wanted": "notices.relevance.send_checks",
    "asked_back": "notices.incoming.clarification",
    "lasting": "notices.relevance.unheard",
    "nobody": "notices.silence.no_recipients",
    "together": "notices.reading.inbox",
    "hand_calls": "notices.silence.manual_calls",
    "sheets": "workbook_import",
    "sheet": "plans.editor.form_layout",
    "saying": "plans.versions.display",
    "papers": "common.documents.official_documents, duty.shifts.downtime_packs",
    "press": "common.documents.typesetter",
    "pictures": "dashboards.statistics",
    "steady": "engine.monotonic_clock",
    "guests": "engine.server.socket_auth",
    "neighbours": "journal.live.peers",
    "outlet": "journal.live.send_queue",
    "crash": "common.failpoints",
}


def sources() -> list[Path]:
    return [
        file
        for room in ROOMS
        for file in sorted((TOP / room).rglob("*.py"))
        if "migrations" not in file.parts
    ]


def names_in(file: Path) -> set[str]:
    with tokenize.open(file) as lines:
        return {one.string for one in tokenize.generate_tokens(lines.readline) if one.type == token.NAME}


def test_a_former_name_is_not_used_again():
    found = {
        f"{file.relative_to(TOP)}: {name} is called {FORMER[name]}"
        for file in sources()
        for name in names_in(file) & FORMER.keys()
    }

    assert found == set()


def test_a_former_module_does_not_come_back():
    found = [
        f"{file.relative_to(TOP)}: see {MODULES[part]}"
        for file in sources()
        for part in [*file.relative_to(TOP).parts[1:-1], file.stem]
        if part in MODULES
    ]

    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_an_action_is_a_verb_and_what_it_acts_on(room):
    """A bare verb says nothing where it is called: close what, confirm what?"""
    bare = [
        f"{file.relative_to(TOP)}: {node.name}"
        for file in sorted((TOP / room).rglob("actions.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and "_" not in node.name
    ]

    assert bare == []
