"""Rosters as a workbook, out and in: one line per duty, the columns of COLUMNS, times of Asia/Shanghai.

What goes out comes in again. Reading writes nothing: a dry run shows every line and what is wrong with it, and
the same file applied makes a draft, which is then looked at and published like any other.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Post, Unit, User
from accounts.scope import Reach
from clocks.working_days.calendar import Calendar
from common.dates.local_time import LOCAL, day_of
from common.documents import workbooks
from common.documents.table_files import Column, Row, Table, Unreadable
from common.errors import Invalid
from common.text.typed import is_same_name, moment_in, plain
from journal.record import record
from rosters import permissions, rules
from rosters.models import Roster, Shift
from rosters.months.actions import new_draft
from rosters.queries import rostered_posts, spans_held

KNOWN_COLUMNS = (
    Column("post", ("岗位",)),
    Column("name", ("姓名",), is_needed=False),
    Column("username", ("账号", "用户名"), plain),
    Column("from", ("开始",)),
    Column("to", ("结束",)),
    Column("stand-in", ("替班账号", "替班"), plain, is_needed=False),
)
COLUMNS = tuple(column.label for column in KNOWN_COLUMNS)
#: (post, person) → the spans of their appointments.
Spans = dict[tuple[int, int], list]
#: A workbook of more lines is a mistake: three months of ten posts are 1,000.
MOST_LINES = 3000
MOST_BYTES = 1024 * 1024


def sheet_of(shifts: Iterable[Shift], *, title: str) -> workbooks.Sheet:
    """The duties as a sheet; common.documents.workbooks keeps typed text from being taken for a formula."""
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


class RosterRow(NamedTuple):
    """One line of a table as it was understood; `problem` says what is wrong with it."""

    number: int
    text: str
    post: Post | None
    person: User | None
    stand_in: User | None
    starts_at: datetime | None
    ends_at: datetime | None
    problem: str = ""
    #: Who is rostered there at present: "" nobody, else what it would change.
    change: str = ""


def read(upload: Any, unit: Unit) -> list[RosterRow]:
    """Every line of the first sheet. Raises Invalid for a file that is no table, has no lines or too many."""
    rows = _rows(upload)
    posts = {post.title: post for post in rostered_posts(unit)}
    names = {row.cells[column].casefold() for row in rows for column in ("username", "stand-in")}
    lowered = User.objects.annotate(lowered=Lower("username")).filter(lowered__in=names)
    people = {user.username.casefold(): user for user in lowered}
    holding = spans_held({post.pk for post in posts.values()}, {user.pk for user in people.values()})
    lines = [_understood(row, posts, people, holding) for row in rows]
    return _compared(lines, unit)


def _rows(upload: Any) -> list[Row]:
    """The lines below the headings."""
    if upload.size > MOST_BYTES:
        raise _not_read(_("it has more than %(most)d MB") % {"most": MOST_BYTES // 2**20})
    try:
        rows = list(Table(upload, KNOWN_COLUMNS, most_rows=MOST_LINES + 1))
    except Unreadable as unreadable:
        raise _not_read(str(unreadable).rstrip(".。")) from None
    if not rows or len(rows) > MOST_LINES:
        raise _not_read(_("it holds no line") if not rows else _("it holds too many lines"))
    return rows


def _not_read(why: str) -> Invalid:
    sentence = _("The file was not read: %(why)s. Download the roster as a pattern and fill it in.") % {
        "why": why
    }
    return Invalid("not_read", sentence, fields={"file": [sentence]})


def _understood(row: Row, posts: dict[str, Post], people: dict[str, User], holding: Spans) -> RosterRow:
    cells = row.cells
    post, person = posts.get(cells["post"]), people.get(cells["username"].casefold())
    stand_in = people.get(cells["stand-in"].casefold()) if cells["stand-in"] else None
    starts, ends = _moment(cells["from"]), _moment(cells["to"])
    line = RosterRow(row.number, " | ".join(cells.values()), post, person, stand_in, starts, ends)
    return line._replace(problem=row.problem or _problem(line, cells, holding))


def _problem(line: RosterRow, cells: dict[str, str], holding: Spans) -> str:
    if line.post is None:
        return _("no such post in this unit")
    if line.person is None:
        return _("no such username")
    if cells["name"] and not is_same_name(cells["name"], line.person.name):
        return _("the name says %(name)s, and the username %(username)s is %(person)s: which of them is meant?") % {
            "name": cells["name"], "username": line.person.username, "person": line.person}  # fmt: skip
    if cells["stand-in"] and line.stand_in is None:
        return _("no such username of the stand-in")
    if line.starts_at is None or line.ends_at is None:
        return _("a time is not like 2026-12-01 08:30")
    if not line.starts_at < line.ends_at <= line.starts_at + rules.LONGEST:
        return _("the end must follow the start, by a week at most")
    return _stand_in_problem(line, holding)


def _stand_in_problem(line: RosterRow, holding: Spans) -> str:
    """Who stands in holds the post themself during the duty, and is somebody else: on duty is only who holds the post."""
    if line.stand_in is None or line.post is None:
        return ""
    if line.stand_in == line.person:
        return _("the stand-in is the same person")
    spans = holding.get((line.post.pk, line.stand_in.pk), ())
    if any(begin < line.ends_at and (end is None or end > line.starts_at) for begin, end in spans):
        return ""
    return _("the stand-in %(person)s does not hold this post then: choose one of its holders, or have them appointed") % {
        "person": line.stand_in}  # fmt: skip


def _moment(text: str) -> datetime | None:
    try:
        return moment_in(text)
    except ValueError:
        return None


def _compared(lines: list[RosterRow], unit: Unit) -> list[RosterRow]:
    """Each line beside the duty of the same post that begins at the same moment (one query)."""
    begins = [line.starts_at for line in lines if line.starts_at]
    if not begins:
        return lines
    rows = (
        Shift.objects.in_force()
        .for_lists()
        .filter(post__unit=unit, starts_at__gte=min(begins), starts_at__lte=max(begins))
    )
    present: dict[tuple[int, datetime], list[Shift]] = {}
    for shift in rows:
        present.setdefault((shift.post_id, shift.starts_at), []).append(shift)
    return [line if line.problem else line._replace(change=_change(line, present)) for line in lines]


def _change(line: RosterRow, present: dict[tuple[int, datetime], list[Shift]]) -> str:
    assert line.post
    assert line.starts_at
    duties = present.get((line.post.pk, line.starts_at), [])
    if not duties:
        return _("new")
    if any(
        (one.person, one.stand_in, one.ends_at) == (line.person, line.stand_in, line.ends_at)
        for one in duties
    ):
        return ""
    before = duties[0]
    return _("so far %(person)s until %(end)s, stand-in %(stand_in)s") % {
        "person": before.person, "end": before.ends_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M"),
        "stand_in": before.stand_in or "–",
    }  # fmt: skip


@transaction.atomic
def take_in(*, reach: Reach, unit: Unit, lines: Sequence[RosterRow], now: datetime) -> Roster:
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


def _span(lines: Sequence[RosterRow]) -> tuple[date, date]:
    days = [day_of(line.starts_at) for line in lines if line.starts_at]
    first, last = min(days), max(days)
    if (last - first).days >= rules.MOST_DAYS:
        sentence = _("No draft was made: the lines span more than %(days)s days. Split the file.") % {
            "days": rules.MOST_DAYS
        }
        raise Invalid("too_many_days", sentence, fields={"file": [sentence]})
    return first, last


def _shift(roster: Roster, line: RosterRow, calendar: Calendar) -> Shift:
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
