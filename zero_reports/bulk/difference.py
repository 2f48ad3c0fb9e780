"""What a workbook would change: unit, before, after, and what is wrong, line by line. Nothing is written here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.periods import Period
from common.documents.table_files import Column, Table, Unreadable
from common.documents.workbooks import MOST_BYTES, Row, Sheet
from common.errors import Invalid, Refused
from common.text.codes import unit_code
from common.text.personal_data import unsigned_personal_data_in
from common.text.typed import day_in, is_same_name, plain, tidy
from zero_reports.bulk import rules
from zero_reports.bulk.rules import ANSWER, CODE, NOTE, PERIOD, UNIT, LineAnswer
from zero_reports.counts.queries import Rounds, UnitRow
from zero_reports.filing.actions import Item, check_open_for
from zero_reports.filing.classes import classes_at
from zero_reports.filing.models import ZeroReport
from zero_reports.filing.permissions import filing_post
from zero_reports.filing.slots import Slot

_SALT = "zero_reports.bulk"
#: So long may a difference be looked at before it is applied.
MOST_AGE = 3600


class Before(NamedTuple):
    """What a unit has said so far."""

    said: LineAnswer = LineAnswer()
    #: 0 = nothing.
    version: int = 0
    has_incidents: bool = False
    report: ZeroReport | None = None


_NOTHING = Before()


class BulkRow(NamedTuple):
    """One line as it was understood."""

    number: int
    code: str
    unit: Unit | None
    before: Before
    after: LineAnswer
    on_behalf: bool = False
    problem: str = ""

    @property
    def asks_for_something(self) -> bool:
        return bool(self.after.answer) and self.after != self.before.said

    @property
    def changes(self) -> bool:
        """Whether applying it files something."""
        return not self.problem and self.asks_for_something


def sheet_of(lines: Sequence[UnitRow], unit: Unit, period: Period, now: datetime) -> Sheet:
    """The units of the list with what each has said; a line left empty files nothing."""
    classes = classes_at(unit, now)
    said = _said({line.unit.pk for line in lines}, period)
    rows = [
        [line.unit.code, str(line.unit), str(period), *said.get(line.unit.pk, _NOTHING).said.cells(classes)]
        for line in lines
    ]
    words = {
        CODE: _("Code"), UNIT: _("Unit"), PERIOD: _("Period"), ANSWER: _("Answer"), NOTE: _("In one sentence"),
    }  # fmt: skip
    widths = (14, 24, 14, 12, *[14] * len(classes), 48)
    return Sheet(f"{unit.code} {period}", rules.headings(words, classes), rows, widths=widths)


def read(upload: Any, *, reach: Reach, root: Unit, period: Period, now: datetime) -> list[BulkRow]:
    """Every line below the headings. Raises Invalid for a file that is no such workbook."""
    classes = list(classes_at(root, now))
    rows = _rows(upload, classes)
    units = _units({row.cells[0] for row in rows}, root, reach)
    said = _said({unit.pk for unit in units.values()}, period)
    rounds = Rounds(period, root)
    lines: list[BulkRow] = []
    seen: dict[str, int] = {}
    for row in rows:
        after, fault = rules.read(row.cells, classes)
        unit = units.get(row.cells[0])
        before = said.get(unit.pk, _NOTHING) if unit else _NOTHING
        line = BulkRow(row.number, row.cells[0], unit, before, after)
        problem = _wrong_place(line, row, period, seen) or _fault(fault)
        if line.unit and not problem and line.asks_for_something:
            problem = _objection(line, line.unit, rounds, now)
        behalf = line.unit is not None and filing_post(reach, line.unit)[1]
        seen.setdefault(line.code, row.number)
        lines.append(line._replace(problem=problem, on_behalf=behalf))
    return lines


def _wrong_place(line: BulkRow, row: Row, period: Period, seen: dict[str, int]) -> str:
    """Whether the line is about a unit and a period of this page, and the only one of its unit."""
    if line.unit is None:
        return _("there is no such unit, or it is not one you file for here")
    if line.code in seen:
        return _("line %(line)s is about the same unit: keep one of them") % {"line": seen[line.code]}
    unit = line.unit
    if row.cells[1] and not any(
        is_same_name(row.cells[1], name) for name in (unit.name, unit.name_en) if name
    ):
        said = {"code": line.code, "unit": unit, "name": row.cells[1]}
        return _("the code %(code)s is %(unit)s, the line says %(name)s: which of them is meant?") % said
    if (found := _period_in(row.cells[2])) != str(period):
        said = {"found": found or "–", "period": period}
        return _("the line is for %(found)s, this page is for %(period)s") % said
    return ""


def _period_in(text: str) -> str:
    """A period as it is written here; a day also as a spreadsheet program shows it."""
    try:
        return day_in(text).isoformat()
    except ValueError:
        return plain(text).upper()


def _rows(upload: Any, classes: Sequence[str]) -> list[Row]:
    """Each line with its cells in the list's order, whatever the file's."""
    columns = _columns(classes)
    if upload.size > MOST_BYTES:
        raise _not_read(_("it has more than %(most)d MB") % {"most": MOST_BYTES // 2**20})
    try:
        found = list(Table(upload, columns, most_rows=rules.MOST_LINES + 1))
    except Unreadable as unreadable:
        raise _not_read(str(unreadable).rstrip(".。")) from None
    if not found:
        raise _not_read(_("it holds no unit"))
    if len(found) > rules.MOST_LINES:
        raise _not_read(_("it holds more than %(most)d units") % {"most": rules.MOST_LINES})
    return [Row(row.number, tuple(row.cells[column.name] for column in columns)) for row in found]


def _columns(classes: Sequence[str]) -> list[Column]:
    """Headings end with their name in code (zero_reports.bulk.rules); what stands before it is the reader's language."""
    kinds = {CODE: unit_code, PERIOD: plain}
    return [Column(name, (), kinds.get(name, tidy)) for name in (*rules.FIXED, *classes, NOTE)]


