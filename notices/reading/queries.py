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
from notices.relevance.kept_from import LIFE_SAFETY, open_to

#: A callout that goes on until somebody answers.
_HAS_STEPS = ~Q(message={}) & Q(ended_at__isnull=True)
_REACHED = [State.DELIVERED, State.HEARD, State.ACKNOWLEDGED]


def inbox(person: User) -> QuerySet[Notice]:
    """What this person has on screen and has not confirmed: the most urgent first, then the newest.

    `wants_answer`: silence is followed up, so it is asked whether they come.
    """
    rows = _on_screen((person.pk,)).annotate(wants_answer=_is_followed_up())
    return rows.order_by("priority", "-queued_at", "-id")


class InboxKey(NamedTuple):
    """A row of `inbox`, as much of it as decides where it stands."""

    pk: int
    subject: str
    thread: str
    purpose: str
    priority: int
    wants_answer: bool

    @property
    def is_known(self) -> bool:
        """Only to be known, as `needing_no_answer` says it."""
        return self.priority == ROUTINE and not self.wants_answer

    def is_open_to(self, reach: Reach) -> bool:
        return self.purpose.startswith(LIFE_SAFETY) or not reach.closed.intersection(
            (self.subject, self.thread)
        )


def inbox_keys(people: Sequence[int], besides: tuple[str, ...] = ()) -> dict[int, list[InboxKey]]:
    """The first `MOST_KEYS` of each person's `inbox` without these purposes, in its order.

    Two queries for all of them; each half for itself where they have so many together that some may be missing.
    """
    asked = tuple(dict.fromkeys(people))
    rows = _KEYS(padded(asked), besides)
    if len(rows) >= _limit(asked) and len(asked) > 1:
        middle = len(asked) // 2
        return inbox_keys(asked[:middle], besides) | inbox_keys(asked[middle:], besides)
    followed_up = set(_FOLLOWED_UP(padded(asked)))
    found: dict[int, list[InboxKey]] = {person: [] for person in asked}
    for person, pk, subject, thread, purpose, priority in rows:
        wants_answer = (person, subject, purpose) in followed_up
        found[person].append(InboxKey(pk, subject, thread, purpose, priority, wants_answer))
    return found


def notices_of(keys: Sequence[InboxKey]) -> dict[int, Notice]:
    """The notices with these keys by their number (one query)."""
    rows = {notice.pk: notice for notice in _ROWS(padded(tuple(key.pk for key in keys)))} if keys else {}
    for key in keys:
        if key.pk in rows:
            rows[key.pk].wants_answer = key.wants_answer  # type: ignore[attr-defined]  # as `inbox` annotates it
    return rows


#: More than somebody reads. Beyond that a board counts.
MOST_KEYS = 500
#: Of many people together. Few have more than a hundred.
_MOST_TOGETHER = 5000


def _limit(people: tuple[int, ...]) -> int:
    return MOST_KEYS if len(people) == 1 else _MOST_TOGETHER


def _keys(people: tuple[int, ...], besides: tuple[str, ...]) -> QuerySet[Any]:
    rows = _on_screen(people).exclude(purpose__in=besides).order_by("priority", "-queued_at", "-id")
    return rows.values_list("recipient", "pk", "subject", "thread", "purpose", "priority")[: _limit(people)]


def _followed_up(people: tuple[int, ...]) -> QuerySet[Any]:
    rows = Callout.objects.filter(_HAS_STEPS, recipient__in=people)
    return rows.values_list("recipient", "subject", "purpose")


#: Every board asks them after every entry.
_KEYS, _FOLLOWED_UP = Composed(_keys), Composed(_followed_up)
_ROWS = Composed(lambda pks: Notice.objects.filter(pk__in=pks))


def needing_no_answer(person: User) -> QuerySet[Notice]:
    """Of `inbox`: what is only to be known. Nobody waits for an answer, nothing is asked for, no alert."""
    return _on_screen((person.pk,)).filter(~_is_followed_up(), priority=ROUTINE).order_by("-queued_at", "-id")


def _on_screen(people: tuple[int, ...]) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient__in=people, channel=Channel.APP, state__in=ON_SCREEN)


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
    rows = Notice.objects.filter(open_to(reach), recipient=reach.user).select_related("recipient")
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
