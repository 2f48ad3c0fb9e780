"""Who is told that a document came, or that one of ours is not through; how long that lasts."""

from datetime import datetime

from django.db import transaction

from exchange import rules
from exchange.choices import IncomingState, Kind, OutgoingState
from exchange.models import Incoming, Outgoing
from incidents.reporting.alerts import people_of
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.relevance.ending import settle_threads
from notices.sending.message_templates import Message
from plans.document.sections import alarm_roles
from plans.lifecycle.queries import plan_in_force

RECEIVED = "exchange.received"
NOT_RECEIVED = "exchange_document.not_received"


def tell_received(document: Incoming, *, now: datetime) -> None:
    """The nearest duty room, on screen; of what happens now by text message too."""
    text_zh = f"收到{document.partner.name}{_kind_zh(document.kind)} {document.their_number}：{document.title}（{document.number}），请签收。"
    text_en = f"Received from {document.partner.name}: {document.their_number} {document.title} ({document.number}). Please acknowledge."
    _tell(RECEIVED, document, _duty_room(document, now), Message(text_zh[:300], text_en[:300]), now)


def tell_late(now: datetime) -> int:
    """Once for each document that has not been received for half an hour, or was refused: telephone it. How many."""
    late = Outgoing.objects.filter(
        state=OutgoingState.QUEUED, queued_at__lt=now - rules.TOLD_AFTER, told_at=None, kind__in=Kind.papers()
    )
    refused = Outgoing.objects.filter(state=OutgoingState.REFUSED, told_at=None, kind__in=Kind.papers())
    return sum(
        _tell_late(pk, now) for pk in (late | refused).order_by("pk").values_list("pk", flat=True)[:20]
    )


@transaction.atomic
def _tell_late(pk: int, now: datetime) -> int:
    rows = Outgoing.objects.select_for_update(of=("self",)).select_related("partner", "unit")
    row = rows.filter(pk=pk, told_at=None, state__in=OutgoingState.open()).first()
    if row is None:
        return 0
    row.told_at = now
    row.save(update_fields=["told_at"])
    text_zh = f"系统交换未送达：{row.number}（{row.partner.name}），请改用电话、传真报告。"
    text_en = f"Not received by {row.partner.name}: {row.number}. Report it by telephone or fax."
    _tell(NOT_RECEIVED, row, _duty_room(row, now), Message(text_zh[:300], text_en[:300]), now)
    return 1


def settle(document: Incoming, now: datetime) -> None:
    settle_threads([document.key], now)


def _duty_room(thing: Incoming | Outgoing, now: datetime) -> list[Recipient]:
    document = plan_in_force(thing.unit, now).document
    return people_of(alarm_roles(document), thing.unit_path, now, nearest=True)


def _tell(
    purpose: str, thing: Incoming | Outgoing, people: list[Recipient], said: Message, now: datetime
) -> None:
    is_urgent = thing.kind in Kind.urgent()
    queue_notices(
        Occasion(purpose, thing.key, thing.unit, thing.key),
        said,
        recipients=people,
        channels=[Channel.APP, Channel.SMS] if is_urgent else [Channel.APP],
        priority=ORDER if is_urgent else ROUTINE,
        now=now,
    )


def _kind_zh(kind: str) -> str:
    return _KINDS_ZH.get(Kind(kind), "")


_KINDS_ZH = {
    Kind.UPWARD_REPORT: "上报",
    Kind.SUMMARY: "零报告汇总",
    Kind.WRITTEN_REPORT: "书面报告",
    Kind.LINKAGE_ORDER: "指令",
}


def not_acknowledged(asked: set[int], now: datetime) -> set[int]:
    """It asks for somebody until one has acknowledged it."""
    return set(Incoming.objects.filter(pk__in=asked, state=IncomingState.NEW).values_list("pk", flat=True))


def not_through(asked: set[int], now: datetime) -> set[int]:
    """It asks for somebody until it is received there, or settled another way."""
    rows = Outgoing.objects.filter(pk__in=asked, state__in=OutgoingState.open())
    return set(rows.values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    RECEIVED: validity.while_live(not_acknowledged),
    NOT_RECEIVED: validity.while_live(not_through),
}
