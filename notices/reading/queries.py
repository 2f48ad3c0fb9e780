"""Questions about notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.scope import Reach
from common.database.composed import Composed, padded
from notices.choices import ON_SCREEN, ORDER, ROUTINE, Channel, State
from notices.models import Callout, Notice

#: A callout that goes on until somebody answers.
_HAS_STEPS = ~Q(message={}) & Q(ended_at__isnull=True)
_REACHED = [State.DELIVERED, State.HEARD, State.ACKNOWLEDGED]


def inbox(person: User) -> QuerySet[Notice]:
    """What this person has on screen and has not confirmed: the most urgent first, then the newest.

    `wants_answer`: silence is followed up, so it is asked whether they come.
    """
    rows = _on_screen(person).annotate(wants_answer=_is_followed_up())
    return rows.order_by("priority", "-queued_at", "-id")


class InboxKey(NamedTuple):
    """A row of `inbox`, as much of it as decides where it stands."""

    pk: int
    subject: str
    purpose: str
    priority: int
    wants_answer: bool

    @property
    def is_known(self) -> bool:
        """Only to be known, as `needing_no_answer` says it."""
        return self.priority == ROUTINE and not self.wants_answer


def inbox_keys(person: User, besides: tuple[str, ...] = ()) -> list[InboxKey]:
    """The first `MOST_KEYS` of `inbox` without these purposes, in its order (two queries)."""
    followed_up = set(_FOLLOWED_UP(person.pk))
    return [
        InboxKey(pk, subject, purpose, priority, (subject, purpose) in followed_up)
        for pk, subject, purpose, priority in _KEYS(person.pk, besides)
    ]


def notices_of(keys: Sequence[InboxKey]) -> list[Notice]:
    """The notices with these keys, in the same order (one query)."""
    if not keys:
        return []
    rows = {notice.pk: notice for notice in _ROWS(padded(tuple(key.pk for key in keys)))}
    found = [(key, rows[key.pk]) for key in keys if key.pk in rows]
    for key, notice in found:
        notice.wants_answer = key.wants_answer  # type: ignore[attr-defined]  # as `inbox` annotates it
    return [notice for _key, notice in found]


#: More than somebody reads. Beyond that a board counts.
MOST_KEYS = 500


def _keys(person: int, besides: tuple[str, ...]) -> QuerySet[Any]:
    rows = _on_screen(person).exclude(purpose__in=besides).order_by("priority", "-queued_at", "-id")
    return rows.values_list("pk", "subject", "purpose", "priority")[:MOST_KEYS]


def _followed_up(person: int) -> QuerySet[Any]:
    rows = Callout.objects.filter(_HAS_STEPS, recipient=person)
    return rows.values_list("subject", "purpose")


#: Every board asks them after every entry.
_KEYS, _FOLLOWED_UP = Composed(_keys), Composed(_followed_up)
_ROWS = Composed(lambda pks: Notice.objects.filter(pk__in=pks))


def needing_no_answer(person: User) -> QuerySet[Notice]:
    """Of `inbox`: what is only to be known. Nobody waits for an answer, nothing is asked for, no alert."""
    return _on_screen(person).filter(~_is_followed_up(), priority=ROUTINE).order_by("-queued_at", "-id")


def _on_screen(person: User | int) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=person, channel=Channel.APP, state__in=ON_SCREEN)


def _is_followed_up() -> Exists:
    followed = Callout.objects.filter(
        recipient=OuterRef("recipient"), subject=OuterRef("subject"), purpose=OuterRef("purpose")
    )
    return Exists(followed.filter(_HAS_STEPS))


def notices_about(reach: Reach, key: str) -> QuerySet[Notice]:
    """Who was told, or is to be, about a subject ("warning:7") or in an incident ("incident:5")."""
    rows = Notice.objects.visible_to(reach).about(key).select_related("recipient")
    return rows.order_by("queued_at", "id")


def own_notices(reach: Reach) -> QuerySet[Notice]:
    """Everything this person was told, newest first."""
    rows = Notice.objects.filter(recipient=reach.user).select_related("recipient")
    return rows.order_by("-queued_at", "-id")


def to_call_by_hand(reach: Reach) -> QuerySet[Notice]:
    """Dead letters: not delivered by this way, and the person not reached by any other for the same reason."""
    reached = Notice.objects.filter(
        recipient=OuterRef("recipient"),
        subject=OuterRef("subject"),
        purpose=OuterRef("purpose"),
        state__in=_REACHED,
    )
    rows = (
        Notice.objects.visible_to(reach)
        .filter(~Exists(reached), state__in=[State.FAILED, State.ESCALATED])
        .exclude(channel=Channel.APP)
    )
    return rows.select_related("recipient").order_by("priority", "-queued_at", "-id")


def waiting_count(now: datetime, patience: timedelta) -> int:
    """Alerts and orders that have been due for longer than `patience` and are still not sent (should be none)."""
    # One that is claimed or put off is due in the future, but has had its first attempt.
    due = Q(visible_at__lte=now - patience) | Q(attempts__gt=0, queued_at__lte=now - patience)
    return Notice.objects.open().filter(due, priority__lte=ORDER).count()


def open_count() -> int:
    return Notice.objects.open().count()
