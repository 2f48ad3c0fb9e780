"""Workbooks (XLSX) out and in, as tables of plain text and figures.

Going out, what somebody typed is never a formula, whatever it begins with. Coming in, a file is a stranger's:
its size, the size it unpacks to, its sheets' rows and columns and its formulas are looked at before it is
believed. Both sides work row by row: a table is never held whole.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any, NamedTuple

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from common.dates.local_time import LOCAL
from common.errors import Invalid
from common.text.typed import tidy

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: A table of 5,000 rows and 20 columns is about 0.35 MB; what is larger is not a table somebody filled in.
MOST_BYTES = 5 * 1024 * 1024
#: What it may unpack to. XML of a spreadsheet packs up to about 1 : 25.
MOST_UNPACKED = 80 * 1024 * 1024
#: Parts that the reader holds whole (texts that cells share, styles, the list of sheets): sheets are read row by
#: row. 70 MB of shared texts would cost 430 MB of memory; 5,000 units with two texts each need one.
MOST_WHOLE = 8 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_CHARACTERS = 2000
#: Where the reader looks for cells out of bounds: every row a sheet can have, the columns of the old format.
_LAST_ROW, _LAST_COLUMN = 1_048_576, 256

_CONTENTS = "[Content_Types].xml"

#: Characters that XML cannot hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_UNFIT_FOR_A_TITLE = re.compile(r"[\\*?:/\[\]]")
#: With these a spreadsheet program begins to calculate, also after a detour by CSV.
_CALCULATES = ("=", "+", "-", "@", "\t", "\r")

# --- out -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a heading row that stays in view, then rows of text, numbers, days, moments or None.

    `widths` are in characters, from the left; columns without one get 14. `notes` stand above the headings.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()
    notes: Sequence[str] = ()


def all_of(rows: Any) -> Any:
    """The rows of a filter, as they are. Raises Invalid for more than MOST_ROWS of them."""
    check_fits(rows.count() if isinstance(rows, QuerySet) else len(rows), MOST_ROWS)
    return rows


def check_fits(many: int, most: int) -> None:
    """A file with fewer rows than its filter has would be taken for the whole."""
    if many > most:
        raise Invalid(
            "export_too_large",
            _("The file was not made: it would have %(many)d entries, and at most %(most)d are written. Choose a unit "
              "or fewer days.") % {"many": many, "most": most},
        )  # fmt: skip


def as_xlsx(*sheets: Sheet) -> bytes:
    """Write the sheets. Text stays text; moments are written in Asia/Shanghai."""
    out = io.BytesIO()
    _book(sheets).save(out)
    return out.getvalue()


def respond(*sheets: Sheet, name: str) -> HttpResponse:
    """The sheets as a file to save, `name` without its ending."""
    response = HttpResponse(as_xlsx(*sheets), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


def save(file: IO[bytes], *sheets: Sheet) -> None:
    """Write the sheets into a file, row by row."""
    _book(sheets).save(file)


def respond_large(*sheets: Sheet, name: str) -> FileResponse:
    """As `respond`, for tables of any length: written to disk row by row and sent from there, never held whole."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    _book(sheets).save(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def _book(sheets: Iterable[Sheet]) -> Any:
    """Rows are on disk as soon as they are read."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        _write_sheet(book, sheet, _title(sheet.title, taken))
    return book


def _write_sheet(book: Any, sheet: Sheet, title: str) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    place = book.create_sheet(title)
    for number in range(1, len(sheet.headings) + 1):
        width = sheet.widths[number - 1] if number <= len(sheet.widths) else 14
        place.column_dimensions[get_column_letter(number)].width = width
    place.freeze_panes = f"A{len(sheet.notes) + 2}"
    for note in sheet.notes:
        place.append([_cell(place, note)])
    place.append([_cell(place, heading, font=Font(bold=True)) for heading in sheet.headings])
    for row in sheet.rows:
        place.append([_cell(place, value) for value in row])


def _cell(place: Any, value: Any, font: Any = None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).replace(tzinfo=None)
    elif not isinstance(value, (bool, int, float, Decimal, date)):
        value = _UNPRINTABLE.sub("", str(value))
    if font is None and not isinstance(value, date) and not str(value).startswith((*_CALCULATES, "#")):
        # The writer makes a cell of it by itself: a third of the time of a long table.
        return value
    cell = WriteOnlyCell(place, value=value)
    if isinstance(value, str):
        # openpyxl takes "=…" for a formula and "#REF!" for an error; both are only text here.
        cell.data_type = "s"
        if value.startswith(_CALCULATES):
            cell.quotePrefix = True
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if font:
        cell.font = font
    return cell


def _title(text: str, taken: set[str]) -> str:
    """A sheet's title: at most 31 characters, none of \\ * ? : / [ ], and no title twice."""
    base = _UNFIT_FOR_A_TITLE.sub(" ", _UNPRINTABLE.sub("", text)).strip("' ")[:31] or "1"
    title, number = base, 1
    while title.casefold() in taken:
        number += 1
        title = f"{base[: 30 - len(str(number))]} {number}"
    taken.add(title.casefold())
    return title


# --- in ------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A row that is not empty: its number in the sheet, counted from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]


