"""Text as it comes in: what no keyboard makes is refused, what a clipboard brings along is taken out.

PostgreSQL stores no NUL, UTF-8 has no lone surrogates, and documents we write (CAP, workbooks, papers) take no
control characters: each of them would fail far behind the door, where nobody can say why.
"""

import re
from typing import Any

#: NUL, halves of surrogate pairs, and code points that are no characters. Only a machine sends them.
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
#: Word puts a vertical tab or a form feed where a line ends.
_BREAKS = re.compile("[\x0b\x0c]")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
_UNTIDY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def is_impossible(text: str) -> bool:
    return bool(_IMPOSSIBLE.search(text))


def has_control(text: str) -> bool:
    """Any control character at all: an address has none, not even a line break."""
    return is_impossible(text) or bool(re.search("[\x01-\x1f\x7f]", text))


def tidied(text: str) -> str:
    """The text without control characters; tabs and line breaks stay."""
    if not _UNTIDY.search(text):
        return text
    return _CONTROLS.sub("", _BREAKS.sub("\n", _IMPOSSIBLE.sub("", text)))


def impossible_within(value: Any) -> bool:
    """Whether a JSON value holds impossible text anywhere, its names included."""
    if isinstance(value, dict):
        return any(is_impossible(str(name)) or impossible_within(inner) for name, inner in value.items())
    if isinstance(value, list):
        return any(map(impossible_within, value))
    return isinstance(value, str) and is_impossible(value)


def tidied_within(value: Any) -> Any:
    if isinstance(value, dict):
        return {tidied(str(name)): tidied_within(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [tidied_within(inner) for inner in value]
    return tidied(value) if isinstance(value, str) else value
