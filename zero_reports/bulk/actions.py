"""Filing what was shown, each unit for itself. Lock, check, change, record: by zero_reports.filing.actions."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.periods import Period
from common.errors import Refused, Stale
from common.failpoints import crash_point
from zero_reports.bulk import rules
from zero_reports.bulk.difference import Shown, items_of, units_shown
from zero_reports.bulk.rules import LineAnswer
from zero_reports.filing.actions import FiledFor, check_open_for, file_report, items_in
from zero_reports.filing.choices import Via
from zero_reports.filing.models import ZeroReport
from zero_reports.filing.slots import lock_slot


def file_lines(
    *,
    reach: Reach,
    shown: Sequence[Shown],
    period: Period,
    now: datetime,
    handed_in_at: datetime | None = None,
    each: Callable[[int], None] = lambda number: None,
) -> Iterator[FiledFor]:
    """File exactly the lines that were shown. A unit that has said something else since is left as it is.

    Each unit is a transaction of its own: no other filing and no alarm waits for the whole list, and one that is
    refused holds up no other. The same list again finds everything said already and files nothing. What was handed in
    earlier than it is filed came then, before a cut-off for instance; whether it may be filed is asked now. `each` is
    called with the number of units that are through, before every one.
    """
    units = units_shown(shown)
    for number, one in enumerate(shown):
        each(number)
        unit = units[one.unit_id]
        try:
            report = _file_line(reach, unit, one, period, now, handed_in_at or now)
        except Refused as refused:
            yield FiledFor(unit, None, refused)
        else:
            yield FiledFor(unit, report, None)
        crash_point("zero_reports.bulk.after_line")


@transaction.atomic
def _file_line(
    reach: Reach, unit: Unit, one: Shown, period: Period, now: datetime, handed_in_at: datetime
) -> ZeroReport:
    slot = lock_slot(unit.pk, period)

    if said := _as_shown(slot.before, one):
        return said
    _check_unchanged(slot.unit, slot.before, one)
    check_open_for(slot, period, now)

    return file_report(
        reach=reach,
        unit=slot.unit,
        period=period,
        answer=one.said.answer,
        items=items_of(one.said),
        via=Via.WORKBOOK,
        now=handed_in_at,
    )


def _as_shown(before: ZeroReport | None, one: Shown) -> ZeroReport | None:
    """The report, where it says already what was to be filed."""
    if before is None or before.version == one.version or _of(before) != one.said:
        return None
    return before


def _check_unchanged(unit: Unit, before: ZeroReport | None, one: Shown) -> None:
    version = before.version if before else 0
    if version != one.version:
        raise Stale(
            "changed_since",
            _(
                "The report for %(unit)s was not filed: it has answered since you looked (receipt %(receipt)s). "
                "Look at its report, and hand in the workbook again if it is to be corrected."
            )
            % {"unit": unit, "receipt": before.receipt if before else "–"},
        )


def _of(report: ZeroReport) -> LineAnswer:
    items = items_in(report)
    if any(item.incident for item in items):
        return LineAnswer()
    return rules.as_line_answer(report.answer, [(i.dispute_class, i.count, i.note) for i in items])
