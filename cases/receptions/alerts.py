"""Who is told of a reception: who receives, the leader on reception duty at that hour, the plan's site group."""

from datetime import datetime

from django.utils.timezone import localtime

from accounts.choices import PostKind
from accounts.models import User
from cases.receptions import queries
from cases.receptions.choices import ReceptionState
from cases.receptions.models import Reception
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import Role, role_of
from plans.document.words import Words
from plans.people.holders import Bench

BOOKED, MOVED, CANCELLED, MAJOR = (
    "reception.booked",
    "reception.moved",
    "reception.cancelled",
    "reception.major",
)
_SAID = {BOOKED: ("接访安排", "Reception"), MOVED: ("接访改期", "Reception moved"),
         CANCELLED: ("接访取消", "Reception cancelled")}  # fmt: skip
#: Whoever else is told that something was reported as major.
_HEADS = (
    Role("director", Words("主要负责人", "Director"), post=PostKind.DIRECTOR),
    Role("petition_director", Words("信访部门负责人", "Head of the petition office"), post=PostKind.PETITION_DIRECTOR),
)  # fmt: skip


def tell(
    purpose: str,
    reception: Reception,
    besides: User,
    *,
    now: datetime,
    why: str = "",
    before: datetime | None = None,
) -> None:
    """Each hour is a reason of its own; what was told of an earlier one has ended by then.

    `before`: the hour it was moved from, whose leader is told too.
    """
    assert reception.scheduled_at is not None
    hours = [hour for hour in (reception.scheduled_at, before) if hour]
    zh, en = _SAID[purpose]
    when = f"{localtime(reception.scheduled_at):%m-%d %H:%M}"
    _queue(
        f"{purpose}.{reception.rev}",
        reception,
        _concerned(reception, hours, now),
        Message(
            f"{_mark(reception, 'zh')}{zh}：{when} {reception.place} {reception.number}{'：' if why else ''}{why}"[:300],
            f"{_mark(reception, 'en')}{en}: {when} {reception.place} {reception.number}{': ' if why else ''}{why}"[:300],
        ),
        besides,
        ROUTINE,
        now,
    )  # fmt: skip


def tell_major(reception: Reception, besides: User, *, now: datetime) -> None:
    """Reported upward within the unit at once (§七4): its director and the head of the petition office."""
    bench = Bench(reception.unit, now)
    people = [one for role in _HEADS for one in bench.holders(role)]
    _queue(
        MAJOR,
        reception,
        [Recipient(one.person, one.post.title, one.post.pk) for one in people],
        Message(
            f"{_mark(reception, 'zh')}接访中的重大疑难事项：{reception.number} {reception.result}"[:300],
            f"{_mark(reception, 'en')}Major, from a reception: {reception.number} {reception.result}"[:300],
        ),
        besides,
        ORDER,
        now,
    )


def _queue(
    purpose: str,
    reception: Reception,
    people: list[Recipient],
    message: Message,
    besides: User,
    priority: int,
    now: datetime,
) -> None:
    told = {one.person.pk: one for one in people if one.person.pk != besides.pk}
    occasion = Occasion(purpose, reception.key, reception.unit, reception.thread, reception.drill)
    queue_notices(
        occasion,
        message,
        recipients=list(told.values()),
        channels=[Channel.APP, Channel.SMS],
        priority=priority,
        now=now,
    )


def _concerned(reception: Reception, hours: list[datetime], now: datetime) -> list[Recipient]:
    found = [Recipient(person, "") for person in reception.receivers.order_by("pk")]
    for hour in hours:
        duties = queries.receiving_at(reception.unit, hour)
        found += [Recipient(duty.person, duty.post.title, duty.post.pk) for duty in duties]
    document = queries.document_of(reception)
    if document is not None:
        held = Bench(reception.unit, now).holders(role_of(document, "site_group"))
        found += [Recipient(one.person, one.post.title, one.post.pk) for one in held]
    return found


def _mark(reception: Reception, language: str) -> str:
    return DRILL_MARK[language] if reception.drill else ""


def _booked(asked: set[int], now: datetime) -> set[int]:
    rows = Reception.objects.filter(pk__in=asked, state=ReceptionState.BOOKED)
    return set(rows.values_list("pk", flat=True))


def _before_the_hour(asked: set[int], now: datetime) -> set[int]:
    rows = Reception.objects.filter(pk__in=asked, scheduled_at__gt=now)
    return set(rows.values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    BOOKED: validity.while_live(_booked),
    MOVED: validity.while_live(_booked),
    CANCELLED: validity.while_live(_before_the_hour),
    MAJOR: validity.always,
}
