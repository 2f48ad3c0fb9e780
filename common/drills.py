"""A drill says so wherever it shows, and counts nowhere: the words, the numbers and the filter, once for all rooms.

What belongs to a drill has `drill` set on its own row, or on the row of what it is part of: its incident, its order,
its response.
"""

from typing import Any

from django.db import models
from django.utils.translation import get_language

#: What stands in front of a text of a drill.
MARK = {"zh": "【演练】", "en": "[DRILL] "}
#: In front of the numbers of a drill (演练, YL): they have series of their own, real ones keep theirs without gaps.
SERIES = "YL-"
#: Over which rows a part of something finds out whether that is a drill.
_WHOLES = ("incident", "order", "response", "report", "warning", "matter", "package")


def marked(text: str, drill: bool, language: str = "") -> str:
    """The text with the mark in front where it is of a drill, in `language` ("zh", "en"; else the reader's). Once."""
    if not drill or text.startswith(tuple(MARK.values())):
        return text
    return MARK[_short(language or get_language() or "")] + text


def is_drill(thing: Any) -> bool:
    """Whether a row is of a drill; asks the database for nothing: what was not read along is not looked at."""
    if not isinstance(thing, models.Model):
        return False
    if (own := thing.__dict__.get("drill")) is not None:
        return bool(own)
    known = thing._state.fields_cache
    return any(is_drill(known[name]) for name in _WHOLES if known.get(name) is not None)


class RealRows(models.QuerySet):
    """For rows that know of themselves that they are of a drill."""

    #: Where that stands.
    drill_field = "drill"

    def real(self):
        """Without drills: every figure and every list of what happened begins here."""
        return self.filter(**{self.drill_field: False})


def _short(language: str) -> str:
    return "en" if language.startswith("en") else "zh"
