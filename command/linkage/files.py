"""Orders in a file: what each line would do is shown first, and only what was shown is recorded."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.linkage import actions
from command.linkage.actions import Asked
from command.linkage.choices import Via
from command.linkage.forms import LONGEST
from command.linkage.models import LinkageOrder
from common.documents.table_files import BadCell, Column, Table, Unreadable, text_of
from common.documents.workbooks import MOST_BYTES
from common.errors import Invalid, Refused
from common.text.personal_data import unsigned_personal_data_in
from common.text.typed import moment_in, plain, tidy
from incidents.rules import known_time

_SALT = "command.linkage.files"
#: So long may a file be looked at before it is recorded.
MOST_AGE = 3600
MOST_LINES = 200
_NEEDED = ("centre", "outside_number", "nature", "place", "asked")
_MOMENTS = ("arrive_by", "received_at")


def _moment(text: str) -> str:
    """A moment as ISO 8601; a cell without one stays empty."""
    if not text:
        return ""
    try:
        return (
            datetime.fromisoformat(text).isoformat()
            if "+" in text or text.endswith("Z")
            else moment_in(text).isoformat()
        )
    except ValueError:
        raise BadCell(
            _("“%(found)s” is not a day and a time. Write it like 2026-11-22 08:30.") % {"found": text}
        ) from None


COLUMNS = (
    Column("outside_number", ("外部编号", "指令编号"), plain),
    Column("centre", ("来令单位", "联动中心", "from"), plain),
    Column("nature", ("事件性质", "性质"), tidy),
    Column("place", ("地点",), tidy),
    Column("asked", ("要求", "处置要求"), tidy),
    Column("arrive_by", ("到场时限",), _moment, is_needed=False),
    Column("report_to", ("报到对象",), tidy, is_needed=False),
    Column("received_at", ("收到时间",), _moment, is_needed=False),
)


class OrderRow(NamedTuple):
    """One line as it was understood, and what it would do."""

    number: int
    cells: dict[str, str]
    #: The order that is there already; None: it would be new.
    there: LinkageOrder | None = None
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return not self.problem and self.there is None


def read(upload: Any, *, unit: Unit, now: datetime) -> list[OrderRow]:
    """Every order in the file. Raises Invalid for a file that is no such table."""
    lines = [_checked(line, now) for line in _lines(upload)]
    known = _known(unit, lines)
    seen: dict[tuple[str, str], int] = {}
    found = []
    for line in lines:
        name = (line.cells["centre"], line.cells["outside_number"])
        if not line.problem and name in seen:
            said = _("line %(line)s is the same order: keep one of them") % {"line": seen[name]}
            line = line._replace(problem=said)
        seen.setdefault(name, line.number)
        found.append(line._replace(there=known.get(name)))
    return found


def _lines(upload: Any) -> list[OrderRow]:
    if upload.size > MOST_BYTES:
        raise _not_read(_("it has more than %(most)d MB") % {"most": MOST_BYTES // 2**20})
    try:
        is_json = text_of(upload)[:1] in ("[", "{")
        found = _of_json(text_of(upload)) if is_json else _of_table(upload)
    except Unreadable as unreadable:
        raise _not_read(str(unreadable).rstrip(".。")) from None
    if not found:
        raise _not_read(_("it holds no order"))
    if len(found) > MOST_LINES:
        raise _not_read(_("it holds more than %(most)d orders") % {"most": MOST_LINES})
    return found


def _of_table(upload: Any) -> list[OrderRow]:
    table = Table(upload, COLUMNS, most_rows=MOST_LINES + 2)
    return [OrderRow(row.number, row.cells, problem=row.problem) for row in table]


def _of_json(text: str) -> list[OrderRow]:
    """A list of orders with the names of the API; one order may stand by itself."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(_("it is not JSON")) from None
    rows = [body] if isinstance(body, dict) else body
    return [_of_object(number, row) for number, row in enumerate(rows, start=1)]


