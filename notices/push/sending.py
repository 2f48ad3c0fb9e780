"""Claim, send, mark: as notices do (notices.sending.outbox), in a lane of their own. Nobody relies on what leaves here.

A push service that hangs takes no time of a gateway's; one that fails is left alone for a minute.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import PushDevice
from accounts.push.actions import end_device
from accounts.push.queries import is_on
from common.alone import Loop, is_of_the_row
from common.failpoints import crash_point
from notices import rules
from notices.channels import SendResult
from notices.channels.health import PROVIDERS
from notices.choices import ON_SCREEN, ROUTINE, PushKind, PushState
from notices.models import PushMessage
from notices.push.contents import put_contents_beside
from notices.push.queueing import queue_new, queue_taken_back
from notices.push.rules import GONE, MOST_UNDER_WAY, UNUSABLE
from notices.relevance import send_checks, validity
from notices.sending.dispatcher import Senders, Ways

#: Messages that our own code cannot make, send or mark.
BROKEN = Loop("notices.push")


def send_due(now: datetime, limit: int = MOST_UNDER_WAY) -> int:
    """Queue what is new, claim one batch and send it. Returns how many messages it dealt with; off: none."""
    if not is_on():
        return 0
    queue_new(now)
    queue_taken_back(now)
    marked = _mark_all(_SENDERS.collect(now))
    room = min(limit, MOST_UNDER_WAY - _SENDERS.count())
    batch = claim(room, timedelta(seconds=settings.NOTICE_LEASE_SECONDS), now) if room > 0 else []
    if not batch:
        return marked
    crash_point("push.after_claim")
    _SENDERS.begin([(message,) for message in _still_wanted(batch, now)], now)
    _mark_all(_SENDERS.answers())
    return len(batch)


def claim(limit: int, lease: timedelta, now: datetime) -> list[PushMessage]:
    """Take up to `limit` messages for `lease`, the oldest first: nobody else sees them."""
    waiting = PushMessage.objects.filter(state=PushState.QUEUED, visible_at__lte=now)
    if not waiting.exists():
        return []
    hosts = PushDevice.objects.values_list("host", flat=True).distinct()
    if poor := [host for host in hosts if PROVIDERS.is_poor(host)]:
        waiting = waiting.exclude(device__host__in=poor, expires_at__gt=now)
    with transaction.atomic():
        rows = waiting.order_by("visible_at", "pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.values_list("pk", flat=True)[:limit])
        PushMessage.objects.filter(pk__in=ids).update(
            visible_at=now + lease, token=F("token") + 1, attempts=F("attempts") + 1
        )
        taken = PushMessage.objects.filter(pk__in=ids).order_by("queued_at", "pk")
        return list(taken.select_related("device__person", "notice__recipient", "notice__unit"))


def _still_wanted(batch: Sequence[PushMessage], now: datetime) -> list[PushMessage]:
    """Those that are to leave now, with what they say; the others are settled."""
    told = {one.notice_id: one.notice for one in batch if one.kind == PushKind.TELL}
    verdicts = send_checks.judge(list(told.values()), now) if told else {}
    leaving = []
    for message in batch:
        is_telling = message.kind == PushKind.TELL
        verdict = verdicts[message.notice_id] if is_telling else send_checks.SEND
        if message.expires_at <= now:
            _end(message, PushState.FAILED, message.last_error or "expired before it could be sent")
        elif not message.device.person.is_active:
            _end(message, PushState.CANCELLED, "the account is closed")
        elif is_telling and message.notice.state not in ON_SCREEN:
            _end(message, PushState.CANCELLED, validity.OVER)
        elif verdict.kind == "raised":
            mark(message, SendResult("broken", error=verdict.reason), now)
        elif verdict.kind != "send":
            _end(message, PushState.CANCELLED, verdict.reason)
        else:
            leaving.append(message)
    return _with_contents(leaving, now)


def _with_contents(batch: Sequence[PushMessage], now: datetime) -> list[PushMessage]:
    """Each person's alone where it raises: one thing that nobody can describe keeps its neighbours from nothing."""
    leaving = []
    for message in batch:
        try:
            put_contents_beside([message], now)
        except Exception as error:
            if not is_of_the_row(error):
                raise
            mark(message, SendResult("broken", error=type(error).__name__), now)
            continue
        if message.content:
            leaving.append(message)
        else:
            _end(message, PushState.CANCELLED, "not for this reader")
    return leaving


# --- what came of it ---------------------------------------------------------------------------------------


def _mark_all(answers: Iterable[tuple[Sequence[PushMessage], SendResult, datetime]]) -> int:
    count = 0
    for (message,), outcome, at in answers:
        crash_point("push.sent_not_marked")
        mark(message, outcome, at)
        count += 1
    return count


def mark(message: PushMessage, outcome: SendResult, now: datetime) -> None:
    """Write down what came of one attempt. A subscription that is gone ends with its messages."""
    if outcome.kind == "sent":
        # It has left, whoever holds the claim by now.
        open_or_lost = PushMessage.objects.filter(pk=message.pk)
        open_or_lost.update(state=PushState.SENT, sent_at=now, last_error="")
    elif outcome.kind == "never" and outcome.error in (GONE, UNUSABLE):
        end_device(message.device, outcome.error, now)
    elif outcome.kind == "never" or message.expires_at <= now or _is_hopeless(message, outcome):
        _end(message, PushState.FAILED, outcome.error)
    else:
        _put_off(message, outcome, now)


def _is_hopeless(message: PushMessage, outcome: SendResult) -> bool:
    return outcome.kind == "broken" and message.attempts >= rules.BROKEN_TRIES


def _put_off(message: PushMessage, outcome: SendResult, now: datetime) -> None:
    if outcome.kind == "broken":
        BROKEN.put(message.pk, outcome.error, now)
    wait = rules.wait_after(message.attempts, message.pk % 1000 / 1000, ROUTINE)
    if outcome.wait is not None:
        wait = max(wait, timedelta(seconds=outcome.wait))
    _ours(message).update(visible_at=now + wait, last_error=outcome.error[:200])


def _end(message: PushMessage, state: PushState, reason: str) -> None:
    _ours(message).update(state=state, last_error=reason[:200])


def _ours(message: PushMessage) -> QuerySet[PushMessage]:
    """The row, if nobody has claimed or ended it since."""
    return PushMessage.objects.filter(pk=message.pk, token=message.token, state=PushState.QUEUED)


def _send(parcel: Sequence[PushMessage], timeout: float) -> SendResult:
    # Here, not above: where push is off, nobody pays for its libraries in memory.
    from notices.push.service import send

    return send(parcel[0], timeout)


def _is_known(parcel: Sequence[PushMessage]) -> bool:
    return PushMessage.objects.filter(pk=parcel[0].pk, token__gte=parcel[0].token).exists()


_SENDERS = Senders(Ways(_send, lambda message: message.device.host, _is_known))
