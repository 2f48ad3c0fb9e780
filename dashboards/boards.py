"""Which boards there are, and whose they are. The menu and the start page follow from one table."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from accounts.choices import HeldAs
from accounts.choices import PostKind as P
from accounts.scope import Reach


class Board(NamedTuple):
    #: Name of its address.
    address: str
    label: object
    icon: str
    #: Kinds of posts that have it in their menu.
    kinds: frozenset[str]


_LEADERS = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.PETITION_DIRECTOR, P.OFFICE_HEAD}
_SENT = {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT}
_FIELD = {P.CLERK, P.INFORMANT}

#: In the order of the menu. The first board of a person's highest post is their start page.
BOARDS = [
    Board("duty", pgettext_lazy("menu", "Duty room"), "radio", frozenset({P.DUTY_OFFICER})),
    Board("commander", pgettext_lazy("menu", "Command"), "flag", frozenset(_LEADERS)),
    Board("squad", pgettext_lazy("menu", "My orders"), "clipboard-list", frozenset(_SENT)),
    Board(
        "report",
        pgettext_lazy("menu", "Report"),
        "file-check",
        frozenset(_FIELD | {P.OFFICE_HEAD, P.DUTY_OFFICER}),
    ),
    Board(
        "incidents",
        pgettext_lazy("menu", "Incidents"),
        "list",
        frozenset(_LEADERS | _FIELD | {P.DUTY_OFFICER, P.AUDITOR}),
    ),
    Board(
        "alarm",
        pgettext_lazy("menu", "Alarm"),
        "siren",
        frozenset(_LEADERS | _SENT | _FIELD | {P.DUTY_OFFICER}),
    ),
    Board(
        "promise",
        pgettext_lazy("menu", "Promise"),
        "timer",
        frozenset({P.DIRECTOR, P.DEPUTY_DIRECTOR, P.AUDITOR}),
    ),
    Board(
        "rosters",
        pgettext_lazy("menu", "Roster"),
        "calendar-days",
        frozenset(_LEADERS | _SENT | {P.DUTY_OFFICER, P.AUDITOR}),
    ),
    Board("journal", pgettext_lazy("menu", "Journal"), "book-lock", frozenset({P.AUDITOR})),
    Board(
        "plans",
        pgettext_lazy("menu", "Plans"),
        "scroll-text",
        frozenset(_LEADERS | {P.DUTY_OFFICER, P.AUDITOR, P.SYSADMIN}),
    ),
    Board(
        "account-directory",
        pgettext_lazy("menu", "Directory"),
        "phone",
        frozenset(_LEADERS - {P.OFFICE_HEAD} | {P.DUTY_OFFICER}),
    ),
    Board(
        "partners",
        pgettext_lazy("menu", "Resources"),
        "package",
        frozenset(_LEADERS | {P.DUTY_OFFICER, P.CLERK}),
    ),
    Board("account-people", pgettext_lazy("menu", "People"), "users", frozenset({P.SECADMIN})),
    Board("account-units", pgettext_lazy("menu", "Units"), "network", frozenset({P.SYSADMIN})),
    Board("system", pgettext_lazy("menu", "System"), "activity", frozenset({P.SYSADMIN})),
]

#: Whose start page wins where somebody holds several posts: who is waited for comes first.
_START = ("duty", "commander", "squad", "report", "journal", "account-people", "system", "incidents")


def boards_of(reach: Reach) -> list[Board]:
    kinds = {post.kind for post in reach.posts}
    return [board for board in BOARDS if board.kinds & kinds]


def start_of(reach: Reach) -> str | None:
    """The address of this person's start page; None for somebody who holds no post today.

    An own post comes before one that is held for somebody else: a clerk who stands in for the head still starts
    where the alarm and the zero-report are.
    """
    kinds = {post.kind for post in reach.posts if post.held_as == HeldAs.HOLDER}
    kinds = kinds or {post.kind for post in reach.posts}
    own = {board.address for board in BOARDS if board.kinds & kinds}
    return next((reverse(address) for address in _START if address in own), None)


#: On a telephone's bar, besides the alarm: what a person is likeliest to want with one thumb.
_AT_HAND = ("duty", "commander", "squad", "report", "incidents", "rosters", "account-directory", "journal")


def bar_of(items: list[dict]) -> list[dict]:
    """The bar at the bottom of a telephone: two boards, the alarm in the middle, two boards. Empty without an alarm."""
    own = {item["address"]: item for item in items}
    if "alarm" not in own:
        return []
    others = [own[address] for address in _AT_HAND if address in own][:4]
    middle = (len(others) + 1) // 2
    return [*others[:middle], own["alarm"], *others[middle:]]


def navigation(reach: Reach, path: str) -> list[dict]:
    """The menu as templates/_top.html shows it."""
    items = []
    for board in boards_of(reach):
        url = reverse(board.address)
        current = path == url or (board.address in ("incidents", "rosters") and path.startswith(url))
        items.append(
            {
                "address": board.address,
                "url": url,
                "label": board.label,
                "icon": board.icon,
                "current": current,
                "count": "",
            }
        )
    return items
