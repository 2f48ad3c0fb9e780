"""Read a year's working days from a file. Two forms are understood:

CSV with the columns `date,is_workday,notice`, e.g. `2027-02-06,1,春节调休`; is_workday is 1 or 0,
work or off, 班 or 休. Only the exceptions need to be listed.

JSON as the public holiday-cn project publishes it: `{"year": 2027, "days": [{"date", "isOffDay", "name"}]}`.
"""

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple


class Day(NamedTuple):
    date: date
    is_workday: bool
    notice: str = ""


class YearFile(NamedTuple):
    """`year` is the year the file is about; days of a neighbour year may stand in it too."""

    year: int
    days: list[Day]


_WORK = {"1", "true", "work", "workday", "yes", "班"}
_OFF = {"0", "false", "off", "holiday", "no", "休"}


def read(text: str) -> YearFile:
    """Read either form. Raises ValueError with a sentence that names the line or day."""
    days, year = _read_json(text) if text.lstrip().startswith("{") else (_read_csv(text), None)
    if not days:
        raise ValueError("the file lists no day")
    if repeated := [day for day, count in Counter(day.date for day in days).items() if count > 1]:
        raise ValueError(f"{repeated[0]} is listed twice")
    return YearFile(year or Counter(day.date.year for day in days).most_common(1)[0][0], days)


def _read_json(text: str) -> tuple[list[Day], int | None]:
    try:
        document = json.loads(text)
        rows = document["days"]
        days = [
            Day(date.fromisoformat(row["date"]), not row["isOffDay"], row.get("name", "")) for row in rows
        ]
        return days, document.get("year")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the JSON is not of the form year, days[date, isOffDay, name]: {error}") from error


def _read_csv(text: str) -> list[Day]:
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    if not {"date", "is_workday"} <= set(rows.fieldnames or ()):
        raise ValueError("the first line must be date,is_workday,notice")
    return [_read_row(row, rows.line_num) for row in rows]


def _read_row(row: dict, line: int) -> Day:
    word = (row["is_workday"] or "").strip().lower()
    if word not in _WORK | _OFF:
        raise ValueError(f"line {line}: {word!r} is neither work nor off")
    try:
        day = date.fromisoformat(row["date"].strip())
    except ValueError:
        raise ValueError(f"line {line}: {row['date']!r} is not a date like 2027-01-01") from None
    return Day(day, word in _WORK, (row.get("notice") or "").strip())


def whole_year(file: YearFile) -> list[Day]:
    """Every day of the file's year: as listed, otherwise Monday to Friday work, Saturday and Sunday off."""
    listed = {day.date: day for day in file.days}
    first = date(file.year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(file.year + 1, 1, 1) - first).days))
    return [listed.get(day) or Day(day, day.weekday() < 5) for day in days]