def _of_object(number: int, row: Any) -> OrderRow:
    cells = {column.name: "" for column in COLUMNS}
    if not isinstance(row, dict):
        return OrderRow(number, cells, problem=_("it is no object with names and values"))
    given = {"centre" if name == "from" else str(name): value for name, value in row.items()}
    if unknown := sorted(set(given) - set(cells)):
        return OrderRow(number, cells, problem=_("unknown: %(names)s") % {"names": ", ".join(unknown)[:200]})
    problem = ""
    for column in COLUMNS:
        value = given.get(column.name)
        if value is not None and not isinstance(value, str | int):
            problem = problem or _("column %(column)s: it is no text") % {"column": column.name}
            continue
        try:
            cells[column.name] = column.read("" if value is None else str(value))
        except BadCell as bad:
            problem = problem or _("column %(column)s: %(problem)s") % {"column": column.name, "problem": bad}
    return OrderRow(number, cells, problem=problem)


def _checked(line: OrderRow, now: datetime) -> OrderRow:
    return line._replace(problem=line.problem or _fault(line.cells, now))


def _fault(cells: dict[str, str], now: datetime) -> str:
    if missing := [name for name in _NEEDED if not cells[name]]:
        return _("missing: %(names)s") % {"names": _named(missing)}
    if long := [name for name, most in LONGEST.items() if len(cells[name]) > most]:
        return _("too long: %(names)s") % {"names": _named(long)}
    if any(unsigned_personal_data_in(cells[name]) for name in ("nature", "place", "asked", "report_to")):
        return _("it holds an identity, telephone or card number: take it out")
    if cells["received_at"] and known_time(datetime.fromisoformat(cells["received_at"]), now) is None:
        return _("the time of receipt lies in the future")
    return ""


def _named(names: list[str]) -> str:
    """Columns as the page lists them."""
    return ", ".join(column.label for column in COLUMNS if column.name in names)


def _known(unit: Unit, lines: Iterable[OrderRow]) -> dict[tuple[str, str], LinkageOrder]:
    numbers = {line.cells["outside_number"] for line in lines}
    rows = LinkageOrder.objects.filter(unit=unit, outside_number__in=numbers)
    return {(order.centre, order.outside_number): order for order in rows}


def _not_read(why: str) -> Invalid:
    sentence = _(
        "The file was not read and nothing was recorded: %(why)s. Hand in a CSV, JSON or XLSX file with the columns named below."
    ) % {"why": why}
    return Invalid("not_read", sentence, fields={"file": [sentence]})


# --- what was shown is what is recorded ----------------------------------------------------------------------


def seal(lines: Sequence[OrderRow], *, reach: Reach, unit: Unit) -> str:
    """The new lines, signed for this person and unit: nobody can record anything else by it."""
    rows = [line.cells for line in lines if line.is_new]
    return signing.dumps({"by": reach.user.pk, "unit": unit.pk, "rows": rows}, salt=_SALT, compress=True)


def unseal(token: str, *, reach: Reach) -> tuple[Unit, list[Asked]]:
    """What this person was shown. Raises Invalid for anything else."""
    try:
        body = signing.loads(token, salt=_SALT, max_age=MOST_AGE)
    except signing.BadSignature:
        body = {}
    unit = Unit.objects.filter(pk=body.get("unit")).first()
    if body.get("by") != reach.user.pk or unit is None:
        raise Invalid(
            "file_not_known",
            _(
                "Nothing was recorded: what you looked at is older than an hour, or was not made here. Hand in the file again."
            ),
        )
    return unit, [_asked(cells) for cells in body["rows"]]


def _asked(cells: dict[str, str]) -> Asked:
    moments = {name: datetime.fromisoformat(cells[name]) if cells[name] else None for name in _MOMENTS}
    return Asked(**{**cells, **moments})  # type: ignore[arg-type]


class Done(NamedTuple):
    """What became of one line."""

    order: LinkageOrder | None
    is_new: bool = False
    refused: Refused | None = None


def record_lines(*, reach: Reach, unit: Unit, asked: Sequence[Asked], now: datetime) -> list[Done]:
    """Record each line for itself: one that is refused holds up no other; the same file again records nothing."""
    done = []
    for one in asked:
        try:
            order, is_new = actions.receive_order(reach=reach, unit=unit, asked=one, via=Via.FILE, now=now)
        except Refused as refused:
            done.append(Done(None, refused=refused))
        else:
            done.append(Done(order, is_new))
    return done
