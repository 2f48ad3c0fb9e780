"""Who is told of a drill: those who take part, on screen and by text message, as in a real event."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import override

from drills.choices import InjectChannel
from drills.conduct.models import Drill, Participant
from drills.scenarios.document import Inject
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.words import Words

WAYS = (Channel.APP, Channel.SMS)


def under_way(asked: set[int], now: datetime) -> set[int]:
    return set(Drill.objects.under_way().filter(pk__in=asked).values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    "drill.started": validity.while_live(under_way),
    "drill.inject": validity.while_live(under_way),
    "drill.ended": validity.always,
}


def tell_started(drill: Drill, now: datetime) -> None:
    words = Words(f"{drill.number} 演练开始", f"{drill.number}: the drill begins")
    _tell(drill, "drill.started", words, drill.participants.select_related("person"), now, ROUTINE)


def tell_ended(drill: Drill, now: datetime) -> None:
    """Nobody acts on a drill any longer than it lasts."""
    words = Words(
        f"{drill.number} 演练结束，无需再采取行动",
        f"{drill.number}: the drill has ended, nothing more is to be done",
    )
    _tell(drill, "drill.ended", words, drill.participants.select_related("person"), now, ORDER)


def tell_inject(drill: Drill, number: int, inject: Inject, now: datetime) -> int:
    """The role that hears of it; returns how many people were told."""
    people = list(drill.participants.filter(role=inject.to).select_related("person"))
    with override("zh-hans"):
        way_zh = str(InjectChannel(inject.channel).label)
    with override("en"):
        way_en = str(InjectChannel(inject.channel).label)
    words = Words(
        f"{inject.by.zh}（{way_zh}）：{inject.words.zh}", f"{inject.by.en} ({way_en}): {inject.words.en}"
    )
    _tell(drill, f"drill.inject.{number}", words, people, now, ORDER)
    return len(people)


def _tell(
    drill: Drill, purpose: str, words: Words, people: Iterable[Participant], now: datetime, priority: int
) -> None:
    recipients = {one.person_id: Recipient(one.person, "") for one in people}
    queue_notices(
        Occasion(purpose, drill.key, drill.unit, drill.key, True),
        Message(f"{DRILL_MARK['zh']}{words.zh}"[:300], f"{DRILL_MARK['en']}{words.en}"[:300]),
        recipients=recipients.values(),
        channels=WAYS,
        priority=priority,
        now=now,
    )
