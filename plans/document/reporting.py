"""The chain of reports to the level above, as a plan asks for it: at which level, to whom, how often. Pure.

How long each report may take stands with the plan's other time limits (`clocks`): they run between the entries that the
chain writes, such as `upward_report.initial_sent`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plans.document.sections import Role, role_of
from plans.engine.evaluation import Document


@dataclass(frozen=True, slots=True)
class Chain:
    """What the plan asks for at one level."""

    #: Empty: at every level that has no line of its own.
    level: str
    to: tuple[Role, ...]
    #: Told by telephone at once, the text later.
    phone_first: bool = False
    #: "17:30": while it lasts, each day has its report by then. Empty: the plan asks for none.
    daily: str = ""
    cite: str = ""
    origin: str = "source"


def chains_of(document: Document) -> tuple[Chain, ...]:
    entry = document.get("report_chain", {})
    return tuple(_chain(document, entry, line) for line in entry.get("at_levels", ()))


def chain_at(document: Document, level: str) -> Chain | None:
    """What is asked for at the level; None where the plan is silent."""
    chains = chains_of(document)
    own = next((chain for chain in chains if chain.level == level), None)
    return own or next((chain for chain in chains if not chain.level), None)


def _chain(document: Document, section: Mapping, line: Mapping) -> Chain:
    return Chain(
        level=line.get("level", ""),
        to=tuple(role_of(document, name) for name in line.get("to", ())),
        phone_first=bool(line.get("phone_first")),
        daily=line.get("daily", ""),
        cite=line.get("cite") or section.get("cite", ""),
        origin=line.get("origin") or section.get("origin", "source"),
    )
