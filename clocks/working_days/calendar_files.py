"""Read a year's working days from a file. Two forms are understood:

A table (CSV or XLSX) with the columns `date,is_workday,notice`, e.g. `2027-02-06,1,春节调休`; is_workday is 1 or 0, work or
off, 班 or 休. Only the exceptions need to be listed.

JSON as the public holiday-cn project publishes it: `{"year": 2027, "days": [{"date", "isOffDay", "name"}]}`.
"""

import io
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from common.documents.table_files import BadCell, Column, Row, Table, Unreadable, day, text_of
from common.errors import Invalid
from common.text.typed import plain, tidy


class Day(NamedTuple):
    date: date
    is_workday: bool
    notice: str = ""


class YearFile(NamedTuple):
    """`year` is the year the file is about; days of a neighbour year may stand in it too."""

    year: int
    days: list[Day]


_WORK = {"1", "1.0", "true", "work", "workday", "yes", "班", "上班", "工作日", "调休上班", "补班", "是"}
_OFF = {"0", "0.0", "false", "off", "holiday", "no", "休", "休息", "放假", "节假日", "休息日", "否"}


def work_or_off(text: str) -> str:
    word = plain(text).casefold()
    if word not in _WORK | _OFF:
        raise BadCell(_("“%(found)s” is neither work nor off. Write 班 or 休, 1 or 0.") % {"found": text})
    return "1" if word in _WORK else "0"


COLUMNS = (
    Column("date", ("日期",), day),
    Column("is_workday", ("是否上班", "是否工作日", "班休"), work_or_off),
    Column("notice", ("说明", "名称", "备注"), tidy, is_needed=False),
)


def read(source: Path | str) -> YearFile:
    """Read a file, or its text. Raises ValueError with a sentence that names the line or day and what to do."""
    source = io.BytesIO(source.encode()) if isinstance(source, str) else source
    try:
        text = text_of(source)
        days, year = _read_json(text) if text.startswith("{") else (_read_table(source), None)
    except (Unreadable, Invalid) as unreadable:
        raise ValueError(str(unreadable)) from None
    if not days:
        raise ValueError(_("The file lists no day. Write one line for each exception."))
    if repeated := [day for day, count in Counter(day.date for day in days).items() if count > 1]:
        raise ValueError(_("%(day)s is listed twice. Keep one of the lines.") % {"day": repeated[0]})
    return YearFile(year or Counter(day.date.year for day in days).most_common(1)[0][0], days)


def _read_json(text: str) -> tuple[list[Day], int | None]:
    try:
        document = json.loads(text)
        rows = document["days"]
        days = [
            Day(date.fromisoformat(row["date"]), not row["isOffDay"], row.get("name", "")) for row in rows
        ]
        return days, document.get("year")
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(
            _("The JSON is not of the form year, days[date, isOffDay, name]: %(error)s") % {"error": error}
        ) from error


def _read_table(source: Any) -> list[Day]:
    return [_read_row(row) for row in Table(source, COLUMNS)]


def _read_row(row: Row) -> Day:
    problem = row.problem
    for name in ("date", "is_workday"):
        if not problem and not row.cells[name]:
            problem = _("column %(column)s: it is empty") % {"column": name}
    if problem:
        raise ValueError(_("Line %(line)s, %(problem)s") % {"line": row.number, "problem": problem})
    return Day(date.fromisoformat(row.cells["date"]), row.cells["is_workday"] == "1", row.cells["notice"])
