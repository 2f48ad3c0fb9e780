"""The tasks that a plan has ready for whoever writes an order. Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.checks.findings import Finding, problem
from plans.document.kinds import Kind, kinds_of, unknown_kinds
from plans.document.words import Words, named, words
from plans.engine.evaluation import Document, levels_of

#: Characters of an order's task (command.orders).
LONGEST_TASK = 300


@dataclass(frozen=True, slots=True)
class OrderTemplate:
    id: str
    #: What it is chosen by.
    words: Words
    task: Words
    #: The kind of incident it is meant for; None: any.
    kind: Kind | None = None
    #: The level from which on it is offered; empty: at each.
    level: str = ""
    cite: str = ""
    is_proposal: bool = False


def order_templates_of(document: Document) -> tuple[OrderTemplate, ...]:
    kinds = kinds_of(document)
    return tuple(
        OrderTemplate(
            entry["id"],
            named(entry),
            words(entry["task"]),
            kinds.get(entry.get("kind", "")),
            entry.get("level", ""),
            entry.get("cite", ""),
            entry.get("origin") == "proposal",
        )
        for entry in document.get("order_templates", ())
    )


def offered_at(document: Document, level_id: str) -> tuple[OrderTemplate, ...]:
    """Those for this level: each level adds to the lower ones. All of them while there is no level."""
    found = order_templates_of(document)
    ranks = {level.id: level.rank for level in levels_of(document)} if document.get("levels") else {}
    if level_id not in ranks:
        return found
    return tuple(one for one in found if not one.level or ranks[one.level] >= ranks[level_id])


def findings(document: Mapping) -> Iterator[Finding]:
    levels = {level["id"] for level in document.get("levels", ())}
    yield from unknown_kinds(document, "order_templates")
    for index, entry in enumerate(document.get("order_templates", ())):
        path = f"order_templates[{index}]"
        if "level" in entry and entry["level"] not in levels:
            yield problem(
                f"{path}.level", "There is no level “%(level)s” in this plan.", level=entry["level"]
            )
        if max(map(len, words(entry["task"]))) > LONGEST_TASK:
            yield problem(f"{path}.task", "The task is longer than %(most)s characters.", most=LONGEST_TASK)
