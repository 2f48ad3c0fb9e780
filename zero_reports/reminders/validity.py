"""Is a reminder still true at the moment it is sent? Asked by the outbox for a whole batch."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from common.dates.periods import Period, parse
from journal.keys import kind_of, parts_of
from notices.relevance.validity import Told
from zero_reports.reminders.actions import ANSWERED
from zero_reports.reminders.queries import answered, with_silent_below


def not_needed(notices: Sequence[Told], now: datetime) -> dict[int, str]:
    """Notice → why it need not be sent any more: its unit has answered, nobody below is silent any more."""
    gone: dict[int, str] = {}
    for (kind, period), some in _by_period(notices).items():
        units = {unit for _notice, unit in some}
        if kind == "zero_report":
            over = answered(period, units)
        else:
            over = units - with_silent_below(period, units, now)
        gone |= {notice.pk: ANSWERED for notice, unit in some if unit in over}
    return gone


def _by_period(notices: Sequence[Told]) -> dict[tuple[str, Period], list[tuple[Told, int]]]:
    found: dict[tuple[str, Period], list[tuple[Told, int]]] = defaultdict(list)
    for notice in notices:
        unit, period = parts_of(notice.subject)
        found[kind_of(notice.subject), parse(period)].append((notice, int(unit)))
    return found
