"""A table of totals as it was handed in: what each line would do is shown first, and only what was shown is kept.

There are four columns and no other: a table with callers or contents is refused as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.hotline.classes import MOST, class_named, class_words
from cases.hotline.models import HotlineTotal
from common.dates.days import read_month
from common.dates.local_time import day_of
from common.documents.table_files import BadCell, Column, Table, Unreadable
from common.documents.workbooks import MOST_BYTES
from common.errors import Invalid
from common.text.typed import plain, tidy
from common.text.whole_numbers import read_number

_SALT = "cases.hotline.files"
#: So long may a table be looked at before it is kept, in seconds.
MOST_AGE = 3600
MOST_LINES = 2000


def _month(text: str) -> str:
    """ "2026-11" from that, 2026/11, 2026年11月, 202611 or a day of the month."""
    found = plain(text).replace("年", "-").replace("月", "").replace("/", "-").replace(".", "-")
    if len(found) == 6 and found.isdigit():
        found = f"{found[:4]}-{found[4:]}"
    year, _dash, rest = found.partition("-")
    month = rest.partition("-")[0].zfill(2)
    if read_month(f"{year}-{month}") is None:
        raise BadCell(_("“%(found)s” is not a month. Write it like 2026-11.") % {"found": text})
    return f"{year}-{month}"


def _count(text: str) -> str:
    number = read_number(plain(text).replace(",", ""))
    if number is None or number > MOST:
        raise BadCell(_("“%(found)s” is not a whole number up to %(most)d.") % {"found": text, "most": MOST})
    return str(number)


COLUMNS = (
    Column("month", ("月份", "统计月份"), _month),
    Column("unit", ("单位代码", "单位编码"), plain),
    Column("class", ("类别", "诉求类别"), tidy),
    Column("count", ("件数", "总数"), _count),
)


class TotalRow(NamedTuple):
    """One line as it was understood, and what it would do."""

    number: int
    cells: dict[str, str]
    unit: Unit | None = None
    month: date | None = None
    dispute_class: str = ""
    #: What stands there now; None: nothing.
    was: int | None = None
    problem: str = ""
    #: The column that the problem is about, where it is about one.
    column: str = ""

    @property
    def many(self) -> int:
        return int(self.cells["count"])

    @property
    def does(self) -> str:
        if self.problem:
            return "refused"
        return "new" if self.was is None else "same" if self.was == self.many else "changed"

    @property
    def class_words(self) -> str:
        return class_words(self.dispute_class) if self.dispute_class else self.cells["class"]


def read(upload: Any, *, reach: Reach, now: datetime) -> list[TotalRow]:
    """Every line of the table. Raises Invalid for a file that is no such table."""
    if upload.size > MOST_BYTES:
        raise _not_read(_("it has more than %(most)d MB") % {"most": MOST_BYTES // 2**20})
    try:
        lines = [
            TotalRow(row.number, row.cells, problem=row.problem)
            for row in Table(upload, COLUMNS, most_rows=MOST_LINES + 1)
        ]
    except Unreadable as unreadable:
        raise _not_read(str(unreadable).rstrip(".。")) from None
    if not lines:
        raise _not_read(_("it holds no line"))
    if len(lines) > MOST_LINES:
        raise _not_read(_("it holds more than %(most)d lines") % {"most": MOST_LINES})
    return _compared(_understood(lines, reach, now))


def read_totals(given: Sequence[Mapping[str, str]], *, reach: Reach, now: datetime) -> list[TotalRow]:
    """The same lines, handed in one by one by a program: the cells of each by the columns' names."""
    return _compared(_understood([_line(number, cells) for number, cells in enumerate(given, 1)], reach, now))


def _line(number: int, given: Mapping[str, str]) -> TotalRow:
    cells = {column.name: given[column.name] for column in COLUMNS}
    for column in COLUMNS:
        try:
            cells[column.name] = column.read(cells[column.name])
        except BadCell as bad:
            return TotalRow(number, cells, problem=str(bad), column=column.name)
    return TotalRow(number, cells)


