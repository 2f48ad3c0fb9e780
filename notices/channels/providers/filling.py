"""A message as a provider's approved template: which variable gets what, within its length. Plain values."""

import re
from collections.abc import Mapping, Sequence

from notices.sending.message_templates import MUST_SAY

#: What is never shortened: without them nobody knows which warning it is, or how grave.
NEVER_CUT = (*MUST_SAY, "until", "count")
_LINK = re.compile(r"https?://\S+")
#: After one of these a shortened text still reads as one.
_STOPS = "。；！？，、,;.!? "
#: Providers refuse a variable with nothing in it.
EMPTY = "无"


class NoRoom(ValueError):
    """What must not be shortened is longer than the provider's variable."""


def fill(
    variables: Sequence[tuple[str, str]], facts: Mapping[str, str], limit: int, mark: str = ""
) -> dict[str, str]:
    """The provider's variables in order, each with its value of at most `limit` characters.

    `variables`: (the provider's name, ours). A fact that several variables name is spread over them, so that a long
    text goes into several short variables. `mark`: of a drill; it stands before the first of them. Raises KeyError
    for a fact the message has not, NoRoom.
    """
    if mark and variables:
        first = variables[0][1]
        facts = {**facts, first: f"{mark}{facts[first]}"}
    pieces = {
        fact: _spread(fact, _plain(facts[fact]), sum(ours == fact for _theirs, ours in variables), limit)
        for fact in dict.fromkeys(ours for _theirs, ours in variables)
    }
    return {theirs: pieces[ours].pop(0) for theirs, ours in variables}


def _plain(value: str) -> str:
    """One line, without links and the brackets of a signature: both are refused in a variable."""
    text = _LINK.sub("", value).replace("【", "").replace("】", "")
    return " ".join(text.split())


def _spread(fact: str, text: str, count: int, limit: int) -> list[str]:
    if fact in NEVER_CUT and len(text) > limit:
        raise NoRoom(fact)
    text = shortened(text, count * limit) or EMPTY
    # Evenly, so that none is empty where there are letters for all.
    size = min(limit, max(1, -(-len(text) // count)))
    pieces = [text[begin : begin + size] for begin in range(0, len(text), size)]
    return pieces + ["。"] * (count - len(pieces))


def shortened(text: str, limit: int) -> str:
    """Cut after a stop in its second half where there is one, else where it must be; "…" says that it was."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    stop = max(head.rfind(letter) for letter in _STOPS)
    return (head[:stop] if stop >= limit // 2 else head.rstrip()) + "…"
