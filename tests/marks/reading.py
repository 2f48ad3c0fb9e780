"""Is what a reader gets of a drill marked as one? Pages element by element, JSON object by object, files as a whole."""

import json
from collections.abc import Iterator

from lxml import etree, html

MARKS = ("演练", "DRILL", "Drill", "Exercise")
#: What a reader takes in as one thing.
ROWS = {
    "li",
    "tr",
    "article",
    "section",
    "option",
    "label",
    "form",
    "dialog",
    "fieldset",
    "header",
    "p",
    "h1",
    "h2",
    "h3",
}
#: Not read by anybody.
UNSEEN = {"script", "style", "template", "head"}


def unmarked(text: str, words: tuple[str, ...], content_type: str) -> list[str]:
    """The places where one of the words stands without a mark."""
    if not any(word in text for word in words):
        return []
    if "json" in content_type:
        return list(_in_json(json.loads(text), words, marked=False))
    if "html" in content_type:
        return list(_in_page(text, words))
    return [] if any(mark in text for mark in MARKS) else [text[:200]]


def _in_json(value, words, marked: bool) -> Iterator[str]:
    if isinstance(value, dict):
        marked = marked or value.get("drill") is True
        for inner in value.values():
            yield from _in_json(inner, words, marked)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, words, marked)
    elif isinstance(value, str) and not marked and any(word in value for word in words):
        yield from [] if any(mark in value for mark in MARKS) else [value[:120]]


def _in_page(text: str, words) -> Iterator[str]:
    root = html.fromstring(text) if "<html" in text else html.fragment_fromstring(text, create_parent="main")
    if root.find_class("bar-drill"):
        return
    for element in root.iter(etree.Element):
        for said, holder in ((element.text, element), (element.tail, element.getparent())):
            if said and any(word in said for word in words) and not _is_marked(holder):
                yield " ".join(said.split())[:120]


def _is_marked(element) -> bool:
    """Within the nearest things a reader takes in as one, up to the card or row of a list."""
    while element is not None:
        if element.tag in UNSEEN:
            return True
        if element.tag in ROWS and any(mark in element.text_content() for mark in MARKS):
            return True
        if element.tag in ("li", "tr", "article", "section", "main"):
            return False
        element = element.getparent()
    return False
