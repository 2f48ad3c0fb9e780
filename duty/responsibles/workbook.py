"""Responsibles as a workbook: the download is the pattern for what is handed in."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.queries import open_units, users_named
from common.documents.table_files import Column, Table, Unreadable
from common.errors import Invalid
from common.text.typed import plain
from duty.responsibles.choices import Part

COLUMNS = (
    Column("unit", ("单位代码", "单位"), plain),
    Column("first", ("第一责任人账号", "第一责任人"), plain, is_needed=False),
    Column("main", ("主要责任人账号", "主要责任人"), plain, is_needed=False),
    Column("direct", ("直接责任人账号", "直接责任人"), plain, is_needed=False),
    Column("reporter", ("信息员账号", "报送人账号", "报送人"), plain, is_needed=False),
    Column("stand_in", ("替补账号", "报送替补账号", "报送替补"), plain, is_needed=False),
)
#: A city with its villages has some thousands.
MOST_LINES = 5000


def read(upload: Any) -> list[tuple[Unit, dict[str, User | None]]]:
    """Each line: a unit's code and usernames; an empty cell leaves that part as it is (two queries).

    Raises Invalid for a file that is no table, and naming the lines that are not in order.
    """
    try:
        rows = list(Table(upload, COLUMNS, most_rows=MOST_LINES + 1))
    except Unreadable as unreadable:
        raise _not_read(str(unreadable).rstrip(".。")) from None
    if not rows or len(rows) > MOST_LINES:
        raise _not_read(_("it holds no line") if not rows else _("it holds too many lines"))
    units = open_units({row.cells["unit"] for row in rows})
    typed = {row.cells.get(part, "") for row in rows for part in Part.values} - {""}
    people = users_named(typed)
    wrong = [
        _("line %(number)s: there is no %(names)s") % {"number": row.number, "names": ", ".join(missing)}
        for row in rows
        if (missing := _missing(row.cells, units, people))
    ]
    if wrong:
        raise _not_read("; ".join(wrong[:20]))
    return [
        (
            units[row.cells["unit"]],
            {part: people[row.cells[part]] for part in Part.values if row.cells.get(part)},
        )
        for row in rows
    ]


def _missing(cells: dict[str, str], units: dict[str, Unit], people: dict[str, User]) -> list[str]:
    names: Iterable[str] = (cells.get(part, "") for part in Part.values)
    lacking = [name for name in names if name and name not in people]
    return lacking if cells["unit"] in units else [cells["unit"] or "–", *lacking]


def _not_read(why: str) -> Invalid:
    sentence = _("The file was not read: %(why)s. Download the grid's pattern and fill it in.") % {"why": why}
    return Invalid("not_read", sentence, fields={"file": [sentence]})
