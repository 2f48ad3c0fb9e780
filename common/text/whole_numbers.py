"""Whole numbers of an address or a form: ids, revisions, pages."""

#: More digits than any id has, and fewer than a database counts with.
_LONGEST = 18


def read_number(text: str) -> int | None:
    """The number, or None for anything that is no ASCII number of a length we use.

    `str.isdigit` alone also passes "²" and "٣", and a number of 5,000 digits that `int` refuses.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None
