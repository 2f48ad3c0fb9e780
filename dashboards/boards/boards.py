"""Which boards there are, and whose they are. The menu and the start page follow from one table."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.choices import HeldAs
from accounts.choices import PostKind as P
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.errors import NotAllowed


class Group(NamedTuple):
    """A heading of the menu "More"."""

    label: object


ANSWERS = Group(pgettext_lazy("menu", "Answering people"))
COMMAND = Group(pgettext_lazy("menu", "Response and afterwards"))
READY = Group(pgettext_lazy("menu", "Being ready"))
RECORD = Group(pgettext_lazy("menu", "On the record"))

#: In this order under "More".
GROUPS = (ANSWERS, COMMAND, READY, RECORD)


class Board(NamedTuple):
    #: Name of its address.
    address: str
    label: object
    icon: str
    #: Kinds of posts that have it in their menu.
    kinds: frozenset[str]
    #: Where it stands under "More"; None for what is always in sight: six at most for any post.
    group: Group | None = None


_LEADERS = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.PETITION_DIRECTOR, P.OFFICE_HEAD}
_SENT = {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT}
_FIELD = {P.CLERK, P.INFORMANT}
_HOUSE = _LEADERS | {P.DUTY_OFFICER}
_DESK = _HOUSE | {P.CLERK}


def _board(address: str, label, icon: str, kinds: set[str], group: Group | None = None) -> Board:
    return Board(address, label, icon, frozenset(kinds), group)


#: In the order of the menu. The first board of a person's highest post is their start page.
BOARDS = [
    _board("duty", pgettext_lazy("menu", "Duty room"), "radio", {P.DUTY_OFFICER}),
    _board("commander", pgettext_lazy("menu", "Command"), "flag", _LEADERS),
    _board("squad", pgettext_lazy("menu", "My orders"), "clipboard-list", _SENT),
    _board("report", pgettext_lazy("menu", "Report"), "file-check", _FIELD | {P.OFFICE_HEAD, P.DUTY_OFFICER}),
    _board("incidents", pgettext_lazy("menu", "Incidents"), "list", _HOUSE | _FIELD | {P.AUDITOR}),
    _board("alarm", pgettext_lazy("menu", "Alarm"), "siren", VERBS["incident.report"]),
    _board("demands", pgettext_lazy("menu", "Demands"), "message-circle-question-mark", _DESK | {P.AUDITOR}),
    _board("rosters", pgettext_lazy("menu", "Roster"), "calendar-days", _HOUSE | _SENT | {P.AUDITOR}),
    _board("journal", pgettext_lazy("menu", "Journal"), "book-lock", {P.AUDITOR}),
    _board("account-people", pgettext_lazy("menu", "People"), "users", {P.SECADMIN}),
    _board("permissions", pgettext_lazy("menu", "Rights"), "shield", {P.AUDITOR, P.SECADMIN}, RECORD),
    _board("account-units", pgettext_lazy("menu", "Units"), "network", {P.SYSADMIN}),
    _board("system", pgettext_lazy("menu", "System"), "activity", {P.SYSADMIN}),
    _board("receptions", pgettext_lazy("menu", "Receptions"), "users", _DESK | {P.AUDITOR}, ANSWERS),
    _board("answers-due", pgettext_lazy("menu", "Answers due"), "message-square", _DESK, ANSWERS),
    _board("matters", pgettext_lazy("menu", "Matters"), "folder-open", _DESK | {P.AUDITOR}, ANSWERS),
    _board("leader-cases", pgettext_lazy("menu", "Leader cases"), "user-check", _DESK | {P.AUDITOR}, ANSWERS),
    _board("recusals", pgettext_lazy("menu", "Recusals"), "user-x", _DESK, ANSWERS),
    _board(
        "emergency",
        pgettext_lazy("menu", "Emergency access"),
        "key-round",
        VERBS["emergency.open"] | VERBS["emergency.end"],
        RECORD,
    ),
    _board("responses", pgettext_lazy("menu", "Responses"), "shield", _HOUSE, COMMAND),
    _board("orders", pgettext_lazy("menu", "Orders"), "clipboard-list", _HOUSE, COMMAND),
    _board("map", pgettext_lazy("menu", "Map"), "map", _HOUSE, COMMAND),
    _board("exchange", pgettext_lazy("menu", "Exchange"), "arrow-left-right", _HOUSE | {P.AUDITOR}, COMMAND),
    _board(
        "exchange-partners",
        pgettext_lazy("menu", "Exchange partners"),
        "arrow-left-right",
        {P.SYSADMIN, P.SECADMIN},
        RECORD,
    ),
    _board("improvements", pgettext_lazy("menu", "Improvements"), "list-checks", _HOUSE, COMMAND),
    _board("drills", pgettext_lazy("menu", "Drills"), "flag-triangle-right", _HOUSE, COMMAND),
    _board("plans", pgettext_lazy("menu", "Plans"), "scroll-text", _HOUSE | {P.AUDITOR, P.SYSADMIN}, READY),
    _board("unit-readiness", pgettext_lazy("menu", "Readiness"), "users", _HOUSE | {P.AUDITOR}, READY),
    _board("account-directory", pgettext_lazy("menu", "Directory"), "phone", _HOUSE - {P.OFFICE_HEAD}, READY),
    _board("wall", pgettext_lazy("menu", "Wall"), "layout-dashboard", _HOUSE, READY),
    _board("screens", pgettext_lazy("menu", "Wall screens"), "layout-dashboard", _HOUSE, READY),
    _board("partners", pgettext_lazy("menu", "Resources"), "package", _DESK, READY),
    _board(
        "supervision-visits",
        pgettext_lazy("menu", "Supervision"),
        "clipboard-list",
        _DESK | {P.AUDITOR},
        RECORD,
    ),
    _board(
        "inquiries",
        pgettext_lazy("menu", "Inquiries"),
        "search",
        {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.AUDITOR},
        RECORD,
    ),
    _board(
        "promise",
        pgettext_lazy("menu", "Promise"),
        "timer",
        {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.AUDITOR},
        RECORD,
    ),
    _board("incident-stages", pgettext_lazy("menu", "Stages"), "chart-column", _HOUSE | {P.AUDITOR}, RECORD),
    _board("ledgers", pgettext_lazy("menu", "Ledgers"), "book-open", _HOUSE | _FIELD | {P.AUDITOR}, RECORD),
    _board(
        "works",
        pgettext_lazy("menu", "Background tasks"),
        "loader",
        _HOUSE | _FIELD | {P.AUDITOR, P.SYSADMIN},
        RECORD,
    ),
    _board(
        "pictures", pgettext_lazy("menu", "Pictures"), "chart-line", _HOUSE | _FIELD | {P.AUDITOR}, RECORD
    ),
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


class Menu(NamedTuple):
    """What a person's pages show around their content; its items as templates/_top.html shows them."""

    #: Always in sight.
    main: list[dict]
    #: Under "More": (heading, items) of each group with anything in it.
    more: list[tuple[object, list[dict]]]
    #: At the bottom of a telephone: two boards, the alarm in the middle, two boards. Empty without an alarm.
    bar: list[dict]


def menu_of(reach: Reach, path: str) -> Menu:
    boards = boards_of(reach)
    items = {board.address: _item(board, path) for board in boards}
    more = [(group.label, [items[one.address] for one in boards if one.group is group]) for group in GROUPS]
    return Menu(
        main=[items[one.address] for one in boards if one.group is None],
        more=[(label, some) for label, some in more if some],
        bar=_bar(items),
    )


def _item(board: Board, path: str) -> dict:
    url = reverse(board.address)
    return {
        "address": board.address,
        "url": url,
        "label": board.label,
        "icon": board.icon,
        "current": path.startswith(url),
        "count": "",
    }


def _bar(own: dict[str, dict]) -> list[dict]:
    if "alarm" not in own:
        return []
    others = [own[address] for address in _AT_HAND if address in own][:4]
    middle = (len(others) + 1) // 2
    return [*others[:middle], own["alarm"], *others[middle:]]


def check_has_board(reach: Reach, verb: str) -> None:
    """A board is for those whose work it shows; everybody else is told where theirs is."""
    if not reach.has(verb):
        raise NotAllowed(
            "not_your_board",
            _("This board was not opened: it belongs to another post. Go to your start page."),
        )