def _understood(lines: list[TotalRow], reach: Reach, now: datetime) -> Iterable[TotalRow]:
    codes = {line.cells["unit"] for line in lines}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes, valid_to=None)}
    seen: dict[tuple, int] = {}
    for line in lines:
        if line.problem:
            yield line
            continue
        unit, month = units.get(line.cells["unit"]), read_month(line.cells["month"])
        found = class_named(line.cells["class"], unit, now) if unit else ""
        name = (line.cells["unit"], month, found)
        problem, column = _fault(line, unit, month, found, reach, now)
        if not problem and name in seen:
            problem = _("line %(line)s is about the same unit, month and class: keep one of them") % {
                "line": seen[name]}  # fmt: skip
        seen.setdefault(name, line.number)
        yield line._replace(unit=unit, month=month, dispute_class=found, problem=problem, column=column)


def _fault(
    line: TotalRow, unit: Unit | None, month: date | None, found: str, reach: Reach, now: datetime
) -> tuple[str, str]:
    """(what is wrong, the column it is about); nothing of either where nothing is."""
    if unit is None or not reach.holds("matter.manage", unit.path):
        said = _("column %(column)s: there is no unit %(code)s that is yours to enter totals for") % {
            "column": COLUMNS[1].label, "code": line.cells["unit"] or "–"}  # fmt: skip
        return said, "unit"
    if month is None or month > day_of(now):
        return _("column %(column)s: the month has not begun") % {"column": COLUMNS[0].label}, "month"
    if not found:
        said = _("column %(column)s: “%(found)s” is no class of the plan; write one of them, or 其他") % {
            "column": COLUMNS[2].label, "found": line.cells["class"] or "–"}  # fmt: skip
        return said, "class"
    return "", ""


def _compared(lines: Iterable[TotalRow]) -> list[TotalRow]:
    found = list(lines)
    units = {line.unit.pk for line in found if line.unit}
    months = {line.month for line in found if line.month}
    rows = HotlineTotal.objects.filter(unit__in=units, month__in=months)
    there: dict[tuple[int, date | None, str], int] = {(unit, month, name): many for unit, month, name, many in rows.values_list(
        "unit", "month", "dispute_class", "count")}  # fmt: skip
    return [
        line._replace(was=there.get((line.unit.pk, line.month, line.dispute_class))) if line.unit else line
        for line in found
    ]


def _not_read(why: str) -> Invalid:
    sentence = _(
        "The file was not read and nothing was kept: %(why)s. Hand in a CSV or XLSX file with the four columns named below."
    ) % {"why": why}
    return Invalid("not_read", sentence, fields={"file": [sentence]})


# --- what was shown is what is kept --------------------------------------------------------------------------


class Total(NamedTuple):
    """One total to keep."""

    unit_id: int
    month: date
    dispute_class: str
    many: int


def changes(lines: Sequence[TotalRow]) -> list[Total]:
    """What would be new or changed."""
    return [
        Total(line.unit.pk, line.month, line.dispute_class, line.many)
        for line in lines
        if line.does in ("new", "changed") and line.unit and line.month
    ]


def seal(lines: Sequence[TotalRow], *, reach: Reach) -> str:
    """What would be new or changed, signed for this person: nothing else can be kept by it."""
    rows = [[one.unit_id, f"{one.month:%Y-%m}", one.dispute_class, one.many] for one in changes(lines)]
    return signing.dumps({"by": reach.user.pk, "rows": rows}, salt=_SALT, compress=True)


def unseal(token: str, *, reach: Reach) -> list[Total]:
    """What this person was shown. Raises Invalid for anything else."""
    try:
        body = signing.loads(token, salt=_SALT, max_age=MOST_AGE)
    except signing.BadSignature:
        body = {}
    if body.get("by") != reach.user.pk:
        raise Invalid(
            "file_not_known",
            _("Nothing was kept: what you looked at is older than an hour, or was not made here. Hand in the file again."),
        )  # fmt: skip
    return [
        Total(unit, month, name, many)
        for unit, text, name, many in body["rows"]
        if (month := read_month(text)) is not None
    ]
