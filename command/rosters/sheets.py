"""Rosters as a workbook, out and in: one line per duty, the columns of COLUMNS, times of Asia/Shanghai.

What goes out comes in again. Reading writes nothing: a dry run shows every line and what is wrong with it, and
the same file applied makes a draft, which is then looked at and published like any other.
"""

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
from common import workbooks
from common.errors import Invalid
from common.periods import LOCAL, day_of
from journal.record import record

COLUMNS = ("岗位 post", "姓名 name", "账号 username", "开始 from", "结束 to", "替班账号 stand-in")
#: A workbook of more lines is a mistake: three months of ten posts are 1,000.
MOST_LINES = 3000
MOST_BYTES = 1024 * 1024


def sheet_of(shifts: Iterable[Shift], *, title: str) -> workbooks.Sheet:
    """The duties as a sheet; common.workbooks keeps typed text from being taken for a formula."""
    return workbooks.Sheet(
        title, COLUMNS, [_line(shift) for shift in shifts], widths=(22, 14, 20, 18, 18, 20)
    )


def _line(shift: Shift) -> list[str]:
    return [
        shift.post.title,
        str(shift.person),
        shift.person.username,
        shift.starts_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M"),
        shift.ends_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M"),
        shift.stand_in.username if shift.stand_in else "",
    ]


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


def read(upload: Any, unit: Unit) -> list[Line]:
    """Every line of the first sheet. Raises Invalid for a file that is no workbook, has no lines or too many."""
    rows = _rows(upload)
    posts = {post.title: post for post in rostered_posts(unit)}
    names = {cells[column] for _number, cells in rows for column in (2, 5)}
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    return [_understood(number, cells, posts, people) for number, cells in rows]


def _rows(upload: Any) -> list[tuple[int, tuple[str, ...]]]:
    """The lines below the headings, each with all columns."""
    rows = workbooks.read_rows(
        upload, most_rows=MOST_LINES + 1, most_columns=len(COLUMNS), most_bytes=MOST_BYTES
    )
    full = [(row.number, (*row.cells, *[""] * len(COLUMNS))[: len(COLUMNS)]) for row in rows]
    if not full or full[0][1] != COLUMNS:
        raise _not_read(_("the first line must be: %(columns)s") % {"columns": " | ".join(COLUMNS)})
    if len(full) == 1:
        raise _not_read(_("it holds no line"))
    return full[1:]


def _not_read(why: str) -> Invalid:
    sentence = _("The file was not read: %(why)s. Download the roster as a pattern and fill it in.") % {
        "why": why
    }
    return Invalid("not_read", sentence, fields={"file": [sentence]})


def _understood(number: int, said: Sequence[str], posts: dict[str, Post], people: dict[str, User]) -> Line:
    post, person = posts.get(said[0]), people.get(said[2])
    stand_in = people.get(said[5]) if said[5] else None
    starts, ends = _moment(said[3]), _moment(said[4])
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


def _moment(text: str) -> datetime | None:
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL)
        except ValueError:
            continue
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
