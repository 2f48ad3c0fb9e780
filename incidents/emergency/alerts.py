"""Who is alarmed of an emergency access: rows in the outbox, in its own transaction; how long that lasts."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localtime

from accounts.choices import PostKind
from accounts.emergency.models import EmergencyAccess
from accounts.exclusions.queries import kept_from
from accounts.models import Appointment
from accounts.posts.duty import Answering, answering
from common.database.paths import prefixes
from incidents.emergency.queries import unreviewed
from journal.keys import key
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.relevance.ending import end_notices
from notices.sending.message_templates import DRILL_MARK, Message

OPENED = "emergency.opened"


def alarm(access: EmergencyAccess, opened: list[str], *, now: datetime) -> list[str]:
    """Tell the auditors of both sides, the director of the unit and the duty room above it, at once, on screen and by
    text message. Returns the titles of the posts that were told. `opened`: journal keys of what was opened."""
    recipients = _recipients(access, opened, now)
    head = DRILL_MARK if access.drill else {"zh": "", "en": ""}
    until = f"{localtime(access.until):%m-%d %H:%M}"
    text_zh = (
        f"{head['zh']}紧急破例访问：{access.post} {access.person} 越出权限打开 {access.asked}（{access.unit.name}），至 {until}。"
        f"理由：{access.reason}"
    )
    text_en = (
        f"{head['en']}Emergency access: {access.post} {access.person} has opened {access.asked} "
        f"({access.unit.name_en or access.unit.name}) past their posts, until {until}. Reason: {access.reason}"
    )
    queue_notices(
        Occasion(OPENED, key("emergency", access.pk), access.unit, drill=access.drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=recipients,
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )
    return sorted({one.post_title for one in recipients})


def take_back(access: EmergencyAccess, *, now: datetime) -> None:
    """An auditor has stated: nobody has to look any more. What was heard or confirmed stays so."""
    end_notices(subject=key("emergency", access.pk), purpose=OPENED, now=now)


def _recipients(access: EmergencyAccess, opened: list[str], now: datetime) -> list[Recipient]:
    """One for each person, but for who opened it and whoever is kept from what was opened."""
    here, home = prefixes(access.unit_path), prefixes(access.post_path)
    above = prefixes(access.unit.parent.path if access.unit.parent else access.unit_path)
    told: dict[int, Answering] = {}
    for one in (
        *_holding(PostKind.AUDITOR, {*here, *home}, now),
        *_nearest(_holding(PostKind.DIRECTOR, here, now)),
        *_nearest(_holding(PostKind.DUTY_OFFICER, above, now)),
    ):
        told.setdefault(one.person.pk, one)
    told.pop(access.person_id, None)
    for pk in kept_from([(one.person, opened) for one in told.values()], now):
        del told[pk]
    return [Recipient(one.person, one.post.title, one.post.pk) for one in told.values()]


def _holding(kind: str, paths: Iterable[str], now: datetime) -> list[Answering]:
    """Who answers for posts of this kind at these units, the lowest unit first."""
    rows = Appointment.objects.current(now).filter(post__kind=kind, post__unit__path__in=list(paths))
    return answering(rows.select_related("person", "post__unit").order_by("-post__unit__path", "pk"), now)


def _nearest(found: list[Answering]) -> list[Answering]:
    return [one for one in found if one.post.unit_id == found[0].post.unit_id]


#: How long it stands on screens: until an auditor has stated.
while_unreviewed = validity.while_live(unreviewed)