def _not_read(why: str) -> Invalid:
    sentence = _(
        "The workbook was not read and nothing was filed: %(why)s. Download the list, fill it in and hand in that file."
    ) % {"why": why}
    return Invalid("not_read", sentence, fields={"file": [sentence]})


def _units(codes: set[str], root: Unit, reach: Reach) -> dict[str, Unit]:
    """Code → unit, of those at and below `root` for which this person files; of several that bore it, the open one."""
    rows = Unit.objects.filter(code__in=codes, path__under=root.path).order_by(
        F("valid_to").asc(nulls_last=True)
    )
    return {unit.code: unit for unit in rows if reach.holds("report.file", unit.path)}


def _said(units: set[int], period: Period) -> dict[int, "Before"]:
    """Unit → what its current report says as a line (two queries)."""
    reports = ZeroReport.objects.of(period).current().filter(unit__in=units).prefetch_related("items")
    return {
        report.unit_id: Before(
            rules.as_line_answer(
                report.answer, [(i.dispute_class, i.count, i.note) for i in report.items.all()]
            ),
            report.version,
            any(item.incident_id for item in report.items.all()),
            report,
        )
        for report in reports
    }


def _objection(line: BulkRow, unit: Unit, rounds: Rounds, now: datetime) -> str:
    """Why the line cannot be filed, or ""."""
    if line.before.has_incidents:
        return _("its report names incidents: correct it on its own page")
    if unsigned_personal_data_in(line.after.note):
        return _("the sentence holds an identity, telephone or card number: take it out")
    try:
        check_open_for(Slot(unit, line.before.report, rounds.over(unit)), rounds.period, now)
    except Refused as refused:
        return str(refused)
    return ""


def _fault(code: str) -> str:
    return {
        "": "",
        "no_counts": _("“有” needs how many, in at least one class"),
        "bad_word": _("the answer is neither 无 nor 有"),
        "bad_count": _("a count is not a whole number from 1 to 99999"),
        "nil_with_items": _("“无” takes no counts and no sentence"),
        "only_a_sentence": _("a sentence needs a class and how many"),
        "long_sentence": _("the sentence is longer than 200 characters"),
    }[code]


# --- what was shown is what is applied -----------------------------------------------------------------------


class Shown(NamedTuple):
    """One line that was shown: the unit, the version it was compared with, and what is to be filed."""

    unit_id: int
    version: int
    said: LineAnswer


def seal(lines: Sequence[BulkRow], *, reach: Reach, root: Unit, period: Period) -> str:
    """The lines that change something, signed for this person: nobody can apply anything else by it."""
    rows = as_plain(
        [Shown(line.unit.pk, line.before.version, line.after) for line in lines if line.unit and line.changes]
    )
    body = {"by": reach.user.pk, "root": root.pk, "period": str(period), "rows": rows}
    return signing.dumps(body, salt=_SALT, compress=True)


def unseal(token: str, *, reach: Reach, root: Unit, period: Period) -> list[Shown]:
    """The lines of a difference that this person was shown here. Raises Invalid for anything else."""
    try:
        body = signing.loads(token, salt=_SALT, max_age=MOST_AGE)
    except signing.BadSignature:
        body = {}
    if (body.get("by"), body.get("root"), body.get("period")) != (reach.user.pk, root.pk, str(period)):
        raise Invalid(
            "difference_not_known",
            _(
                "Nothing was filed: the difference you looked at is older than an hour, or was not made here. "
                "Hand in the workbook again."
            ),
        )
    return from_plain(body["rows"])


def as_plain(shown: Sequence[Shown]) -> list[list]:
    return [
        [unit, version, said.answer, [list(c) for c in said.counts], said.note]
        for unit, version, said in shown
    ]


def from_plain(rows: Iterable[Sequence[Any]]) -> list[Shown]:
    """What `as_plain` made."""
    return [
        Shown(unit, version, LineAnswer(answer, tuple((name, many) for name, many in counts), note))
        for unit, version, answer, counts, note in rows
    ]


def items_of(said: LineAnswer) -> list[Item]:
    return [Item(name, many, note) for name, many, note in said.items]


def units_shown(shown: Sequence[Shown]) -> dict[int, Unit]:
    return {unit.pk: unit for unit in Unit.objects.filter(pk__in=[one.unit_id for one in shown])}
