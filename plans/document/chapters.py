"""What else a plan says: sentences that are shown, and lists that other rooms ask from. Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.document.words import NO_WORDS, Words, named, words
from plans.engine.conditions import holds, rule_in_words
from plans.engine.evaluation import Document
from plans.engine.facts import Facts


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the plan that is shown and has no behaviour of its own."""

    id: str
    words: Words
    cite: str = ""
    note: Words = NO_WORDS
    is_proposal: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    id: str
    words: Words
    cite: str = ""
    lines: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition of the plan, some of them read from the facts, most judged by people."""

    line: Sentence
    #: major_situation, leader_case, inquiry or joint_reception.
    leads_to: str
    #: What is asked of the facts; no words where a person has to judge.
    rule: Words = NO_WORDS
    #: The facts that it asks.
    facts: tuple[str, ...] = ()
    #: What on record of a matter fulfils it beside the facts (cases.leader_cases.rules.FOUND), and of which kinds
    #: of major situation.
    found: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


def chapters_of(document: Document) -> tuple[Chapter, ...]:
    """What else the plan says: training, drills, supplies and the like."""
    return tuple(
        Chapter(entry["id"], named(entry), entry.get("cite", ""), tuple(map(_line, entry["items"])))
        for entry in document.get("chapters", ())
    )


def obligations_of(document: Document) -> tuple[Sentence, ...]:
    return tuple(map(_line, document.get("obligations", ())))


def dispute_classes_of(document: Document) -> tuple[Sentence, ...]:
    """The classes of disputes that units screen for; empty where the plan does not screen."""
    return tuple(map(_line, document.get("screening", {}).get("classes", ())))


def demand_classes_of(document: Document) -> tuple[Sentence, ...]:
    return tuple(map(_line, document.get("demand_classes", ())))


def forms_of(document: Document) -> tuple[Sentence, ...]:
    """The forms of the plan that are in scope: those about named persons are not."""
    return tuple(_line(entry) for entry in document.get("forms", ()) if entry["in_scope"] is True)


def report_fields_of(document: Document, report_id: str) -> tuple[Sentence, ...]:
    """What a report of that id has to say, in order; empty where the plan has no such report."""
    for report in document.get("reports", ()):
        if report["id"] == report_id:
            return tuple(map(_line, report.get("fields", ())))
    return ()


def _line(entry: Mapping) -> Sentence:
    is_proposal = entry.get("origin") == "proposal"
    return Sentence(entry["id"], named(entry), entry.get("cite", ""), words(entry.get("note")), is_proposal)


def major_situations_of(document: Document) -> tuple[Sentence, ...]:
    """The kinds of major situation that are asked for when a matter is taken as major; those about people are out."""
    return tuple(one.line for one in triggers_of(document) if one.leads_to == "major_situation")


def triggers_of(document: Document) -> tuple[Trigger, ...]:
    return tuple(map(_trigger, document.get("triggers", ())))


def triggered(document: Document, facts: Facts) -> tuple[Trigger, ...]:
    """The triggers that the facts alone fulfil; those without a condition wait for a person."""
    uses = document.get("level_policy", {}).get("headcount_uses", "headcount_high")
    entries = [entry for entry in document.get("triggers", ()) if "when" in entry]
    return tuple(_trigger(entry) for entry in entries if holds(entry["when"], facts, uses))


def _trigger(entry: Mapping) -> Trigger:
    when = entry.get("when", {})
    return Trigger(
        _line(entry),
        entry["leads_to"],
        rule_in_words(when) if when else NO_WORDS,
        tuple(dict.fromkeys(_facts_asked(when))),
        tuple(entry.get("found", ())),
        tuple(entry.get("of", ())),
    )


def _facts_asked(when: Mapping | list) -> Iterator[str]:
    if isinstance(when, Mapping) and "fact" in when:
        yield when["fact"]
    for part in when.values() if isinstance(when, Mapping) else when:
        if isinstance(part, Mapping | list):
            yield from _facts_asked(part)
