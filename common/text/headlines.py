"""The beginning of a text that people typed, for a title: the whole of it stands one click away."""

import unicodedata

#: In full-width characters; two narrow ones take the room of one.
LONGEST = 40


def headline(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut to `longest` full-width characters, the mark of the cut included.

    A text that is cut within a word of a language with spaces loses the piece of that word.
    """
    said = " ".join(text.split())
    room = 2 * longest
    if sum(map(_width, said)) <= room:
        return said
    kept = ""
    for letter in said:
        if (room := room - _width(letter)) < 2:
            break
        kept += letter
    if kept[-1].isascii() and kept[-1].isalnum() and said[len(kept)].isalnum():
        kept = kept.rpartition(" ")[0] or kept
    return f"{kept.rstrip(' ,.;:，。；：、')}…"


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
