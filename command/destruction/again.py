"""What was certified as destroyed and comes back, with an older copy of the database or from outside, is destroyed again."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from command.destruction import gathered, rules
from command.destruction.choices import DataKind, ItemState
from command.destruction.models import Certificate, CertificateItem
from incidents.models import Incident
from incidents.transitions import lock_incident
from journal.record import record


class Destroyed(NamedTuple):
    """A kind of data of one incident that was destroyed. Nothing of anybody."""

    at: datetime
    certificate: str
    incident: str
    kind: str


def destroyed() -> list[Destroyed]:
    """All that the certificates here say, the first first."""
    items = CertificateItem.objects.filter(state=ItemState.DESTROYED).order_by("settled_at", "pk")
    return [
        Destroyed(*row)
        for row in items.values_list(
            "settled_at", "certificate__number", "certificate__incident__number", "kind"
        )
    ]


def unkept(incident_id: int) -> list[Destroyed]:
    """What the certificate of a closed incident keeps nothing of: what comes in after it is not kept either."""
    of_this_closing = Certificate.objects.filter(incident=incident_id, closed_at=F("incident__closed_at"))
    certificate = of_this_closing.select_related("incident").prefetch_related("items").first()
    if certificate is None:
        return []
    kept = {item.kind for item in certificate.items.all() if item.state != ItemState.DESTROYED}
    return [
        Destroyed(certificate.issued_at, certificate.number, certificate.incident.number, kind)
        for kind in DataKind.values
        if kind not in kept | rules.ONLY_KEPT
    ]


def destroy_again(lines: Iterable[Destroyed], now: datetime) -> list[Destroyed]:
    """Destroy what of these is there, whatever the state of its incident. Returns those that were there.

    Each incident by itself, with an entry that names the certificates: this is no new decision about anybody's data, and
    nobody signs for it. One of which nothing is known here has nothing that could be destroyed.
    """
    by_incident: dict[str, list[Destroyed]] = {}
    for line in lines:
        by_incident.setdefault(line.incident, []).append(line)
    done: list[Destroyed] = []
    for number, found in by_incident.items():
        incident = Incident.objects.filter(number=number).values_list("pk", flat=True).first()
        if incident is not None:
            done += _of_one(incident, found, now)
    return done


@transaction.atomic
def _of_one(incident_id: int, lines: list[Destroyed], now: datetime) -> list[Destroyed]:
    incident = lock_incident(incident_id)
    there = {one.kind for one in gathered.of(incident)}
    again = [line for line in lines if line.kind in there and line.kind in DataKind.values]
    if not again:
        return []
    gathered.destroy(incident, {line.kind for line in again})
    record(
        "certificate.destroyed_again",
        subject=incident.key,
        thread=incident.key,
        unit=incident.unit,
        actor=None,
        at=now,
        drill=incident.drill,
        content={
            "certificates": sorted({line.certificate for line in again}),
            "kinds": sorted({line.kind for line in again}),
        },
    )
    return again
