"""What the page of a certificate, the API and the archive show."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from accounts.scope import Reach
from clocks.models import Clock
from clocks.rulebook import rules_for
from command.destruction import gathered, permissions, rules
from command.destruction.choices import DataKind, ItemState, ItemVerb
from command.destruction.models import Certificate, CertificateItem
from command.destruction.rules import Found
from common.dates.local_time import day_of
from common.errors import is_allowed, not_found
from incidents.choices import State
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.voice_notes.queries import gathered_by
from journal.models import Entry


class KindLine(NamedTuple):
    """A kind of data that was found, before it is decided about."""

    kind: DataKind
    amount: int
    #: Nothing can destroy it: it is kept, and a leader says why.
    only_kept: bool


class ItemLine(NamedTuple):
    row: CertificateItem
    verbs: list[ItemVerb]
    is_overdue: bool

    @property
    def hashes(self) -> list[str]:
        return hashes_of(self.row)

    @property
    def gone_from_backups(self) -> date | None:
        return gone_from_backups(self.row)

    @property
    def look(self) -> str:
        return "bad" if self.is_overdue else rules.LOOKS[ItemState(self.row.state)]


class OfDestruction(NamedTuple):
    """Everything the page shows."""

    #: Of the last closing; None while it is asked for.
    certificate: Certificate | None
    items: list[ItemLine]
    #: Of earlier closings.
    earlier: list[Certificate]
    #: What was found, by kind, while it is asked for; empty: nothing.
    lines: list[KindLine]
    #: The hash of that list, in letters: whoever decides gives it back.
    list_code: str
    #: Real, over, and without a certificate of this closing.
    is_asked: bool
    may_manage: bool
    may_keep: bool
    clock: Clock | None


def lines_of(found: list[Found]) -> list[KindLine]:
    counts = Counter(one.kind for one in found)
    return [KindLine(kind, counts[kind], kind in rules.ONLY_KEPT) for kind in DataKind if counts[kind]]


def certificates_of(incident: Incident) -> QuerySet[Certificate]:
    """The last one first."""
    rows = Certificate.objects.filter(incident=incident).select_related("issued_by")
    return rows.prefetch_related("items__settled_by").order_by("-pk")


def of_incident(reach: Reach, incident: Incident, now: datetime) -> OfDestruction:
    """A constant number of queries, however much was gathered."""
    rows = list(certificates_of(incident))
    present = rows[0] if rows and rows[0].closed_at == incident.closed_at else None
    is_asked = incident.state == State.CLOSED and not incident.drill and present is None
    may = is_allowed(check_can_manage, reach, incident)
    may_keep = is_allowed(permissions.check_can_keep, reach, incident)
    found = gathered.of(incident) if is_asked else []
    return OfDestruction(
        present,
        [_line(item, may, may_keep, now) for item in present.items.all()] if present else [],
        [row for row in rows if row != present],
        lines_of(found),
        rules.code_of(rules.digest(found)) if is_asked else "",
        is_asked,
        may,
        may_keep,
        _limit(incident) if is_asked else None,
    )


def _limit(incident: Incident) -> Clock | None:
    """The general limit (plans/general/closing.yaml), or the plan's own."""
    rules_of_plan = rules_for(incident.plan.ref).stops.get(rules.ITEMS.begin.entry, ())
    names = [rule.clock_id for rule in rules_of_plan]
    return Clock.objects.running().filter(subject=incident.key, clock_id__in=names).first()


def _line(item: CertificateItem, may: bool, may_keep: bool, now: datetime) -> ItemLine:
    verbs = [
        verb
        for verb in rules.verbs_of(item.kind, item.state)
        if (may_keep if rules.ITEMS[verb].by == rules.LEADER else may)
    ]
    is_late = item.state == ItemState.KEPT and item.until is not None and now > item.until
    return ItemLine(item, verbs, is_late)


def get_certificate(reach: Reach, number: str, certificate: str) -> Certificate:
    """A certificate of an incident this person may see; NotFound otherwise."""
    visible = Incident.objects.visible_to(reach).filter(number=number)
    found = Certificate.objects.filter(number=certificate, incident__in=visible)
    row = found.select_related("incident__unit", "issued_by").prefetch_related("items__settled_by").first()
    if row is None:
        raise not_found()
    return row


def get_item(reach: Reach, pk: int) -> CertificateItem:
    """A line of such a certificate; NotFound otherwise."""
    visible = Incident.objects.visible_to(reach)
    found = CertificateItem.objects.filter(pk=pk, certificate__incident__in=visible)
    row = found.select_related("certificate__incident").first()
    if row is None:
        raise not_found()
    return row


def hashes_of(item: CertificateItem) -> list[str]:
    """Of a line about recordings: the hash of each, which outlives the file."""
    if item.kind != DataKind.VOICE:
        return []
    return [note.sha256 for note in gathered_by(item.certificate.incident)]


def entry_number(certificate: Certificate) -> int | None:
    """Its entry in the journal; None for the second until that is numbered."""
    rows = Entry.objects.filter(subject=certificate.key, kind=rules.ITEMS.begin.entry)
    return rows.values_list("number", flat=True).first()


def gone_from_backups(item: CertificateItem) -> date | None:
    """The day after which no backup holds what was destroyed; None for what is kept, or was in no backup."""
    if item.state != ItemState.DESTROYED or item.kind == DataKind.VOICE:
        return None
    return day_of(item.settled_at + timedelta(days=settings.BACKUP_DAYS))
