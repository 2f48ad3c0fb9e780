"""Who is told of an improvement: whoever has it to do, then those the plan names, then who confirms it."""

from collections.abc import Iterable
from datetime import datetime

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.posts.duty import meant
from accounts.queries import Holder
from clocks.models import Clock
from command.improvements.choices import ImprovementState
from command.improvements.models import Improvement
from command.improvements.rules import REMINDED, SENT_BACK, SET, TO_CONFIRM
from common.dates.local_time import day_of
from journal.keys import pk_of
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender
from plans.document.after_action import Reminder
from plans.document.sections import Role, role_of
from plans.document.words import Words
from plans.people.holders import Bench

#: A plan's word for whoever has an improvement to do; the clock of each carries it.
OWNER = "improvement_owner"
_LEADER = Role("duty_leader", Words("带班领导", "Duty leader"), post=PostKind.DUTY_LEADER)


def owners(row: Improvement, now: datetime) -> list[Recipient]:
    """Behind a post those who hold it now; of one that goes round, whose turn it is."""
    if row.person:
        return [Recipient(row.person, "")] if row.person.is_active else []
    held = (
        Appointment.objects.current(now)
        .filter(post=row.post_id)
        .select_related("person", "post")
        .order_by("pk")
    )
    people = meant([Holder(one.person, one.post, one.held_as) for one in held], now)
    return [Recipient(one.person, one.post.title, one.post.pk) for one in people]


def late_owners(clock: Clock, now: datetime) -> list[Recipient]:
    """Who is late where a clock says `improvement_owner`."""
    row = Improvement.objects.filter(pk=pk_of(clock.subject, "improvement")).first()
    return owners(row, now) if row else []


def tell_owner(row: Improvement, besides: User, *, now: datetime) -> None:
    """On screen and by text message. Each day and each owner is a reason of its own. Nobody there: who set it learns so."""
    people = [one for one in owners(row, now) if one.person != besides]
    occasion = _occasion(row, f"{SET}.{row.rev}")
    if not people and not (row.person or owners(row, now)):
        tell_sender(
            besides, occasion, who={"zh": _owner_zh(row), "en": row.owner},
            about={"zh": f"整改任务：{row.text}"[:80], "en": f"improvement: {row.text}"[:80]}, now=now,
        )  # fmt: skip
    _tell(row, occasion, people, "整改任务", "Improvement task", ORDER, now)


def tell_sent_back(row: Improvement, besides: User, *, now: datetime) -> None:
    people = [one for one in owners(row, now) if one.person != besides]
    more = (f"。退回原因：{row.reason}", f". Sent back: {row.reason}")
    _tell(
        row,
        _occasion(row, f"{SENT_BACK}.{row.rev}"),
        people,
        "整改任务退回",
        "Improvement task sent back",
        ORDER,
        now,
        more,
    )


def remind(row: Improvement, place: int, step: Reminder, *, now: datetime) -> None:
    """One step of the plan; each is told once for each day it was set for."""
    people: Iterable[Recipient] = owners(row, now)
    zh, en = "整改任务将到期", "Improvement task due soon"
    if step.role:
        holders = Bench(row.unit, now).holders(role_of(row.plan.document, step.role))
        people = [Recipient(one.person, one.post.title, one.post.pk) for one in holders]
        zh, en = f"整改任务逾期未报（{_owner_zh(row)}）", f"Improvement task overdue ({row.owner})"
    occasion = _occasion(row, f"{REMINDED}.{day_of(row.due_at):%Y%m%d}.{place}")
    _tell(row, occasion, people, zh, en, ROUTINE, now)


def ask_to_confirm(row: Improvement, *, now: datetime) -> None:
    """The leader on duty at the unit that set it, or the nearest above, and who set it; not who reported it."""
    held = Bench(row.set_for, now).holders(_LEADER)
    people = {one.person.pk: Recipient(one.person, one.post.title, one.post.pk) for one in held}
    if row.set_by.is_active:
        people.setdefault(row.set_by_id, Recipient(row.set_by, row.set_post))
    people.pop(row.reported_by_id or 0, None)
    more = (f"。完成情况：{row.report}", f". Reported: {row.report}")
    occasion = _occasion(row, f"{TO_CONFIRM}.{row.rev}")
    _tell(row, occasion, people.values(), "整改任务待确认", "Improvement to confirm", ROUTINE, now, more)


def _tell(
    row: Improvement, occasion: Occasion, people: Iterable[Recipient], zh: str, en: str, priority: int,
    now: datetime, more: tuple[str, str] = ("", ""),
) -> None:  # fmt: skip
    mark = DRILL_MARK if row.drill else {"zh": "", "en": ""}
    day = f"{day_of(row.due_at):%m-%d}"
    queue_notices(
        occasion,
        Message(
            f"{mark['zh']}{zh}：{row.text}（{day}前）{more[0]}"[:300],
            f"{mark['en']}{en}: {row.text} (by {day}){more[1]}"[:300],
        ),
        recipients=list(people),
        channels=[Channel.APP, Channel.SMS],
        priority=priority,
        now=now,
    )


def _occasion(row: Improvement, purpose: str) -> Occasion:
    return Occasion(purpose, row.key, row.unit, row.thread, row.drill)


def _owner_zh(row: Improvement) -> str:
    unit: Unit = row.post.unit if row.post else row.unit
    return f"{unit.name}{row.post.title if row.post else row.person}"


def _in(*states: str):
    def live(asked: set[int], now: datetime) -> set[int]:
        rows = Improvement.objects.filter(pk__in=asked, state__in=states)
        return set(rows.values_list("pk", flat=True))

    return validity.while_live(live)


_open = _in(ImprovementState.OPEN)
#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    SET: _open, SENT_BACK: _open, REMINDED: _open, TO_CONFIRM: _in(ImprovementState.REPORTED),
}  # fmt: skip
