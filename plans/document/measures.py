"""What a plan says of measures: which are major and whose approval they need beforehand, the laws it stands on. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from plans.document.chapters import Sentence, obligations_of
from plans.document.sections import Role, role_of
from plans.document.words import Words, named, words
from plans.engine.evaluation import Document


class Major(NamedTuple):
    """A kind of measure that needs approval beforehand."""

    id: str
    words: Words
    #: Not the source's own word: the plan proposes it.
    is_proposal: bool


class Gate(NamedTuple):
    """An obligation of the kind `approval_gate`: no such measure without the approval of this role."""

    id: str
    words: Words
    approver: Role
    #: Never empty: where the plan lists none, its sentence is the one kind.
    kinds: tuple[Major, ...]
    #: How long the approver has; empty: the plan does not say.
    within: str
    cite: str


def gates_of(document: Document) -> tuple[Gate, ...]:
    """The plan's gates; one that names no approver can be asked of nobody and is none."""
    return tuple(
        Gate(
            entry["id"],
            named(entry),
            role_of(document, entry["approver"]),
            _kinds(entry),
            entry.get("approve_within", ""),
            entry.get("cite", ""),
        )
        for entry in document.get("obligations", ())
        if entry.get("kind") == "approval_gate" and entry.get("approver")
    )


def _kinds(entry: Mapping) -> tuple[Major, ...]:
    found = tuple(
        Major(one["id"], named(one), one.get("origin") == "proposal") for one in entry.get("measures", ())
    )
    return found or (Major(entry["id"], named(entry), False),)


def proportion_of(document: Document) -> tuple[Sentence, ...]:
    """What the plan says of keeping a measure in proportion ("police and coercion sparingly")."""
    kinds = {entry.get("id"): entry.get("kind") for entry in document.get("obligations", ())}
    return tuple(one for one in obligations_of(document) if kinds.get(one.id) == "proportionality_note")


def bases_of(document: Document) -> tuple[Words, ...]:
    """The laws that the plan stands on."""
    return tuple(words(entry) for entry in document.get("legal_basis", ()))
