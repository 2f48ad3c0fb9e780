"""Receipts of one alert or order in one line of the timeline that opens: decisions stand out, nothing is left out.

On paper every entry stands where it happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from journal.keys import kind_of
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import content_of

#: Receipt, or that none came → how far it says somebody got; who got further is counted there alone.
_FURTHEST = {
    "notice.sent": 0, "notice.delivered": 1, "notice.unheard": 2, "notice.heard": 3, "notice.acknowledged": 4,
    "order.acknowledged": 5, "order.under_way": 6,
}  # fmt: skip
#: Fewer than these stand by themselves.
FEWEST = 2


def alert_of(entry: Entry) -> str:
    """Which alert or order an entry is a receipt of; empty: it is none."""
    if entry.kind not in _FURTHEST:
        return ""
    if kind_of(entry.subject) == "order":
        return entry.subject
    content = content_of(entry)
    about = content.get("about", "")
    # What an order's notice says, its card says as well; of an incident several alerts go out.
    return about if kind_of(about) == "order" else f"{about} {content.get('purpose', '')}".strip()


def folded(entries: Sequence[Entry], rows: Sequence[Mapping[str, Any]]) -> list[dict]:
    """The rows with the receipts of each alert behind one line, where its newest receipt stands. `rows`: those of the
    `entries`, in the same order, whatever that is."""
    alerts = [alert_of(entry) for entry in entries]
    found: dict[str, list[int]] = {}
    for place, alert in enumerate(alerts):
        if alert:
            found.setdefault(alert, []).append(place)
    found = {alert: places for alert, places in found.items() if len(places) >= FEWEST}
    newest = {
        max(places, key=lambda place: entries[place].number or 0): alert for alert, places in found.items()
    }
    shown: list[dict] = []
    for place, (alert, row) in enumerate(zip(alerts, rows, strict=True)):
        if place in newest:
            some = [entries[one] for one in found[alert]]
            shown.append(_line(alert, row, some, [rows[one] for one in found[alert]]))
        shown.append({**row, "is_folded": alert in found})
    return shown


def _line(alert: str, newest: Mapping, entries: Sequence[Entry], rows: Sequence[Mapping]) -> dict:
    return {
        "key": "",
        "fold": alert.replace(" ", "-"),
        "at": newest["at"],
        "title": " · ".join(filter(None, [_of_what(entries), _to_whom(entries, rows), how_far(entries)])),
        "drill": newest["drill"],
        "folded": list(rows),
    }


def _of_what(entries: Iterable[Entry]) -> str:
    """What was sent out, in the journal's words for it."""
    for entry in entries:
        purpose = content_of(entry).get("purpose", "")
        if entry.kind.startswith("order.") or purpose.startswith("order."):
            purpose = "order.issued"
        if kind := KINDS.get(purpose):
            return kind.en if (get_language() or "").startswith("en") else kind.zh
    return ""


def _to_whom(entries: Sequence[Entry], rows: Sequence[Mapping]) -> str:
    """Of an order, whose it is: an alert goes to many."""
    pairs = zip(entries, rows, strict=True)
    return next((row.get("text", "") for entry, row in pairs if entry.kind.startswith("order.")), "")


def how_far(entries: Iterable[Entry]) -> str:
    """How many have confirmed, are on the way, or have it and said nothing: each recipient once, where they got to."""
    furthest: dict[str, int] = {}
    for entry in entries:
        who = entry.post or content_of(entry).get("post") or entry.subject
        furthest[who] = max(furthest.get(who, 0), _FURTHEST[entry.kind])
    reached = list(furthest.values())
    confirmed, under_way = reached.count(4) + reached.count(5), reached.count(6)
    unheard, there, sent = reached.count(2), reached.count(1) + reached.count(3), reached.count(0)
    said = [
        confirmed and ngettext("%(n)d confirmed", "%(n)d confirmed", confirmed) % {"n": confirmed},
        under_way and ngettext("%(n)d on the way", "%(n)d on the way", under_way) % {"n": under_way},
        there and ngettext("%(n)d delivered", "%(n)d delivered", there) % {"n": there},
        sent and ngettext("%(n)d sent", "%(n)d sent", sent) % {"n": sent},
        unheard and ngettext("%(n)d without an answer", "%(n)d without an answer", unheard) % {"n": unheard},
    ]
    return _(", ").join(part for part in said if part)
