"""Tables that people hand in, CSV or XLSX, whatever program wrote them: one reader for every import.

A file is UTF-8 (with or without a byte order mark), UTF-16 or GB 18030, its lines end in any way, its cells are parted
by commas, semicolons or tabs. Headings stand in the first line, in Chinese or English, in any order. Every cell is
brought to the form of its column; what is wrong with a cell is said with its line and column.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files import File
from django.utils.translation import gettext as _

from common.documents import workbooks
from common.text import codes as rules
from common.text.typed import day_in, is_shortened, plain, tidy

#: As many lines as a workbook may have for a command; CSV has no such bound.
MOST_ROWS = 20_001
_BEGINNING = 65_536


class Unreadable(Exception):
    """The file as a whole is not a table of the wanted kind."""


class BadCell(Exception):
    """A cell that cannot be read, with what to do about it."""


class Column(NamedTuple):
    """One column: its name in code, what else it may be called, how its cells are read, whether it may be missing."""

    name: str
    headings: tuple[str, ...] = ()
    read: Callable[[str], str] = tidy
    is_needed: bool = True

    @property
    def label(self) -> str:
        return f"{self.headings[0]} {self.name}" if self.headings else self.name


class Row(NamedTuple):
    """A line that is not empty: its number in the file, its cells by column, what could not be read."""

    number: int
    cells: dict[str, str]
    problem: str = ""


class Table:
    """A file with its headings understood; iterate for its rows, as often as you like.

    Raises Unreadable for what is no such table, and Invalid (common.documents.workbooks) for a workbook that is not believed.
    """

    def __init__(self, source: Path | Any, columns: Sequence[Column], *, most_rows: int = MOST_ROWS):
        self.source, self.columns, self._most_rows = source, columns, most_rows
        #: A workbook's lines, read once; a text is read line by line each time.
        self._sheet: list[workbooks.Row] | None = None
        with self._lines() as lines:
            _number, first = next(lines, (0, []))
        self.order = _understood(first, columns)

    def __iter__(self) -> Iterator[Row]:
        with self._lines() as lines:
            next(lines, None)
            for number, cells in lines:
                if any(map(tidy, cells)):
                    yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[str]) -> Row:
        found = {column.name: "" for column in self.columns}
        if any(map(tidy, cells[len(self.order) :])):
            return Row(number, found, _("the line has more cells than the first line has headings: put a text with a "
                                        "comma in it into quotation marks"))  # fmt: skip
        problem = ""
        for column, text in zip(self.order, cells, strict=False):
            try:
                found[column.name] = column.read(_unwrapped(text))
            except BadCell as bad:
                found[column.name] = tidy(text)
                problem = problem or _("column %(column)s: %(problem)s") % {
                    "column": column.label, "problem": bad}  # fmt: skip
        return Row(number, found, problem)

    @contextmanager
    def _lines(self) -> Iterator[Iterator[tuple[int, Sequence[str]]]]:
        """(line number, cells) of every line, the headings first."""
        with _opened(self.source) as file:
            if file.read(4).startswith(b"PK\x03\x04"):
                self._sheet = self._sheet or workbooks.read_rows(File(file), most_rows=self._most_rows)
                yield iter(self._sheet)
                return
            file.seek(0)
            text = io.TextIOWrapper(file, encoding=_encoding_of(file), newline="")
            try:
                yield _of_text(text)
            finally:
                # The file is its owner's: an upload is read again.
                text.detach()


def text_of(source: Path | Any) -> str:
    """The whole file as text, without spaces before it; "" for a workbook. Raises Unreadable where it is none."""
    with _opened(source) as file:
        if file.read(4).startswith(b"PK\x03\x04"):
            return ""
        encoding = _encoding_of(file)
        file.seek(0)
        return str(file.read().decode(encoding)).lstrip()


@contextmanager
def _opened(source: Path | Any) -> Iterator[Any]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    source.seek(0)
    yield source


def _of_text(text: Any) -> Iterator[tuple[int, Sequence[str]]]:
    beginning = text.readline(_BEGINNING)
    text.seek(0)
    reader = csv.reader(text, delimiter=_delimiter_of(beginning))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s cannot be read (%(error)s). Look for a quotation mark without its twin, then save the "
              "file as CSV again.") % {"line": reader.line_num, "error": error}
        ) from None  # fmt: skip


def _encoding_of(file: Any) -> str:
    """UTF-8, or what Chinese spreadsheet programs write by default; read to the end, for a name may stand there."""
    file.seek(0)
    if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        file.seek(0)
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while part := file.read(_BEGINNING * 16):
                decoder.decode(part)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return encoding
    raise Unreadable(
        _("The file is neither UTF-8 nor GB 18030. Open it in the program that wrote it and save it as “CSV UTF-8” or "
          "as a workbook (.xlsx).")
    )  # fmt: skip


def _delimiter_of(line: str) -> str:
    return max(",;\t", key=line.count)


# --- headings ------------------------------------------------------------------------------------------------


def _understood(first: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    """The columns in the file's order. Raises Unreadable for a heading that is unknown, missing or there twice."""
    known = {}
    for column in columns:
        for name in (column.name, *column.headings, column.label):
            known[_heading(name)] = column
    found = [
        known.get(_heading(text)) or known.get(_heading(text.rpartition(" ")[2]))
        for text in _without_empty_end(first)
    ]
    unknown = [tidy(text) or "–" for text, column in zip(first, found, strict=False) if column is None]
    missing = [column.label for column in columns if column.is_needed and column not in found]
    twice = sorted({column.label for column in found if column and found.count(column) > 1})
    if unknown or missing or twice:
        raise Unreadable(_wrong_headings(unknown, missing, twice, columns))
    return [column for column in found if column]


