"""The names of things, as callers of the API write them: the journal's key ("incident:5") or a number people use.

Rooms that give numbers register how to read them, so that the rooms below can be asked by number too.
"""

from collections.abc import Callable

from common.hooks import Hook

#: fn(text) → journal key, or None if it is not one of the room's numbers.
READERS: Hook[Callable[[str], str | None]] = Hook()


def key_of(text: str) -> str:
    """The journal key for what the caller wrote; unknown text comes back as it is and matches nothing."""
    text = text.strip()
    if ":" in text:
        return text
    return next((key for reader in READERS if (key := reader(text))), text)