def read_rows(
    upload: Any, *, most_rows: int = MOST_ROWS, most_columns: int = MOST_COLUMNS, most_bytes: int = MOST_BYTES
) -> list[Row]:
    """Read the first sheet of an uploaded file (anything with `size`, `read` and `seek`), headings included.

    Numbers come as they are written ("3", not "3.0"), days as 2026-11-22, spaces around text are taken off, signs that nobody sees too.
    Raises Invalid, having done nothing: for a file that is too large, damaged, protected, not a workbook,
    has too many rows or columns, or holds a formula.
    """
    if upload.size > most_bytes:
        raise Invalid(
            "file_too_large",
            _(
                "Nothing was read: the file has %(found)d MB, and at most %(most)d MB are read. "
                "Take out pictures and sheets that are not needed, or split the file."
            )
            % {"found": -(-upload.size // 2**20), "most": most_bytes // 2**20},
        )
    _check_parts(upload)
    return list(_rows_of(upload, most_rows, most_columns))


def _check_parts(upload: Any) -> None:
    """Look at the parts before unpacking any. Python's zipfile never unpacks more than a part declares."""
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as parts:
            found = parts.infolist()
            names = {part.filename for part in found}
            unpacked = sum(part.file_size for part in found)
            whole = max((part.file_size for part in found if _is_held_whole(part.filename)), default=0)
            if whole <= MOST_WHOLE and _CONTENTS in names:
                whole = max(whole, *(parts.getinfo(name).file_size for name in _shared_texts(parts)), 0)
            is_locked = any(part.flag_bits & 1 for part in found)
    # A list of contents that cannot be read fails in as many ways as XML can be wrong.
    except Exception:
        raise _not_a_workbook() from None
    if unpacked > MOST_UNPACKED or whole > MOST_WHOLE or len(found) > MOST_PARTS:
        raise Invalid(
            "file_unpacks_too_large",
            _(
                "Nothing was read: the file unpacks to more than %(most)d MB. "
                "Copy the table into a new, empty workbook and hand that in."
            )
            % {"most": (MOST_WHOLE if whole > MOST_WHOLE else MOST_UNPACKED) // 2**20},
        )
    if is_locked or _CONTENTS not in names or "xl/workbook.xml" not in names:
        raise _not_a_workbook()


def _is_held_whole(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/")


def _shared_texts(parts: zipfile.ZipFile) -> list[str]:
    """Where the workbook says that its shared texts are, read as the reader reads it: a stranger names it freely."""
    from openpyxl.packaging.manifest import Manifest
    from openpyxl.xml.constants import SHARED_STRINGS
    from openpyxl.xml.functions import fromstring

    listed = Manifest.from_tree(fromstring(parts.read(_CONTENTS))).findall(SHARED_STRINGS)
    names = {one.PartName.lstrip("/") for one in listed}
    return [name for name in parts.namelist() if name in names]


def _not_a_workbook() -> Invalid:
    return Invalid(
        "not_a_workbook",
        _(
            "Nothing was read: the file is not a workbook that can be opened (damaged, protected by a password, "
            "or of another kind). Save it as .xlsx without a password and hand it in again."
        ),
    )


def _rows_of(upload: Any, most_rows: int, most_columns: int) -> Iterator[Row]:
    from openpyxl import load_workbook

    upload.seek(0)
    try:
        book = load_workbook(upload, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=_LAST_COLUMN)
        empty = None
        for number, cells in enumerate(rows, start=1):
            # For rows that are left out the reader hands over the same tuple: a million of them cost 0.2 s.
            if cells is empty:
                continue
            texts = _texts_of(cells)
            if not texts:
                empty = cells
            else:
                _check_bounds(number, texts, most_rows, most_columns)
                yield Row(number, texts)
    except Invalid:
        raise
    # A hostile file fails in many ways inside the reader: bad XML, missing parts, wrong types, endless numbers.
    except Exception:
        raise _not_a_workbook() from None


def _check_bounds(number: int, texts: tuple[str, ...], most_rows: int, most_columns: int) -> None:
    if number > most_rows or len(texts) > most_columns:
        raise Invalid(
            "table_too_large",
            _(
                "Nothing was read: the table has more than %(rows)d rows or %(columns)d columns. "
                "Split it into several files."
            )
            % {"rows": most_rows, "columns": most_columns},
        )


def _texts_of(cells: Iterable[Any]) -> tuple[str, ...]:
    """The row as text up to its last cell that holds something."""
    texts = [_text_of(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text_of(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise Invalid(
            "formula_in_cell",
            _(
                "Nothing was read: cell %(cell)s holds a formula, and formulas are not calculated here. "
                "Copy the column and paste it as values, then hand the file in again."
            )
            % {"cell": cell.coordinate},
        )
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return _moment_of(value, cell.number_format)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return tidy(_UNPRINTABLE.sub("", str(value)))[:MOST_CHARACTERS]


def _moment_of(value: datetime, number_format: str) -> str:
    """2026-11-22, and with the time where the cell shows one, midnight too. A time is a fraction of a day in the file:
    half past eight may come out a hundredth of a second early."""
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if value.time() == time() and "h" not in number_format.lower():
        return value.date().isoformat()
    return value.isoformat(" ", "seconds")
