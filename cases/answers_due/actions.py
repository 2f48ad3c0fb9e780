"""A unit chooses when it is told of the answers it owes, and is told. Lock, check, change, record."""

from collections.abc import Iterator
from datetime import datetime, time

from django.db import transaction

from accounts.models import Unit
from accounts.scope import Reach, reaches_of
from cases.answers_due import queries, rules
from cases.answers_due.models import DigestHour
from cases.demands.alerts import answering_at
from clocks.durations import end_of
from common.alone import Loop
from common.dates.local_time import day_of
from journal.keys import key
from journal.record import record
from notices.actions import queue_notices
from notices.choices import ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message

PURPOSE = "answers.due"
DIGESTS = Loop("answers.digests")
#: So many are named; the page has the others.
_NAMED = 3


@transaction.atomic
def choose_hour(
    *, reach: Reach, unit: Unit, hour: time | None, also_when_empty: bool, now: datetime
) -> DigestHour:
    """From now on the unit is told every day at this hour; without an hour, never."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)

    queries.check_can_choose(reach, unit)

    chosen = {
        "hour": hour,
        "also_when_empty": also_when_empty,
        "next_at": rules.next_moment(hour, now) if hour else None,
        "set_by": reach.user,
        "set_at": now,
    }
    row, _new = DigestHour.objects.update_or_create(unit=unit, defaults=chosen)

    record(
        "answers.hour_chosen",
        subject=key("unit", unit.pk),
        unit=unit,
        actor=reach.user,
        post=reach.title_for("matter.manage", unit.path),
        at=now,
        content={"hour": hour.isoformat("minutes") if hour else "", "also_when_empty": also_when_empty},
    )
    return row


def send_digests(now: datetime, limit: int = 100) -> int:
    """Tell the units whose hour has come; any number of processes may look. Returns how many were told."""
    due = DigestHour.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    return DIGESTS.each(DIGESTS.pick(due, now, limit), lambda pk: _send(pk, now), now)


@transaction.atomic
def _send(pk: int, now: datetime) -> int:
    """Once a day, unless another process has done it; after a standstill once, for all that was missed."""
    row = DigestHour.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pk)
    if row.next_at is None or row.hour is None or row.next_at > now:
        return 0
    row.next_at = rules.next_moment(row.hour, now)
    row.save(update_fields=["next_at"])
    told = 0
    for reach, people in _by_what_is_closed(answering_at(row.unit, now), now):
        found = queries.tally_of(reach, [row.unit], now)
        if not found.owed and not row.also_when_empty:
            continue
        told = 1
        queue_notices(
            Occasion(f"{PURPOSE}.{day_of(now):%Y%m%d}", key("unit", row.unit_id), row.unit),
            _message(reach, row.unit, found),
            recipients=people,
            channels=[Channel.APP, Channel.SMS],
            priority=ROUTINE,
            now=now,
            expires_at=end_of(day_of(now)),
        )
    return told


def _by_what_is_closed(people: list[Recipient], now: datetime) -> Iterator[tuple[Reach, list[Recipient]]]:
    """Those with the same things closed to them are told the same: nobody reads in a digest what no page shows them."""
    reaches = reaches_of([one.person for one in people], now)
    groups: dict[frozenset[str], list[Recipient]] = {}
    for one in people:
        groups.setdefault(frozenset(reaches[one.person.pk].closed), []).append(one)
    for group in groups.values():
        yield reaches[group[0].person.pk], group


def _message(reach: Reach, unit: Unit, found: queries.Tally) -> Message:
    if not found.owed:
        return Message(
            f"{unit.name}今日没有待答复的诉求。", f"{unit.name_en or unit.name}: no answer is owed today."
        )
    first = [
        f"{one.number} {queries.day_words(one)}".strip()
        for one in queries.answers_due(reach, [unit])[:_NAMED]
    ]
    return Message(
        f"{unit.name}待答复诉求{found.owed}件，其中逾期{found.overdue}件、7日内到期{found.week}件。最先到期：{'；'.join(first)}",
        f"{unit.name_en or unit.name}: {found.owed} answers owed, {found.overdue} overdue, {found.week} due within 7 days. "
        f"First: {'; '.join(first)}",
    )
