"""What reminders say, to whom, by which way: through the lane that outruns nothing, in both languages."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Unit
from common.dates.periods import DAILY, WEEKLY, Period
from common.dates.time_format import written
from journal.keys import key
from notices.choices import ROUTINE, Channel
from notices.recipients import Recipient
from notices.sending.bulk import Note, queue_many
from notices.sending.message_templates import Message
from zero_reports.reminders.models import ReminderStep
from zero_reports.reminders.queries import Group
from zero_reports.reminders.rules import STILL_USEFUL

WAYS = (Channel.APP, Channel.SMS)
#: The beginning of every purpose of this room; each step has its own, so that none is told twice.
PURPOSE = "report."
DUE, MISSED = "report.due", "report.missed"


def remind_units(
    step: ReminderStep, purpose: str, units: Iterable[tuple[Unit, list[Recipient]]], *, expires_at: datetime, now: datetime
) -> int:  # fmt: skip
    """Ask the silent units for their report."""
    period = step.round.period
    until = written(step.due_at)
    notes = [
        Note(
            people,
            subject=key("zero_report", unit.pk, period),
            unit=unit,
            message=Message(
                wording=purpose,
                facts={"unit": words_of(unit), "period": words_for(period), "until": until},
            ),
        )
        for unit, people in units
    ]
    return _queue(step, notes, f"{purpose}.{step.number}", expires_at, now)


def tell_above(
    step: ReminderStep, told: Iterable[tuple[Unit, list[Recipient], Group]], *, now: datetime
) -> int:
    """Tell units how many below them are silent, and who."""
    period = step.round.period
    notes = [
        Note(
            people,
            subject=key("silent", unit.pk, period),
            unit=unit,
            message=Message(
                wording=f"report.{step.do}",
                facts={
                    "unit": words_of(unit),
                    "period": words_for(period),
                    "until": written(step.due_at),
                    "count": group.many,
                    "names": names_of(group),
                },
            ),
        )
        for unit, people, group in told
    ]
    return _queue(
        step, notes, f"report.{step.do}.{step.clock}.{step.number}", step.due_at + STILL_USEFUL, now
    )


def _queue(step: ReminderStep, notes: list[Note], purpose: str, expires_at: datetime, now: datetime) -> int:
    return queue_many(
        notes,
        channels=WAYS,
        purpose=purpose,
        thread=key("round", step.round_id),
        priority=ROUTINE,
        expires_at=expires_at,
        now=now,
    )


def words_of(unit: Unit) -> dict[str, str]:
    return {"zh": unit.name, "en": unit.name_en or unit.name}


def words_for(period: Period) -> dict[str, str]:
    """ "11月22日" / "22 Nov"; a week by its first day; any other period as it is written."""
    day = period.day
    if period.cadence == DAILY:
        return {"zh": f"{day.month}月{day.day}日", "en": f"{day.day} {day:%b}"}
    if period.cadence == WEEKLY:
        return {"zh": f"{day.month}月{day.day}日起一周", "en": f"the week of {day.day} {day:%b}"}
    return {"zh": str(period), "en": str(period)}


def names_of(group: Group) -> dict[str, str]:
    """The first few by name; that there are more is said."""
    more = group.many > len(group.names)
    return {
        "zh": "、".join(zh for zh, _en in group.names) + ("等" if more else ""),
        "en": ", ".join(en for _zh, en in group.names) + (" and others" if more else ""),
    }
