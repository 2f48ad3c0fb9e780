"""The documents name what is there: every dotted name, file, link and journal entry in them is looked up.

Read are README, CONTRIBUTING and docs/. The decisions in docs/adr tell what was so when they were made: of them only
the links, their heads and their index are read.
"""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from os import walk
from pathlib import Path, PurePath

import pytest
from django.apps import apps

from demo import bureau
from journal.kinds import KINDS
from script.figures import rooms

TOP = Path(__file__).resolve().parent.parent
ADR = TOP / "docs/adr"
DOCUMENTS = sorted(
    [
        *TOP.glob("README*.md"),
        TOP / "CONTRIBUTING.md",
        *(TOP / "docs").glob("*.md"),
        *(TOP / "docs/zh").glob("*.md"),
    ]
)
DECISIONS = sorted(ADR.glob("[0-9]*.md"))
PACKAGES = {*rooms(), "tests", "bench", "script"}
ENDINGS = "py|md|js|css|html|yaml|yml|toml|json|sh|txt|in|po|csv|example"

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
PATH = re.compile(rf"[\w.*-]+(/[\w.*-]+)+/?|[\w-]+\.({ENDINGS})")
USERNAME = re.compile(r"(city|county\d|town\d\d|village\d\d\d)\.([a-z_.]+)")
#: Files that the server writes, or other programs read.
WRITTEN = ("var/", "DATA_DIR/", "manifest.json", "destroyed.txt")
THEIRS = {"postgresql.conf", "pg_hba.conf"}
NO_SOURCE = {".git", ".venv", "var", "node_modules", "__pycache__", "staticfiles"}


def named(document: Path) -> Iterator[str]:
    """What a document sets in code."""
    for span in SPAN.findall(FENCE.sub("", document.read_text())):
        yield span.partition("(")[0].strip()


def each(pattern: re.Pattern, documents=DOCUMENTS) -> list:
    return [
        pytest.param(document, name, id=f"{document.relative_to(TOP)}: {name}")
        for document in documents
        for name in dict.fromkeys(named(document))
        if pattern.fullmatch(name)
    ]


def dotted_names() -> list:
    return [
        case
        for case in each(DOTTED)
        if not PATH.fullmatch(case.values[1]) and not {case.values[1]} & {*KINDS, *THEIRS}
    ]


@cache
def has(name: str) -> bool:
    """Whether `room.module.Class.attribute` is there, or `room.Model`."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return _leads_on(found, parts[length:]) or _is_model(parts)
    return False


def _leads_on(thing, parts: list[str]) -> bool:
    for part in parts:
        if not _has(thing, part):
            return False
        thing = getattr(thing, part, None)
    return True


def _has(thing, part: str) -> bool:
    fields = getattr(thing, "_meta", None)
    annotated = getattr(thing, "__annotations__", {})
    return (
        hasattr(thing, part)
        or part in annotated
        or bool(fields and part in {f.name for f in fields.get_fields()})
    )


def _is_model(parts: list[str]) -> bool:
    try:
        model = apps.get_model(*parts[:2])
    except (LookupError, TypeError):
        return False
    return _leads_on(model, parts[2:])


@cache
def classes() -> dict[str, list[type]]:
    """Every class of the product by its name."""
    found: dict[str, list[type]] = {}
    for room in rooms():
        for file in (TOP / room).rglob("*.py"):
            if {"migrations", "management"} & set(file.parts) or file.name in ("asgi.py", "celery.py"):
                continue
            name = ".".join(file.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
            for thing in vars(importlib.import_module(name)).values():
                if isinstance(thing, type) and thing.__module__ == name:
                    found.setdefault(thing.__name__, []).append(thing)
    return found


@cache
def source() -> str:
    kinds = ("*.py", "*.html", "*.js")
    folders = [*rooms(), "templates", "static"]
    found = [file for folder in folders for kind in kinds for file in (TOP / folder).rglob(kind)]
    return "\n".join(file.read_text() for file in found)


@cache
def plan_keys() -> set[str]:
    """The words of a plan document, and of a drill's scenario."""
    schemas = [file for room in rooms() for file in (TOP / room).rglob("schema.json")]
    return {word for schema in schemas for word in re.findall(r'"(\w+)":', schema.read_text())}


def is_demo_person(name: str) -> bool:
    chairs = [*bureau.CITY, *bureau.COUNTY, *bureau.TOWNSHIP, *bureau.VILLAGE]
    found = USERNAME.fullmatch(name)
    return bool(found) and found[2] in {chair.login for chair in chairs}


@pytest.mark.parametrize(("document", "name"), dotted_names())
def test_what_a_document_names_is_there(document, name):
    """By its full name; or the attribute of a class; or somebody of the demo, a word of a plan, a text in the source."""
    first, *rest = name.split(".")
    if first[0].isupper():
        assert any(_leads_on(thing, rest) for thing in classes().get(first, []))
    elif first in PACKAGES:
        assert has(name) or set(rest) <= plan_keys()
    else:
        is_said = re.search(rf"\b{re.escape(name)}\b", source())
        assert is_demo_person(name) or {first, *rest} <= plan_keys() or is_said


