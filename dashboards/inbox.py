"""What a board shows of a person's notices: what asks something of them, and as one what is only to be known."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Max

from accounts.models import User
from early_warnings.models import EarlyWarning
from notices.models import Notice
from notices.reading import queries
from notices.reading.inbox import sorted_inbox

#: More are read only as figures.
MOST = 60
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


def inbox_of(person: User, besides: Iterable[str] = (), to_sign: Iterable[EarlyWarning] = ()) -> BoardInbox:
    """One query, two where there are more than sixty.

    `besides`: purposes whose notices a card on the same board stands for. A warning that waits for this person's
    signature has its card in `to_sign`: its notice is not a second row, and is marked as seen with the card.
    """
    cards = {warning.key: warning for warning in to_sign}
    rows = queries.inbox(person).exclude(purpose__in=list(besides))
    found = list(rows[: MOST + 1])
    merged = [
        notice for notice in found if notice.subject in cards and notice.purpose.startswith("warning.to_sign")
    ]
    for notice in merged:
        cards[notice.subject].told = notice
    asking, known = sorted_inbox(notice for notice in found[:MOST] if notice not in merged)
    total, known_total, newest = (
        len(asking) + len(known),
        len(known),
        max((one.pk for one in known), default=0),
    )
    if len(found) > MOST:
        total = rows.count() - len(merged)
        figures = queries.needing_no_answer(person).aggregate(many=Count("pk"), newest=Max("pk"))
        known_total, newest = figures["many"], figures["newest"] or 0
    return BoardInbox(asking[:ASKING_SHOWN], known[:KNOWN_SHOWN], total, known_total, newest)
