"""Reads a CSV file row by row, whatever program wrote it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

#: As many problems as are read at once; the rest is counted.
MOST_PROBLEMS = 50


class Problem(NamedTuple):
    line: int
    text: str


class Unreadable(Exception):
    """The file as a whole is not a table of the wanted kind."""


def encoding_of(file: Path) -> str:
    """UTF-8, or what a Chinese spreadsheet program writes by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with file.open(encoding=encoding) as lines:
                for _line in lines:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(_("The file is neither UTF-8 nor GB 18030. Save it as UTF-8."))


def rows(file: Path, *, columns: tuple[str, ...], encoding: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row) for every row that is not empty; values without spaces around them.

    Raises Unreadable unless the first line names exactly `columns`, in any order.
    """
    with file.open(encoding=encoding, newline="") as lines:
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        if sorted(header) != sorted(columns):
            raise Unreadable(
                _("The first line must name the columns %(columns)s; it names %(found)s.")
                % {"columns": ",".join(columns), "found": ",".join(header) or "–"}
            )
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if any(values):
                values += [""] * (len(header) - len(values))
                yield reader.line_num, dict(zip(header, values, strict=False))