@cache
def files() -> list[PurePath]:
    """Every file and folder of the project, from its top."""
    found = []
    for folder, folders, names in walk(TOP):
        folders[:] = [name for name in folders if name not in NO_SOURCE]
        found += [PurePath(folder, name).relative_to(TOP) for name in [*folders, *names]]
    return found


@pytest.mark.parametrize(("document", "name"), each(PATH))
def test_a_file_that_a_document_names_is_there(document, name):
    if not name.startswith(WRITTEN):
        pattern = name.replace("ROOM", "*").strip("/")
        assert any(file.match(pattern) for file in files())


def typed_paths() -> list:
    """Paths from the top of the project in the lines a reader is to type."""
    tops = "|".join(sorted(str(file) for file in files() if len(file.parts) == 1 and (TOP / file).is_dir()))
    path = re.compile(rf"(?<![\w./-])({tops})(/[\w.-]+)+")
    return [
        pytest.param(name, id=f"{document.relative_to(TOP)}: {name}")
        for document in DOCUMENTS
        for block in FENCE.findall(document.read_text())
        for name in dict.fromkeys(found[0] for found in path.finditer(block))
    ]


@pytest.mark.parametrize("name", typed_paths())
def test_a_file_that_is_to_be_typed_is_there(name):
    assert any(file.match(name) for file in files())


@pytest.mark.parametrize("page", ["operations.md", "scaling.md"])
def test_what_an_operator_is_to_type_was_run_by_a_test(page):
    """Each block of the page has a name, and a test takes it by that."""
    opened = re.findall(r"^```(\S.*)$", (TOP / "docs" / page).read_text(), re.MULTILINE)
    tests = "".join(file.read_text() for file in (TOP / "tests").rglob("test_*.py"))

    for block in opened:
        _language, _, name = block.partition(" ")
        assert name, block
        assert re.search(rf"""["']{name}["']""", tests), name


def links(documents) -> list:
    return [
        pytest.param(document, link, id=f"{document.relative_to(TOP)}: {link}")
        for document in documents
        for link in dict.fromkeys(LINK.findall(document.read_text()))
        if "://" not in link and not link.startswith("#")
    ]


@pytest.mark.parametrize(("document", "link"), links([*DOCUMENTS, *DECISIONS]))
def test_a_link_leads_somewhere(document, link):
    assert (document.parent / link.partition("#")[0]).exists()


# --- decisions ---------------------------------------------------------------------------------------------------

#: "Accepted 2026-11-28; changes [0104](…) in part."
HEAD = re.compile(r"# (\d{4}) – (.+)\n\nAccepted \d{4}-\d\d-\d\d((?:; [^;\n]+)*)\.\n\n")
#: What the later one says of the earlier, and the earlier of the later.
RELATIONS = {
    "replaces [{}]": "replaced by [{}]",
    "changes [{}] in part": "changed in part by [{}]",
}
TITLES = {file.name: HEAD.match(file.read_text()) for file in DECISIONS}


def said_of_others() -> dict[str, set[str]]:
    """By number, what each head says after the date, without addresses."""
    heads = [head for head in TITLES.values() if head]
    return {head[1]: set(re.sub(r"\(.*?\)", "", head[3]).split("; ")[1:]) for head in heads}


@pytest.mark.parametrize("chinese", sorted((TOP / "docs/zh").glob("*.md")), ids=lambda file: file.name)
def test_the_chinese_of_a_document_names_what_the_english_names(chinese):
    """Commands, settings and files: who adds one there adds it here. Fenced commands stand in one of them alone."""
    english = TOP / "docs" / chinese.name
    headings = [len(re.findall("^## ", file.read_text(), re.MULTILINE)) for file in (english, chinese)]

    assert set(named(english)) - set(named(chinese)) == set()
    assert "```" not in chinese.read_text()
    assert headings[0] <= headings[1]


def test_a_decision_says_its_number_its_status_and_since_when():
    assert [name for name, head in TITLES.items() if not head or head[1] != name[:4]] == []


def test_of_two_decisions_that_change_each_other_both_say_so():
    said = said_of_others()
    counterpart = RELATIONS | {back: there for there, back in RELATIONS.items()}

    for number, sentences in said.items():
        for sentence in sentences:
            other = re.search(r"\[(\d{4})\]", sentence)[1]
            form = sentence.replace(other, "{}")
            assert form in counterpart, f"{number}: {sentence}"
            assert counterpart[form].format(number) in said[other], f"{other} does not answer {number}"


def test_the_index_has_every_decision_once_with_its_title():
    index = re.findall(r"^- \[(\d{4})\]\((.+)\) (.+)$", (ADR / "README.md").read_text(), re.MULTILINE)

    assert sorted(index) == [(head[1], name, head[2]) for name, head in TITLES.items()]