def _wrong_headings(
    unknown: list[str], missing: list[str], twice: list[str], columns: Sequence[Column]
) -> str:
    """Everything that is wrong with the first line, in one go."""
    said = {
        "unknown": ", ".join(unknown) or "–",
        "missing": ", ".join(missing) or "–",
        "twice": ", ".join(twice) or "–",
        "columns": ", ".join(column.name for column in columns),
    }
    return (
        _(
            "The first line does not name the columns of this table. Unknown: %(unknown)s. Missing: %(missing)s. Named "
            "twice: %(twice)s. It may name, in any order: %(columns)s."
        )
        % said
    )


def _heading(text: str) -> str:
    return plain(text).casefold().replace(" ", "").replace("_", "").replace("-", "")


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    found = list(cells)
    while found and not tidy(found[-1]):
        found.pop()
    return found


# --- cells ---------------------------------------------------------------------------------------------------


def _unwrapped(text: str) -> str:
    """Without what keeps a spreadsheet program from calculating: ="0500" and '0500."""
    text = tidy(text)
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    return text[1:] if text[:1] == "'" and text[1:2] in "0123456789+=-@" else text


def code(kind: str) -> Callable[[str], str]:
    """A reader of codes of this kind (common.text.codes); an empty cell stays empty."""

    def read(text: str) -> str:
        not_shortened(text)
        if text and not rules.fits(kind, text):
            raise BadCell(f"“{text}”: {rules.SENTENCES[kind]}")
        return rules.NORMAL[kind](text)

    return read


def not_shortened(text: str) -> str:
    """A number that is a name: telephone, code. Refuses what a spreadsheet program has shortened."""
    if is_shortened(text):
        raise BadCell(_("“%(found)s” is a number that a spreadsheet program has shortened: its last figures are lost. "
                        "Set the column to “text”, type the number again, then save.") % {"found": text})  # fmt: skip
    return plain(text)


def day(text: str) -> str:
    """A day as 2026-11-22."""
    if not text:
        return ""
    try:
        return day_in(text).isoformat()
    except ValueError:
        raise BadCell(_("“%(found)s” is not a day. Write it like 2026-11-22.") % {"found": text}) from None
