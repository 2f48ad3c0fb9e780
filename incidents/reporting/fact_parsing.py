"""Facts as doors receive them, read into the plans' vocabulary with sentences for people."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.errors import Invalid
from plans.engine.evaluation import Document, criteria_of
from plans.engine.facts import FACTS, SENTENCES, FactProblem, Facts

_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:[-–—~～至到]\s*(\d{1,9})|\+)?\s*")


def read_facts(raw) -> Facts:
    """Facts from a form or the API. Raises Invalid naming each fault under its fact.

    Beside what the vocabulary takes, a headcount may be the text people type: "8", "6-20", "51+".
    """
    if isinstance(raw, dict) and isinstance(raw.get("headcount"), str):
        raw = {**raw, "headcount": _headcount(raw["headcount"])}
    try:
        return Facts.from_dict(raw)
    except FactProblem as problem:
        raise Invalid(
            "facts_not_in_order",
            _("Nothing was saved: some facts are not in order. Correct the ones marked below."),
            fields={name: [_(SENTENCES[code])] for name, code in problem.fields.items()},
        ) from problem


def _headcount(text: str):
    """ "6-20" → its two ends; "51+" → 51; empty → not given; anything else is left for the reader to refuse."""
    if not text.strip():
        return None
    match = _RANGE.fullmatch(text)
    if match is None:
        return text
    low = int(match[1])
    return {"low": low, "high": int(match[2]) if match[2] else low}


def choices_of(fact: str) -> list[tuple[str, str]]:
    """The choices of a fact for a form, in the reader's language."""
    return [(code, words.in_language(language())) for code, words in FACTS[fact].choices.items()]


def headcount_bands(document: Document) -> list[tuple[str, str]]:
    """Quick choices for the number of people, read from the plan's own bands: ("6-20", "6–20")."""
    bands = {}
    for criterion in criteria_of(document):
        for condition in _conditions(criterion.when):
            if condition.get("fact") != "headcount":
                continue
            if "between" in condition:
                low, high = condition["between"]
                bands[low] = (f"{low}-{high}", f"{low}–{high}")
            elif "gte" in condition:
                bands[condition["gte"]] = (f"{condition['gte']}+", f"≥{condition['gte']}")
    return [bands[low] for low in sorted(bands)]


def _conditions(when):
    """The single conditions inside any_of and all_of."""
    parts = when.get("any_of") or when.get("all_of")
    if parts is None:
        return [when]
    return [condition for part in parts for condition in _conditions(part)]


def language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"
