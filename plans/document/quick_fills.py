"""What a plan has ready for whoever takes an alarm down: for each kind of incident the words, the signs, and what to ask.
Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from plans.checks.findings import Finding, problem
from plans.document.kinds import Kind, kinds_of, unknown_kinds
from plans.document.words import Words, named, words
from plans.engine.evaluation import Document
from plans.engine.facts import FACTS, SENTENCES, FactProblem, Facts

#: Characters of what an alarm says (incidents).
LONGEST_WHAT = 500


@dataclass(frozen=True, slots=True)
class QuickFill:
    id: str
    #: What it is chosen by.
    words: Words
    what: Words
    #: Facts that belong to this kind of incident.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: What whoever takes the alarm down asks for.
    ask: tuple[Words, ...] = ()
    kind: Kind | None = None
    cite: str = ""
    is_proposal: bool = False

    @property
    def signs(self) -> list[str]:
        """The gravest first, as forms show them."""
        return [
            sign
            for fact in ("life_risk", "acts")
            for sign in FACTS[fact].choices
            if sign in self.facts.get(fact, ())
        ]

    @property
    def headcount(self) -> str:
        """As people type it; empty where the kind says nothing of it."""
        if "headcount" not in self.facts:
            return ""
        low, high = self.facts["headcount"]
        return str(low) if low == high else f"{low}-{high}"


def quick_fills_of(document: Document) -> tuple[QuickFill, ...]:
    kinds = kinds_of(document)
    return tuple(
        QuickFill(
            id=entry["id"],
            words=named(entry),
            what=words(entry["what"]),
            facts=Facts.from_dict(entry.get("facts", {})).given,
            ask=tuple(words(one) for one in entry.get("ask", ())),
            kind=kinds.get(entry.get("kind", "")),
            cite=entry.get("cite", ""),
            is_proposal=entry.get("origin") == "proposal",
        )
        for entry in document.get("quick_fills", ())
    )


def findings(document: Mapping) -> Iterator[Finding]:
    yield from unknown_kinds(document, "quick_fills")
    for index, entry in enumerate(document.get("quick_fills", ())):
        path = f"quick_fills[{index}]"
        if max(map(len, words(entry["what"]))) > LONGEST_WHAT:
            yield problem(
                f"{path}.what", "The sentence is longer than %(most)s characters.", most=LONGEST_WHAT
            )
        try:
            Facts.from_dict(entry.get("facts", {}))
        except FactProblem as fault:
            for name, code in fault.fields.items():
                yield problem(f"{path}.facts.{name}", SENTENCES[code])
