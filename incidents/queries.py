"""What may this person see, in what shape?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from common.errors import not_found
from common.hooks import Hook
from incidents import rules
from incidents.lists.urgency import ALIKE_SHOWN, ByUrgency
from incidents.models import Incident
from incidents.reporting import addressee
from journal.keys import key, pks_of
from journal.models import Entry
from journal.record import content_of
from plans.document.attendance import Attending, attending
from plans.engine.evaluation import Proposal, evaluate
from plans.engine.facts import Facts
from plans.lifecycle.choices import PlanKind
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import plans_beside


class OpenItem(NamedTuple):
    """Something that must end before its incident can be closed."""

    kind: str
    key: str
    #: In the reader's language.
    title: str


#: What keeps an incident from closing: fn(incident) → items.
HOLDING_OPEN: Hook[Callable[[Incident], list[OpenItem]]] = Hook()


def still_open(incident: Incident) -> list[OpenItem]:
    """Everything that has to end before the incident can be closed."""
    return [item for provider in HOLDING_OPEN for item in provider(incident)]


def incident_list(reach: Reach) -> QuerySet[Incident]:
    """Every incident this person may see, newest first."""
    return Incident.objects.visible_to(reach).for_lists()


def open_incidents(reach: Reach, now: datetime) -> ByUrgency:
    """Open incidents: what is signed and what is late before what is only proposed."""
    return ByUrgency(Incident.objects.visible_to(reach).open(), now)


class Board(NamedTuple):
    """The top of the open incidents, and what lies below: figures of the database, within the reader's scope."""

    rows: list[Incident]
    total: int

    @property
    def rest(self) -> int:
        return self.total - len(self.rows)


def board_of(reach: Reach, now: datetime, most: int) -> Board:
    """The `most` most urgent open incidents, of those that are alike only a few (one query)."""
    rows = ByUrgency(Incident.objects.visible_to(reach).open(), now, ALIKE_SHOWN)[:most]
    return Board(rows, rows[0].total if rows else 0)


def open_at(paths: list[str]) -> Waiting:
    """The open incidents at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("open incidents"), Incident.objects.open().filter(where).count())


def get_incident(reach: Reach, number: str) -> Incident:
    """The incident of that number; NotFound if there is none or this person may not see it."""
    found = (
        Incident.objects.visible_to(reach)
        .select_related("unit", "plan__plan", "reported_by", "taken_by", "closed_by", "merged_into")
        .filter(number=number)
        .first()
    )
    if found is None:
        raise not_found()
    return found


def key_of_number(text: str) -> str | None:
    """The journal key behind an incident's number, for callers of the API."""
    found = Incident.objects.filter(number=text).first()
    return found.key if found else None


def numbers_of(threads: Iterable[str]) -> dict[str, str]:
    """Threads ("incident:5") → the numbers people know them by. For rows the reader already sees."""
    rows = Incident.objects.filter(pk__in=pks_of(threads, "incident")).values_list("pk", "number")
    return {key("incident", pk): number for pk, number in rows}


def similar_incidents(reach: Reach, incident: Incident) -> QuerySet[Incident]:
    """Open incidents of the same unit from about the same time: perhaps the same event."""
    return (
        Incident.objects.visible_to(reach)
        .open()
        .for_lists()
        .filter(
            unit_id=incident.unit_id,
            drill=incident.drill,
            recorded_at__gte=incident.recorded_at - rules.SAME_EVENT_WITHIN,
            recorded_at__lte=incident.recorded_at + rules.SAME_EVENT_WITHIN,
        )
        .exclude(pk=incident.pk)
    )


def timeline(reach: Reach, incident: Incident) -> QuerySet[Entry]:
    """The journal of the incident, in order. Who may see the incident may read what happened to it."""
    return (
        Entry.objects.numbered()
        .in_thread(incident.key)
        .filter(audience="incident")
        .select_related("unit", "actor")
    )


def units_to_report_for(reach: Reach) -> QuerySet[Unit]:
    """Units an alarm form offers: own posts' units first; the rest of the scope is found by search."""
    return Unit.objects.filter(pk__in={post.unit_id for post in reach.posts}).order_by("path")


def redirected(incident: Incident) -> str:
    """Where the alarm named a unit that has ended: what the record says of it, for who raised it; else ""."""
    entries = Entry.objects.filter(thread=incident.key, kind="incident.reported").order_by("pk")
    return addressee.recorded_as_text(content_of(entries[0])) if entries else ""


def is_fresh(incident: Incident, now: datetime) -> bool:
    """Whether the reporter may still take the alarm back."""
    return incident.state == "reported" and rules.may_still_retract(incident.recorded_at, now)


class Attendance(NamedTuple):
    """What an attendance plan beside the incident's own says: the band, why, and who attends."""

    version: PlanVersion
    proposal: Proposal
    attending: Attending


def attendance(incident: Incident, now: datetime) -> list[Attendance]:
    """The bands of the attendance plans that hold there now, while the incident is open (one query)."""
    found = []
    for version in plans_beside(incident.unit, now) if incident.is_open else ():
        if version.plan.kind == PlanKind.ATTENDANCE:
            proposal = evaluate(version.document, Facts.from_dict(incident.facts))
            if proposal.level:
                found.append(Attendance(version, proposal, attending(version.document, proposal.level.id)))
    return found
