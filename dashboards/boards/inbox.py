"""What a board shows of a person's notices: what asks something of them, and as one what is only to be known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q

from accounts.models import User
from accounts.scope import Reach
from command.activation.models import Response
from command.activation.queries import waiting as responses_waiting
from command.report_chain.models import UpwardReport
from command.report_chain.queries import waiting as reports_waiting
from early_warnings.models import EarlyWarning
from early_warnings.queries import to_sign
from notices.models import Notice
from notices.reading import queries
from notices.reading.queries import InboxKey
from notices.relevance.kept_from import open_to

#: Purposes of the notices that ask for a signature begin so → the cards of a board that ask for the same.
ON_CARDS: Mapping[str, Callable[[Reach, datetime], set[str]]] = {
    "warning.to_sign": lambda reach, now: {warning.key for warning in to_sign(reach, now)},
    "response.to_sign": lambda reach, now: {
        one.response.key for one in responses_waiting(reach, now) if one.is_to_decide
    },
    "upward_report.to_sign": lambda reach, now: {
        one.report.key for one in reports_waiting(reach, now) if one.what == "sign"
    },
}
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


class _Sorted(NamedTuple):
    """One person's notices, before those that are shown are read."""

    reach: Reach
    #: How many there are, as far as they were read.
    read: int
    asking: list[InboxKey]
    known: list[InboxKey]
    #: Those that have a card.
    merged: int

    @property
    def shown(self) -> list[InboxKey]:
        return [*self.asking[:ASKING_SHOWN], *self.known[:KNOWN_SHOWN]]


def inbox_of(reach: Reach, now: datetime, besides: Iterable[str] = ()) -> BoardInbox:
    """Three queries; one more where a signature is asked for, and two where there are more than `MOST_KEYS`.

    `besides`: purposes whose notices a card on the same board stands for. What waits for this person's signature has
    its card as well: its notice is not a second row (`with_notices`).
    """
    return inboxes_of([(reach, now)], besides)[0]


def inboxes_of(asked: Sequence[tuple[Reach, datetime]], besides: Iterable[str] = ()) -> list[BoardInbox]:
    """`inbox_of` for many people at once, in their order; as many queries as for one."""
    besides = tuple(besides)
    keys_of = queries.inbox_keys([reach.user.pk for reach, _now in asked], besides)
    people = [_sorted(reach, now, keys_of[reach.user.pk]) for reach, now in asked]
    rows = queries.notices_of([key for person in people for key in person.shown])
    return [_inbox(person, rows, besides) for person in people]


def _sorted(reach: Reach, now: datetime, keys: list[InboxKey]) -> _Sorted:
    keys = [key for key in keys if key.is_open_to(reach)] if reach.closed else keys
    merged = _on_cards(reach, now, keys)
    asking = [key for key in keys if not key.is_known and key not in merged]
    return _Sorted(reach, len(keys), asking, [key for key in keys if key.is_known], len(merged))


def _inbox(person: _Sorted, rows: dict[int, Notice], besides: tuple[str, ...]) -> BoardInbox:
    asking = [rows[key.pk] for key in person.asking[:ASKING_SHOWN] if key.pk in rows]
    known = [rows[key.pk] for key in person.known[:KNOWN_SHOWN] if key.pk in rows]
    if person.read < queries.MOST_KEYS:
        newest = max((key.pk for key in person.known), default=0)
        return BoardInbox(asking, known, len(person.asking) + len(person.known), len(person.known), newest)
    user = person.reach.user
    total = (
        queries.inbox(user).filter(open_to(person.reach)).exclude(purpose__in=list(besides)).count()
        - person.merged
    )
    figures = (
        queries.needing_no_answer(user)
        .filter(open_to(person.reach))
        .aggregate(many=Count("pk"), newest=Max("pk"))
    )
    return BoardInbox(asking, known, total, figures["many"], figures["newest"] or 0)


def with_notices(person: User, cards: Iterable[EarlyWarning | Response | UpwardReport]) -> None:
    """Put to each thing whose card asks for a signature the notice that asked for it (`told`): it is marked as seen
    with the card."""
    asked = {one.key: one for one in cards}
    if not asked:
        return
    purposes = Q()
    for prefix in ON_CARDS:
        purposes |= Q(purpose__startswith=prefix)
    for notice in queries.inbox(person).filter(purposes, subject__in=asked):
        asked[notice.subject].told = notice  # type: ignore[union-attr]


def _on_cards(reach: Reach, now: datetime, keys: list[InboxKey]) -> list[InboxKey]:
    """Those that stand on a card; a query for each kind of card of which a notice asks."""
    merged: list[InboxKey] = []
    for prefix, cards_of in ON_CARDS.items():
        if asking := [key for key in keys if key.purpose.startswith(prefix)]:
            cards = cards_of(reach, now)
            merged += [key for key in asking if key.subject in cards]
    return merged
