"""The page of a plan hides nothing the plan says, and says of each part whether the system acts on it."""

import ast
import json
from pathlib import Path

import pytest
from django.conf import settings

from plans.document.chapters import triggers_of
from plans.document.parts import SHOWN_ELSEWHERE, parts_of
from plans.document.strict_yaml import read

TEXTS = {path.stem: path.read_text() for path in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml"))}
DOCUMENTS = {name: read(text).value for name, text in TEXTS.items()}
SCHEMA = json.loads((settings.BASE_DIR / "plans/schema.json").read_text())

#: Readers of parts that are only shown. Whoever makes the system act on one says so in plans.document.parts.
ONLY_SHOWN = {"report_fields_of"}
ACTED_ON = {
    "triggers_of",
    "triggered",
    "major_situations_of",
    "chapters_of",
    "obligations_of",
    "demand_classes_of",
    "dispute_classes_of",
}
PAGES = {"plans/document/parts.py", "plans/document/chapters.py"}


def _readers() -> dict[str, set[str]]:
    """Name of a reader → the files of the product, apart from the page, that call it."""
    found: dict[str, set[str]] = {name: set() for name in ONLY_SHOWN | ACTED_ON}
    root = Path(settings.BASE_DIR)
    for file in root.glob("*/**/*.py"):
        name = str(file.relative_to(root))
        if name.startswith(("tests", ".venv", "bench")) or name in PAGES:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            called = (
                getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            )
            if called in found:
                found[called].add(name)
    return found


def test_the_marks_are_true():
    readers = _readers()

    assert {name for name in ONLY_SHOWN if readers[name]} == set()
    assert {name for name in ACTED_ON if not readers[name]} == set()


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key in ("zh", "en"):
                yield part
            elif key not in ("note", "excluded_items", "excluded_duties"):
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_part_of_the_library_is_on_the_page(name):
    document = DOCUMENTS[name]
    said = " ".join(line.words.zh for part in parts_of(document) for line in part.lines)
    sections = [document.get(key, []) for key in ("pools", "business_lines", "incident_forms", "obligations")]
    sections += [[one for one in document.get("forms", ()) if one["in_scope"] is True]]
    sections += [chapter["items"] for chapter in document.get("chapters", ())]
    sections += [
        [level.get("actions", []), level.get("obligations", [])] for level in document.get("levels", ())
    ]

    for entry in (one for section in sections for one in section):
        for text in [entry["zh"]] if isinstance(entry, dict) and "zh" in entry else []:
            assert text in said
    for trigger in triggers_of(document):
        assert trigger.line.words.zh in said


def test_no_section_of_the_schema_is_passed_over():
    shown = {"response", "orders", "organisation", "pools", "kits", "packages", "training", "order_templates", "quick_fills",
             "risk_catalogue", "event_scope", "business_lines", "incident_forms", "triggers",
             "obligations", "demand_classes", "forms", "reports", "report_chain",
             "after_action"}  # fmt: skip

    assert set(SCHEMA["properties"]) == SHOWN_ELSEWHERE | shown


@pytest.mark.parametrize(
    ("language", "shown", "acts"),
    [("zh-hans", "仅供查阅", "系统执行"), ("en", "shown only", "the system acts on it")],
)
def test_the_page_marks_each_part(cast, now, signed_in, language, shown, acts):
    from plans.lifecycle.actions import load_plan

    load_plan(text=TEXTS["unit-petition-reception"], actor=None, now=now, put_in_force=True)
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language

    page = browser.get(f"/plans/{DOCUMENTS['unit-petition-reception']['id']}/").content.decode()

    found = {part.id: part for part in parts_of(DOCUMENTS["unit-petition-reception"])}
    assert {"organisation", "at-levels", "demand-classes"} <= found.keys()
    for id_, part in found.items():
        panel = page[page.index(f'data-plan-part="{id_}"') :].partition("</section>")[0]
        assert (acts if part.acts else shown) in panel
        assert (shown if part.acts else acts) not in panel
    listed = browser.get(f"/api/v1/plans/{DOCUMENTS['unit-petition-reception']['id']}/").json()["parts"]
    assert {one["id"]: one["acted_on"] for one in listed} == {
        id_: bool(part.acts) for id_, part in found.items()
    }
