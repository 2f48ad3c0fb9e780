"""Who hears of rosters: those it touches, on screen and by text message, in the lane that outruns nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from common.dates.local_time import LOCAL
from notices.actions import queue_notices
from notices.choices import ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from rosters.models import Roster, Shift, Swap

#: Who is on duty at an hour has to know so long before.
TO_BE_THERE = timedelta(hours=1)


def when(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%m-%d %H:%M}"


def tell_published(roster: Roster, shifts: Iterable[Shift], *, now: datetime) -> None:
    """Each person on it learns how many duties they have and when the first one begins."""
    own: dict[int, list[Shift]] = {}
    for shift in shifts:
        if shift.ends_at > now:
            own.setdefault(shift.person_id, []).append(shift)
    span = f"{roster.first_day:%m-%d} – {roster.last_day:%m-%d}"
    for mine in own.values():
        first = min(mine, key=lambda shift: shift.starts_at)
        _tell(
            [first.person],
            occasion=Occasion(purpose="roster.published", subject=roster.key, unit=roster.unit),
            text_zh=f"值班表 {span} 已发布：您有 {len(mine)} 班，首班 {when(first.starts_at)}（{first.post.title}）",
            text_en=f"Roster {span} is out: you have {len(mine)} duties, the first on {when(first.starts_at)} ({first.post.title_en or first.post.title})",
            begins_at=first.starts_at,
            now=now,
        )


def tell_changed(before: Shift, after: Iterable[Shift], *, reason: str, now: datetime) -> None:
    """Who had the duty and who has it now: with the hours that changed hands, not those of the whole duty."""
    given = list(after)
    people = {before.person_id: before.person, **{shift.person_id: shift.person for shift in given}}
    span = "、".join(f"{when(shift.starts_at)} – {when(shift.ends_at)}" for shift in given)
    who = "、".join(dict.fromkeys(str(shift.person) for shift in given))
    _tell(
        people.values(),
        occasion=Occasion(
            purpose=f"shift.changed.{now:%m%d%H%M%S}", subject=before.key, unit=before.post.unit
        ),
        text_zh=f"值班变更：{before.post.title} {span}，现由 {who} 值班。原因：{reason}",
        text_en=f"Duty changed: {before.post.title_en or before.post.title} {span}, now {who}. Reason: {reason}",
        begins_at=min(shift.starts_at for shift in given),
        now=now,
    )


def tell_swap(swap: Swap, people: Iterable[User], *, zh: str, en: str, now: datetime) -> None:
    shift = swap.shift
    span = f"{when(shift.starts_at)} – {when(shift.ends_at)}"
    _tell(
        people,
        occasion=Occasion(purpose=f"swap.{swap.state}", subject=swap.key, unit=shift.post.unit),
        text_zh=f"换班{zh}：{shift.post.title} {span}，{swap.proposed_by} ⇄ {swap.other}",
        text_en=f"Swap {en}: {shift.post.title_en or shift.post.title} {span}, {swap.proposed_by} ⇄ {swap.other}",
        begins_at=shift.starts_at,
        now=now,
    )


def _tell(
    people: Iterable[User],
    *,
    occasion: Occasion,
    text_zh: str,
    text_en: str,
    begins_at: datetime,
    now: datetime,
) -> None:
    """`begins_at`: the duty it is about. The nearer it is, the less may wait for the morning."""
    queue_notices(
        occasion,
        Message(text_zh[:300], text_en[:300]),
        recipients=[Recipient(person, "") for person in people],
        channels=[Channel.APP, Channel.SMS],
        priority=ROUTINE,
        needed_by=begins_at - TO_BE_THERE,
        now=now,
    )
