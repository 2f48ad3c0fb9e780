"""Which ledgers a person may open, what is asked of one, and its rows."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import ExtractMonth
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.days import read_day
from common.dates.local_time import LOCAL, day_of
from common.errors import NotAllowed, not_found
from dashboards.ledgers.columns import Choice, Ledger, Sayings
from dashboards.ledgers.ledgers import BY_SLUG, LEDGERS


class Asked(NamedTuple):
    """What a list or a file is about. Days are days in Asia/Shanghai, both of them included."""

    unit: Unit | None = None
    first: date | None = None
    last: date | None = None
    state: str = ""
    kind: str = ""


def open_ledgers(reach: Reach) -> list[Ledger]:
    """Those this person may open. Raises NotAllowed where there is none."""
    found = [ledger for ledger in LEDGERS if reach.has(ledger.verb)]
    if not found:
        raise NotAllowed(
            "not_your_page",
            _(
                "The ledgers were not opened: they are for who sees the work of a unit. Go to your start page."
            ),
        )
    return found


def get_ledger(reach: Reach, slug: str) -> Ledger:
    """NotFound if there is none of that name or it is not this person's to open."""
    found = BY_SLUG.get(slug)
    if found is None or not reach.has(found.verb):
        raise not_found()
    return found


def units_of(reach: Reach, ledger: Ledger) -> list[Unit]:
    """The units one can ask for: those this person sees, and right below them. One query."""
    top = Unit.objects.filter(path__in=reach.paths(ledger.verb))
    below = Unit.objects.filter(parent__path__in=reach.paths(ledger.verb))
    return list((top | below).distinct().order_by("path"))


def read_asked(reach: Reach, ledger: Ledger, given: QueryDict, now: datetime) -> Asked:
    """What an address asks for. What cannot be read is not asked; a unit of others is not found."""
    code = given.get("unit", "").strip()
    unit = Unit.objects.filter(code=code).order_by("-pk").first() if code else None
    if code and (unit is None or not reach.holds(ledger.verb, unit.path)):
        raise not_found()
    state, kind = given.get("state", ""), given.get("kind", "")
    return Asked(
        unit,
        read_day(given.get("from", "")),
        read_day(given.get("until", "")),
        state if state in ledger.states else "",
        kind if kind in ledger.kinds(unit, now) else "",
    )


def rows_of(reach: Reach, ledger: Ledger, asked: Asked, now: datetime) -> QuerySet:
    """The rows asked for, the newest first."""
    rows = ledger.rows(reach)
    if asked.unit is not None:
        rows = rows.filter(**{f"{ledger.path}__under": asked.unit.path})
    if asked.first:
        rows = rows.filter(**{f"{ledger.at}__gte": _begin(ledger, asked.first)})
    if asked.last:
        rows = rows.filter(**{f"{ledger.at}__lt": _begin(ledger, asked.last + timedelta(days=1))})
    for choice in chosen(ledger, asked, now).values():
        rows = rows.filter(choice.which)
    return rows.order_by(f"-{ledger.at}", "-pk")


def chosen(ledger: Ledger, asked: Asked, now: datetime) -> dict[str, Choice]:
    """What is chosen of state and kind."""
    found = {}
    if asked.state:
        found["state"] = ledger.states[asked.state]
    if asked.kind:
        found["kind"] = ledger.kinds(asked.unit, now)[asked.kind]
    return found


def year_of(unit: Unit | None, year: int) -> Asked:
    return Asked(unit, date(year, 1, 1), date(year, 12, 31))


def by_month(rows: QuerySet, ledger: Ledger) -> list[tuple[int, int]]:
    """(month, how many) of rows within a year: all twelve."""
    month = ExtractMonth(ledger.at) if ledger.is_day else ExtractMonth(ledger.at, tzinfo=LOCAL)
    counted = dict(rows.order_by().values_list(month).annotate(Count("pk")))
    return [(number, counted.get(number, 0)) for number in range(1, 13)]


def by_state(rows: QuerySet, ledger: Ledger) -> list[tuple[str, int]]:
    """(state, how many) in the order of its filter."""
    return [(name, rows.filter(choice.which).count()) for name, choice in ledger.states.items()]


def years_of(reach: Reach, ledger: Ledger, now: datetime) -> list[int]:
    """The years there is something of, and this one; the last first."""
    ends = ledger.rows(reach).aggregate(first=Min(ledger.at), last=Max(ledger.at))
    first, last = (_year(ledger, moment) for moment in (ends["first"], ends["last"]))
    this = day_of(now).year
    return list(range(max(last or this, this), min(first or this, this) - 1, -1))


def lines(rows: Any, ledger: Ledger) -> Iterator[tuple[Any, str | None, list[Any]]]:
    """(row, address of its page, cells) one by one."""
    say = Sayings()
    for row in rows:
        yield row, ledger.address(row), [column.value(row, say) for column in ledger.columns]


def _begin(ledger: Ledger, day: date) -> date | datetime:
    return day if ledger.is_day else datetime.combine(day, time(), LOCAL)


def _year(ledger: Ledger, moment: Any) -> int | None:
    if moment is None:
        return None
    return moment.year if ledger.is_day else day_of(moment).year
