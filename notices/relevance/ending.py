"""What ends takes its messages, screens, calls and escalations with it.

An act that ends something calls `settle` for its thread; the checks of notices.relevance.validity say what is over there, the
same ones that are asked before anything is sent. What was told stays told: a row that was sent, heard or
confirmed keeps its state, and a report that comes late is still written down.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notices.choices import ON_SCREEN, Channel, State
from notices.models import Callout, EscalationStep, Notice
from notices.recipients import Recipient
from notices.relevance import validity

#: Still to be sent, or standing on a screen.
_UNDER_WAY = Q(state=State.QUEUED) | Q(channel=Channel.APP, state__in=ON_SCREEN)


@transaction.atomic
def settle_threads(threads: Iterable[str], now: datetime) -> int:
    """End whatever is over in these threads. Returns how many notices were taken back."""
    within = Q(thread__in=list(threads))
    callouts = _held(within)
    over = validity.not_needed(callouts, now)
    _end_callouts([callout for callout in callouts if callout.pk in over], now)
    return _take_back(within, now)


@transaction.atomic
def end_threads(threads: Iterable[str], now: datetime, *, keeping: Iterable[str] = ()) -> int:
    """End everything told in these threads, true or not (a drill is over), but for the purposes in `keeping`.

    What was sent, heard or confirmed stays so. Returns how many notices were taken back.
    """
    within = Q(thread__in=list(threads))
    for purpose in keeping:
        within &= ~(Q(purpose=purpose) | Q(purpose__startswith=f"{purpose}."))
    _end_callouts(_held(within), now)
    rows = Notice.objects.filter(within & _UNDER_WAY)
    return rows.update(state=State.CANCELLED, last_error=validity.OVER)


@transaction.atomic
def end_notices(*, subject: str, purpose: str, now: datetime, reason: str = validity.OVER) -> int:
    """End what was told of a subject for purposes that begin with `purpose`: answered, or told anew.

    What was confirmed, sent or has failed stays as it is. Returns how many notices were taken back.
    """
    meant = Q(subject=subject) & (Q(purpose=purpose) | Q(purpose__startswith=f"{purpose}."))
    _end_callouts(_held(meant), now)
    rows = Notice.objects.filter(meant & _UNDER_WAY)
    return rows.update(state=State.CANCELLED, last_error=reason[:200])


@transaction.atomic
def end_rows(meant: Q, reason: str, now: datetime) -> int:
    """End what these notices and callouts say, whatever they are about. Returns how many notices were taken back."""
    _end_callouts(_held(meant), now)
    return Notice.objects.filter(meant & _UNDER_WAY).update(state=State.CANCELLED, last_error=reason[:200])


def end_callout(callout: Callout, now: datetime) -> None:
    """Nobody is waited for any more. The caller holds the callout."""
    _end_callouts([callout], now)
    mine = Notice.objects.filter(
        recipient=callout.recipient_id, subject=callout.subject, purpose=callout.purpose
    )
    mine.filter(_UNDER_WAY).update(state=State.CANCELLED, last_error=validity.OVER)


def told_of(subjects: Iterable[str], purpose: str, *, also_waiting: bool = False) -> list[Recipient]:
    """Everybody whom a message of that purpose has left for, or who has seen it on screen: who must hear of its end.

    `also_waiting`: those too whom it is still on its way to.
    """
    left = Q(sent_at__isnull=False) & ~Q(channel=Channel.APP)
    seen = Q(delivered_at__isnull=False) | Q(acknowledged_at__isnull=False)
    meant = left | seen | _UNDER_WAY if also_waiting else left | seen
    rows = Notice.objects.filter(meant, subject__in=list(subjects))
    rows = rows.filter(Q(purpose=purpose) | Q(purpose__startswith=f"{purpose}."))
    people = {row.recipient_id: row for row in rows.select_related("recipient").order_by("pk")}
    return [Recipient(row.recipient, row.post, row.held_post_id) for row in people.values()]


def _held(meant: Q) -> list[Callout]:
    """The callouts first, then their notices, as everywhere."""
    rows = Callout.objects.select_for_update(of=("self",)).filter(meant, ended_at__isnull=True)
    return list(rows.order_by("pk"))


def _end_callouts(callouts: list[Callout], now: datetime) -> None:
    ids = [callout.pk for callout in callouts]
    if not ids:
        return
    Callout.objects.filter(pk__in=ids).update(ended_at=now)
    EscalationStep.objects.filter(callout__in=ids, done_at__isnull=True).update(
        done_at=now, result=validity.OVER
    )
    for callout in callouts:
        callout.ended_at = now


def _take_back(within: Q, now: datetime) -> int:
    rows = list(Notice.objects.filter(within & _UNDER_WAY).order_by("pk"))
    ended: dict[str, list[int]] = defaultdict(list)
    for pk, reason in validity.not_needed(rows, now).items():
        ended[reason].append(pk)
    return sum(
        Notice.objects.filter(_UNDER_WAY, pk__in=ids).update(state=State.CANCELLED, last_error=reason[:200])
        for reason, ids in ended.items()
    )
