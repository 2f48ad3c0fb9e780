"""What a board shows of a person's notices: what asks something of them, and as one what is only to be known."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max

from accounts.models import User
from accounts.scope import Reach
from early_warnings.models import EarlyWarning
from early_warnings.queries import to_sign
from notices.models import Notice
from notices.reading import queries
from notices.reading.queries import InboxKey

#: Purposes of the notices that ask for a signature begin so.
TO_SIGN = "warning.to_sign"
#: Of what asks something.
ASKING_SHOWN = 20
#: So few are shown one by one.
KNOWN_SHOWN = 3


class BoardInbox(NamedTuple):
    asking: list[Notice]
    known: list[Notice]
    #: How many there are in all, also of those that are not here.
    total: int
    known_total: int
    newest_known: int

    @property
    def rest(self) -> int:
        return self.total - len(self.asking) - self.known_total

    def __bool__(self) -> bool:
        return bool(self.total)


def inbox_of(reach: Reach, now: datetime, besides: Iterable[str] = ()) -> BoardInbox:
    """Three queries; one more where a signature is asked for, and two where there are more than `MOST_KEYS`.

    `besides`: purposes whose notices a card on the same board stands for. A warning that waits for this person's
    signature has its card as well: its notice is not a second row (`with_notices`).
    """
    keys = queries.inbox_keys(reach.user, tuple(besides))
    merged = _on_cards(reach, now, keys)
    asking = [key for key in keys if not key.is_known and key not in merged]
    known = [key for key in keys if key.is_known]
    shown = queries.notices_of([*asking[:ASKING_SHOWN], *known[:KNOWN_SHOWN]])
    total, known_total = len(asking) + len(known), len(known)
    newest = max((key.pk for key in known), default=0)
    if len(keys) == queries.MOST_KEYS:
        total = queries.inbox(reach.user).exclude(purpose__in=list(besides)).count() - len(merged)
        figures = queries.needing_no_answer(reach.user).aggregate(many=Count("pk"), newest=Max("pk"))
        known_total, newest = figures["many"], figures["newest"] or 0
    count = len(asking[:ASKING_SHOWN])
    return BoardInbox(shown[:count], shown[count:], total, known_total, newest)


def with_notices(person: User, warnings: list[EarlyWarning]) -> list[EarlyWarning]:
    """The warnings with the notice that asked for the signature (`told`): it is marked as seen with the card."""
    if warnings:
        keys = [warning.key for warning in warnings]
        asked = queries.inbox(person).filter(purpose__startswith=TO_SIGN, subject__in=keys)
        told = {notice.subject: notice for notice in asked}
        for warning in warnings:
            warning.told = told.get(warning.key)
    return warnings


def _on_cards(reach: Reach, now: datetime, keys: list[InboxKey]) -> list[InboxKey]:
    asking = [key for key in keys if key.purpose.startswith(TO_SIGN)]
    if not asking:
        return []
    cards = {warning.key for warning in to_sign(reach, now)}
    return [key for key in asking if key.subject in cards]
