"""Which partners and documents there are, which of them a person sees, and how they do."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import units_for
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from common.errors import not_found
from common.hooks import NamedHook
from exchange import keys, rules
from exchange.choices import Direction, IncomingState, KeyState, Kind, OutgoingState, PartnerState
from exchange.models import Incoming, Outgoing, OwnKey, Partner

#: Kind of document → the address of the page of what it is here.
PAGES: NamedHook[Callable[[Outgoing], str]] = NamedHook()

# --- ourselves and our partners ---------------------------------------------------------------------------------


def own_keys() -> QuerySet[OwnKey]:
    """Those that sign: one, or two while it is being replaced."""
    return OwnKey.objects.filter(ended_at=None).order_by("pk")


def own_uid() -> str:
    """What this installation calls itself, for good: the fingerprint of its first key; "" where it has none."""
    first = OwnKey.objects.order_by("pk").first()
    return keys.fingerprint(first.public).replace(" ", "") if first else ""


def partners(reach: Reach) -> QuerySet[Partner]:
    """Those that this administrator sees, with their keys and how much waits; those in use first."""
    seen = reach.filter("exchange_partner.manage") | reach.filter("exchange_partner.confirm")
    waiting = Q(outgoing__state__in=OutgoingState.open())
    rows = Partner.objects.filter(seen).annotate(waiting=Count("outgoing", filter=waiting))
    people = rows.select_related("unit", "proposed_by", "confirmed_by")
    return people.prefetch_related("keys__proposed_by", "keys__accepted_by").order_by("state", "name", "pk")


def get_partner(reach: Reach, pk: int) -> Partner:
    found = partners(reach).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def top_unit(reach: Reach) -> Unit | None:
    """The topmost unit of whom this administrator keeps partners: the installation is called after it."""
    return (
        units_for(reach, "exchange_partner.manage").first()
        or units_for(reach, "exchange_partner.confirm").first()
    )


def superiors_of(unit: Unit) -> list[Partner]:
    """The installations above that reports of this unit may go to."""
    rows = Partner.objects.filter(direction=Direction.SUPERIOR, state=PartnerState.ACTIVE).order_by("pk")
    return [partner for partner in rows if unit.path.startswith(partner.unit_path)]


def right_above(unit: Unit) -> list[Partner]:
    """The installations that the summaries of this unit go to: of a unit further down they go to the one above it here."""
    rows = Partner.objects.filter(direction=Direction.SUPERIOR, state=PartnerState.ACTIVE, unit=unit)
    return list(rows.order_by("pk"))


def subordinates(reach: Reach) -> QuerySet[Partner]:
    """Installations below that this person may send orders to."""
    rows = Partner.objects.filter(direction=Direction.SUBORDINATE, state=PartnerState.ACTIVE)
    return rows.filter(reach.filter("exchange.answer")).order_by("name", "pk")


def sender_of(uid: str) -> Partner | None:
    """The partner that calls itself so, if it is in use or was."""
    return Partner.objects.filter(uid=uid, state__in=rules.PARTNERS.live).first() if len(uid) == 32 else None


def accepted_keys(partner: Partner) -> list[str]:
    return list(partner.keys.filter(state=KeyState.ACCEPTED).values_list("public", flat=True))


# --- documents -------------------------------------------------------------------------------------------------


def received(reach: Reach) -> QuerySet[Incoming]:
    """What came from partners of the units this person answers for, the newest first."""
    rows = Incoming.objects.filter(reach.filter("exchange.view"), kind__in=Kind.papers())
    return rows.select_related("partner", "unit", "acknowledged_by").order_by("-received_at", "-pk")


def get_document(reach: Reach, number: str) -> Incoming:
    found = received(reach).filter(number=number).first()
    if found is None:
        raise not_found()
    return found


def sent(reach: Reach) -> QuerySet[Outgoing]:
    """What went to partners, the newest first."""
    rows = Outgoing.objects.filter(reach.filter("exchange.view"), kind__in=Kind.papers())
    return rows.select_related("partner", "unit", "queued_by").order_by("-queued_at", "-pk")


def get_sent(reach: Reach, pk: int) -> Outgoing:
    found = sent(reach).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def page_of(row: Outgoing) -> str:
    """Where the thing itself stands; "" where it is nothing but this document."""
    found = PAGES.get(row.kind)
    return found(row) if found and row.subject else ""


def unsettled_of(thread: str) -> int:
    """How many documents of this thread are still to be received there."""
    return Outgoing.objects.filter(thread=thread, state__in=OutgoingState.open()).count()


def sent_about(subjects: Iterable[str]) -> dict[str, Outgoing]:
    """Journal keys of things → the document of each that went to a partner (one query). For rows the reader already sees."""
    asked = list(subjects)
    rows = Outgoing.objects.filter(subject__in=asked).select_related("partner") if asked else ()
    return {row.subject: row for row in rows}


def acknowledgement_of(document: Incoming) -> Outgoing | None:
    """What went back when a person acknowledged it."""
    return Outgoing.objects.filter(kind=Kind.ACKNOWLEDGEMENT, subject=document.key).first()


def open_at(paths: list[str]) -> Waiting:
    """Documents not yet acknowledged or received there, of units that are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    came = Incoming.objects.filter(where, state=IncomingState.NEW).count()
    went = Outgoing.objects.filter(where, state__in=OutgoingState.open()).count()
    return Waiting(_("documents of the exchange that wait"), came + went)


# --- how the exchange does -------------------------------------------------------------------------------------


def is_on() -> bool:
    """Whether the operator lets documents go anywhere."""
    return bool(settings.EXCHANGE_TARGETS)


class Waits(NamedTuple):
    """What has not been received yet: how much, how much was refused, since when the first of it waits."""

    queued: int
    refused: int
    oldest_at: datetime | None

    def age(self, now: datetime) -> float:
        return (now - self.oldest_at).total_seconds() if self.oldest_at else 0.0


def waits() -> Waits:
    """One query."""
    found = Outgoing.objects.filter(state__in=OutgoingState.open()).aggregate(
        queued=Count("pk", filter=Q(state=OutgoingState.QUEUED)),
        refused=Count("pk", filter=Q(state=OutgoingState.REFUSED)),
        oldest=Min("queued_at"),
    )
    return Waits(found["queued"], found["refused"], found["oldest"])


def failing(now: datetime) -> list[Outgoing]:
    """What has waited for an hour, and what was refused: nothing of it is given up by itself."""
    late = Q(state=OutgoingState.QUEUED, queued_at__lt=now - rules.FAULT_AFTER)
    rows = Outgoing.objects.filter(late | Q(state=OutgoingState.REFUSED))
    return list(rows.select_related("partner").order_by("queued_at", "pk")[:20])
