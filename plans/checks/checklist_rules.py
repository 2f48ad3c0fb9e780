"""Are the checklists of a plan fit to be ticked off, and fit to be read? Pure."""

import re
from collections.abc import Iterator, Mapping

from plans.checks.findings import Finding, note, problem
from plans.checks.rights import texts_of
from plans.document.life_safety import LIFE_IDS
from plans.document.steps import GROUPS
from plans.engine.evaluation import Document

Found = Iterator[Finding]

#: A mark on an incident holds no more.
LONGEST_ID = 20


def findings(document: Document) -> Found:
    seen: set[str] = set()
    for path, item_id, item in _items(document):
        yield from _id(path, item_id, seen)
        yield from _what_it_holds_back(path, item)
        yield from _meaning(path, item)
        seen.add(item_id)
    yield from notes_to_the_writer(document)


def _items(document: Document) -> Iterator[tuple[str, str, Mapping]]:
    for index, checklist in enumerate(document.get("checklists", ())):
        for place, item in enumerate(checklist.get("items", ())):
            path = f"checklists[{index}].items[{place}]"
            if isinstance(item, str):
                yield path, f"{checklist['id']}-{place + 1}", {"zh": item}
            else:
                yield path, item["id"], item


def _id(path: str, item_id: str, seen: set[str]) -> Found:
    if item_id in LIFE_IDS:
        yield problem(path, "“%(id)s” is the name of one of the system's own life-safety lines: give the item another "
                            "id, and say same_as where it means the same.", id=item_id)  # fmt: skip
    if item_id in seen:
        yield problem(
            path, "The id “%(id)s” stands in two checklists: a mark on one would count for both.", id=item_id
        )
    if len(item_id) > LONGEST_ID:
        yield problem(path, "The id “%(id)s” is longer than %(most)s characters: it could not be marked.",
                      id=item_id, most=LONGEST_ID)  # fmt: skip


def _what_it_holds_back(path: str, item: Mapping) -> Found:
    for name in item.get("blocks", ()):
        if name not in GROUPS:
            yield problem(
                f"{path}.blocks", "There are no steps called “%(name)s” that could be held back.", name=name
            )


def _meaning(path: str, item: Mapping) -> Found:
    """An item that says the same as a life-safety line is shown with it, not a second time."""
    same = item.get("same_as")
    if same is not None and same not in LIFE_IDS:
        yield problem(f"{path}.same_as", "There is no life-safety line “%(name)s”.", name=same)
    if same is None and "120" in re.findall(r"\d+", f"{item.get('zh', '')} {item.get('en', '')}"):
        yield note(path, "This item speaks of 120: if it means the system's own first line, say same_as: call_120, so "
                         "that it is not shown twice.")  # fmt: skip


#: What somebody wrote for whoever would finish the text.
_TO_THE_WRITER = re.compile(
    r"文本可配置|可配置|可自行|待补充|待填写|待完善|待定|此处|示例文本|占位|\bconfigurable\b|\bto be (?:done|filled|completed)\b|"
    r"\bplaceholder\b|\bTODO\b|\bFIXME\b|\bTBD\b|\bXXX\b|\blorem\b",
    re.IGNORECASE,
)


def notes_to_the_writer(document: Document) -> Found:
    """A developer's note in what people read: it would stand in a checklist, and in signed warnings."""
    for path, text, _is_order in texts_of(document):
        if found := _TO_THE_WRITER.search(text):
            yield note(path, "“%(words)s” reads like a note to whoever writes the plan: people see it in checklists and "
                             "in signed warnings. Take it out.", words=found[0])  # fmt: skip
