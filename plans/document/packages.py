"""What a plan has prepared to be sent out at each level. Pure, like the engine.

Each level adds to the lower ones; for the same squad or role the higher level's order takes the lower one's place, for
nobody carries two orders of one incident at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from plans.document.sections import checklists_of
from plans.document.words import Words, joined, named, words
from plans.engine.evaluation import Document, levels_of

#: What a plan calls whoever is on duty at the nearest duty room.
ON_DUTY = Words("当班值班人员", "Whoever is on duty")


@dataclass(frozen=True, slots=True)
class PreparedOrder:
    id: str
    #: The task, with what is to be brought.
    words: Words
    level: str
    #: Whom it is for: a squad of the plan, a role of it, or whoever is on duty at the nearest duty room.
    squad: str = ""
    role: str = ""
    duty: bool = False
    #: A duration; empty = the plan's own time for such a recipient.
    within: str = ""
    brings: tuple[Words, ...] = ()
    #: The kit of the plan that goes along: what the unit lacks of it is shown before it goes out.
    kit: str = ""
    cite: str = ""

    @property
    def recipient(self) -> tuple[str, str]:
        if self.duty:
            return ("duty", "")
        return ("squad", self.squad) if self.squad else ("role", self.role)


@dataclass(frozen=True, slots=True)
class PreparedChecklist:
    id: str
    words: Words
    level: str


class Package(NamedTuple):
    """What goes out at a level, the lower levels' included, in the order of the plan."""

    orders: tuple[PreparedOrder, ...]
    checklists: tuple[PreparedChecklist, ...]

    def __bool__(self) -> bool:
        return bool(self.orders or self.checklists)


def package_at(document: Document, level_id: str) -> Package:
    """Empty where the plan has prepared nothing for the level or a lower one, and for a level it does not have."""
    entries = list(_entries_up_to(document, level_id))
    orders = {order.recipient: order for entry in entries for order in _orders(entry)}
    named_lists = {one.id: one.words for one in checklists_of(document)}
    lists = {
        name: PreparedChecklist(name, named_lists.get(name, words(name)), entry["level"])
        for entry in reversed(entries)
        for name in entry.get("checklists", ())
    }
    return Package(tuple(orders.values()), tuple(lists.values()))


def _entries_up_to(document: Document, level_id: str) -> Iterator[Mapping]:
    """The plan's packages of this level and the lower ones, lowest first."""
    ranks = {level.id: level.rank for level in levels_of(document)}
    if level_id not in ranks:
        return
    entries = [one for one in document.get("packages", ()) if ranks.get(one["level"], -1) >= ranks[level_id]]
    yield from sorted(entries, key=lambda one: -ranks[one["level"]])


def _orders(entry: Mapping) -> Iterator[PreparedOrder]:
    for one in entry.get("orders", ()):
        brings = tuple(words(thing) for thing in one.get("bring", ()))
        yield PreparedOrder(
            id=one["id"],
            words=_task(named(one), brings),
            level=entry["level"],
            squad=one.get("squad", ""),
            role=one.get("role", ""),
            duty=one.get("duty", False),
            within=one.get("within", ""),
            brings=brings,
            kit=one.get("kit", ""),
            cite=one.get("cite", entry.get("cite", "")),
        )


def _task(task: Words, brings: tuple[Words, ...]) -> Words:
    if not brings:
        return task
    things = joined(list(brings), "、", ", ")
    return Words(f"{task.zh}。携带：{things.zh}", f"{task.en}. Bring: {things.en}")
