"""What we know against what the level above was told: every difference, and by whom it was told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plans.engine.evaluation import Document, levels_of
from plans.engine.facts import FACTS, NOT_REPORTED, Facts, value_in_words


class TimeTold(NamedTuple):
    """One time at which the level above was told: by telephone or in writing."""

    at: datetime
    #: Who told it, and by which report, in the reader's language.
    by: str
    #: What was known then: place, what, level, facts.
    picture: Mapping[str, Any]
    #: Which line of superiors was told.
    line: str = "business"


class ComparedFact(NamedTuple):
    """One thing that is known, or was told."""

    #: The fact's name in the vocabulary; "place", "what" or "level".
    fact: str
    label: str
    known: str
    #: Empty: nobody above was told.
    told: str
    differs: bool
    told_by: str
    told_at: datetime | None


def compare(
    known: Mapping[str, Any], times_told: Sequence[TimeTold], document: Document
) -> list[ComparedFact]:
    """One line for whatever is known or was told. Of several times the last that spoke of a thing counts."""
    present, latest_first = _values(known), sorted(times_told, key=lambda one: one.at, reverse=True)
    told = [(one, _values(one.picture)) for one in latest_first]
    names = ["level", "proposed_level", "place", "what", *FACTS]
    spoken_of = {name for values in (present, *(values for _one, values in told)) for name in values}
    return [_line(name, present, told, document) for name in names if name in spoken_of]


def differences(lines: Iterable[ComparedFact]) -> int:
    return sum(line.differs for line in lines)


def _line(
    name: str, present: Mapping, told: Iterable[tuple[TimeTold, Mapping]], document: Document
) -> ComparedFact:
    last, values = next(((one, values) for one, values in told if name in values), (None, {}))
    known, said = present.get(name), values.get(name)
    return ComparedFact(
        fact=name,
        label=_label(name),
        known=_in_words(name, known, document),
        told=_in_words(name, said, document),
        differs=known != said,
        told_by=last.by if last else "",
        told_at=last.at if last else None,
    )


def _values(picture: Mapping[str, Any]) -> dict[str, Any]:
    """Everything a picture states: what is empty was not stated."""
    head = {name: picture[name] for name in ("level", "proposed_level", "place", "what") if picture.get(name)}
    return {**head, **Facts.from_dict(picture.get("facts", {})).given}


def _label(name: str) -> str:
    if name in FACTS:
        return FACTS[name].words.in_language(get_language())
    return {
        "level": _("Level"),
        "proposed_level": _("Proposed level"),
        "place": _("Place"),
        "what": _("What happened"),
    }[name]


def _in_words(name: str, value: Any, document: Document) -> str:
    if value is None:
        return ""
    if name in FACTS:
        words = NOT_REPORTED if value in (frozenset(), {}) else value_in_words(name, value)
        return words.in_language(get_language())
    if name in ("level", "proposed_level"):
        levels = {level.id: level.words for level in levels_of(document)}
        return levels[value].in_language(get_language()) if value in levels else value
    return value
