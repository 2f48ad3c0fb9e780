"""Rosters as a workbook, out and in: one line per duty, the columns of COLUMNS, times of Asia/Shanghai.

What goes out comes in again. Reading writes nothing: a dry run shows every line and what is wrong with it, and
the same file applied makes a draft, which is then looked at and published like any other.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Post, Unit, User
from accounts.scope import Reach
from clocks.calendar import Calendar
from command.rosters import permissions, rules
from command.rosters.actions import new_draft
from command.rosters.models import Roster, Shift
from command.rosters.queries import rostered_posts
from common.errors import Invalid
from common.periods import LOCAL, day_of
from journal.record import record

COLUMNS = ("岗位 post", "姓名 name", "账号 username", "开始 from", "结束 to", "替班账号 stand-in")
#: A workbook of more lines is a mistake: three months of ten posts are 1,000.
MOST_LINES = 3000
MOST_BYTES = 1_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(shifts: Iterable[Shift], *, title: str) -> bytes:
    """The duties as XLSX. Text that a spreadsheet would take for a formula is written as text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = _safe(title)[:31].replace("/", "-")
    sheet.append(list(COLUMNS))
    for shift in shifts:
        sheet.append([_safe(value) if isinstance(value, str) else value for value in _line(shift)])
    for column, width in zip("ABCDEF", (22, 14, 20, 18, 18, 20), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(shift: Shift) -> list[Any]:
    return [
        shift.post.title,
        str(shift.person),
        shift.person.username,
        shift.starts_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M"),
        shift.ends_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M"),
        shift.stand_in.username if shift.stand_in else "",
    ]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


class Line(NamedTuple):
    """One line of a workbook as it was understood; `problem` says what is wrong with it."""

    number: int
    text: str
    post: Post | None
    person: User | None
    stand_in: User | None
    starts_at: datetime | None
    ends_at: datetime | None
    problem: str = ""


def read(content: bytes, unit: Unit) -> list[Line]:
    """Every line of the first sheet. Raises Invalid for a file that is no workbook, has no lines or too many."""
    rows = _rows(content)
    posts = {post.title: post for post in rostered_posts(unit)}
    names = {str(row[2] or "").strip() for row in rows} | {str(row[5] or "").strip() for row in rows}
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    return [_understood(number, row, posts, people) for number, row in enumerate(rows, start=2)]


def _rows(content: bytes) -> list[tuple]:
    from openpyxl import load_workbook

    try:
        if len(content) > MOST_BYTES:
            raise ValueError("too large")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        found = book.worksheets[0].iter_rows(
            min_row=1, max_row=MOST_LINES + 2, max_col=len(COLUMNS), values_only=True
        )
        rows = [tuple(row) + (None,) * (len(COLUMNS) - len(row)) for row in found]
    except Exception as error:
        raise _not_read(_("this is not a workbook (XLSX) of at most 1 MB")) from error
    if not rows or tuple(str(cell or "").strip() for cell in rows[0]) != COLUMNS:
        raise _not_read(_("the first line must be: %(columns)s") % {"columns": " | ".join(COLUMNS)})
    lines = [row for row in rows[1:] if any(cell not in (None, "") for cell in row)]
    if not lines or len(lines) > MOST_LINES:
        raise _not_read(_("it holds no line, or more than %(most)s") % {"most": MOST_LINES})
    return lines


def _not_read(why: str) -> Invalid:
    sentence = _("The file was not read: %(why)s. Download the roster as a pattern and fill it in.") % {
        "why": why
    }
    return Invalid("not_read", sentence, fields={"file": [sentence]})


def _understood(number: int, row: Sequence, posts: dict[str, Post], people: dict[str, User]) -> Line:
    said = [str(cell or "").strip() for cell in row]
    post, person = posts.get(said[0].removeprefix("'")), people.get(said[2])
    stand_in = people.get(said[5]) if said[5] else None
    starts, ends = _moment(row[3]), _moment(row[4])
    problem = ""
    if post is None:
        problem = _("no such post in this unit")
    elif person is None:
        problem = _("no such username")
    elif said[5] and stand_in is None:
        problem = _("no such username of the stand-in")
    elif starts is None or ends is None:
        problem = _("a time is not like 2026-12-01 08:30")
    elif not starts < ends <= starts + rules.LONGEST:
        problem = _("the end must follow the start, by a week at most")
    return Line(number, " | ".join(said), post, person, stand_in, starts, ends, problem)


def _moment(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=LOCAL)
    try:
        return datetime.strptime(str(cell or "").strip(), "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL)
    except ValueError:
        return None


@transaction.atomic
def take_in(*, reach: Reach, unit: Unit, lines: Sequence[Line], now: datetime) -> Roster:
    """Make a draft of the lines. Raises Invalid while one of them has a problem: all of it or nothing."""
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)

    permissions.check_can_draft(reach, unit)
    wrong = [line for line in lines if line.problem]
    if wrong:
        sentence = _("No draft was made: %(count)s lines are not in order, the first is line %(number)s: %(problem)s.") % {
            "count": len(wrong), "number": wrong[0].number, "problem": wrong[0].problem,
        }  # fmt: skip
        raise Invalid("lines_not_in_order", sentence, fields={"file": [sentence]})
    first, last = _span(lines)

    roster = new_draft(reach, unit, first, last, now)
    calendar = Calendar()
    Shift.objects.bulk_create(_shift(roster, line, calendar) for line in lines)

    content = {"from": first, "to": last, "lines": len(lines), "source": "xlsx"}
    record("roster.drafted", subject=roster.key, unit=unit, actor=reach.user, at=now, content=content)
    return roster


def _span(lines: Sequence[Line]) -> tuple[date, date]:
    days = [day_of(line.starts_at) for line in lines if line.starts_at]
    first, last = min(days), max(days)
    if (last - first).days >= rules.MOST_DAYS:
        sentence = _("No draft was made: the lines span more than %(days)s days. Split the file.") % {
            "days": rules.MOST_DAYS
        }
        raise Invalid("too_many_days", sentence, fields={"file": [sentence]})
    return first, last


def _shift(roster: Roster, line: Line, calendar: Calendar) -> Shift:
    assert line.starts_at
    assert line.ends_at
    return Shift(
        roster=roster,
        post=line.post,
        person=line.person,
        stand_in=line.stand_in,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        is_night=rules.is_night(line.starts_at, line.ends_at),
        is_off_day=rules.is_off_day(day_of(line.starts_at), calendar),
    )
