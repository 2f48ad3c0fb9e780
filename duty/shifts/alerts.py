"""Who is rung when a shift begins, is not confirmed, or leaves something behind."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from duty.shifts.models import Handover
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.number_tests import queue_test
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from rosters.alerts import when
from rosters.models import Shift

LOUD = (Channel.APP, Channel.SMS, Channel.VOICE)


def test_number(shift: Shift, channel: str, *, now: datetime, answer_by: datetime) -> None:
    """A test notice to who comes on duty: on screen, and apart from it to the number on the rotation's channel."""
    for way, subject in ((Channel.APP, shift.key), (Channel(channel), shift.number_key)):
        queue_test(
            recipients=[Recipient(shift.person, shift.post.title)],
            channels=[way],
            subject=subject,
            unit=shift.post.unit,
            now=now,
            answer_by=answer_by,
        )


def tell_stood_in(shift: Shift, stand_in: User | None, leaders: Iterable[User], *, now: datetime) -> None:
    """The stand-in is rung: on duty from now. The leaders learn it, and so does who did not confirm."""
    post, post_en = shift.post.title, shift.post.title_en or shift.post.title
    if stand_in is not None:
        _ring(
            [stand_in],
            occasion=Occasion(purpose="shift.stand_in", subject=shift.key, unit=shift.post.unit),
            text_zh=f"您现在替班：{post}，至 {when(shift.ends_at)}。{shift.person} 未按时确认到岗。",
            text_en=f"You are on duty now: {post_en}, until {when(shift.ends_at)}. {shift.person} did not confirm.",
            now=now,
        )
    instead_zh = f"现由 {stand_in} 替班" if stand_in else "无人可替班，请立即安排"
    instead_en = f"{stand_in} stands in" if stand_in else "nobody can stand in, please act now"
    _ring(
        {shift.person, *leaders} - {stand_in},
        occasion=Occasion(purpose="shift.not_confirmed", subject=shift.key, unit=shift.post.unit),
        text_zh=f"{post} {shift.person} 未在 {when(shift.confirm_by)} 前确认到岗，{instead_zh}。",
        text_en=f"{post_en}: {shift.person} did not confirm by {when(shift.confirm_by)}; {instead_en}.",
        now=now,
    )


def tell_number_silent(shift: Shift, leaders: Iterable[User], *, now: datetime) -> None:
    """Confirmed on screen, but the number did not answer: the leaders should know before the night does."""
    _ring(
        leaders,
        occasion=Occasion(purpose="shift.number_silent", subject=shift.key, unit=shift.post.unit),
        channels=[Channel.APP],
        text_zh=f"{shift.post.title} {shift.person} 已在屏幕上确认到岗，但电话测试未应答。",
        text_en=f"{shift.person} confirmed on screen, but the test of the telephone number was not answered.",
        now=now,
    )


def ring_both(handover: Handover, left: list[str], people: Iterable[User], *, now: datetime) -> None:
    """Both sides are rung with what is not taken over; each time is a reason of its own."""
    more = f" 等 {len(left)} 项" if len(left) > 3 else ""
    more_en = f" and {len(left) - 3} more" if len(left) > 3 else ""
    what = "；".join(left[:3])
    _ring(
        people,
        occasion=Occasion(
            purpose=f"handover.left_open.{now:%H%M%S}", subject=handover.key, unit=handover.unit
        ),
        text_zh=f"交接未完成（{handover.unit}）：{what or '双方未签字'}{more}",
        text_en=f"Handover left open ({handover.unit}): {what or 'not signed by both'}{more_en}",
        now=now,
    )


def _ring(
    people: Iterable[User],
    *,
    occasion: Occasion,
    text_zh: str,
    text_en: str,
    now: datetime,
    channels: Iterable[str] = LOUD,
) -> None:
    queue_notices(
        occasion,
        Message(text_zh[:300], text_en[:300]),
        recipients=[Recipient(person, "") for person in people],
        channels=channels,
        priority=ORDER,
        now=now,
    )
