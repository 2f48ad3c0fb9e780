"""What may this person see, in what shape?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.exclusions.queries import missing
from accounts.exclusions.things import Thing
from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
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
    #: Where it can be ended; empty: on the incident's own page.
    url: str = ""


#: What keeps an incident from closing: fn(incident) → items.
HOLDING_OPEN: Hook[Callable[[Incident], list[OpenItem]]] = Hook()

#: Why a closed incident stays closed (its drill is over): fn(incident) → a sentence; "" where it may be opened again.
KEPT_CLOSED: Hook[Callable[[Incident], str]] = Hook()


def kept_closed(incident: Incident) -> str:
    """Why it cannot be opened again, in the reader's language; empty where it can."""
    return next((sentence for why in KEPT_CLOSED if (sentence := why(incident))), "")


def still_open(incident: Incident) -> list[OpenItem]:
    """Everything that has to end before the incident can be closed."""
    page = reverse("incident", args=[incident.number])
    found = (item for provider in HOLDING_OPEN for item in provider(incident))
    return [item if item.url else item._replace(url=page) for item in found]


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
        .select_related(
            "unit", "plan__plan", "reported_by", "taken_by", "closed_by", "merged_into", "voice_note"
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise missing(reach, "incident", number)
    return found


def find_thing(reach: Reach, number: str) -> Thing:
    """As something that somebody recuses from."""
    found = get_incident(reach, number)
    url = reverse("incident", args=[found.number])
    return Thing(found.key, found.number, found.unit, (found.unit_path,), url, found.key, found.drill)


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
        .filter(reach.open_rows(key="subject"), audience="incident")
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


def plans_beside_now(incident: Incident, now: datetime) -> list[PlanVersion]:
    """The plans that hold beside the incident's own: one query for an incident at hand, however often it is asked."""
    kept = incident.__dict__.setdefault("_plans_beside", {})
    if now not in kept:
        kept[now] = plans_beside(incident.unit, now)
    return kept[now]


class Attendance(NamedTuple):
    """What an attendance plan beside the incident's own says: the band, why, and who attends."""

    version: PlanVersion
    proposal: Proposal
    attending: Attending


def attendance(incident: Incident, now: datetime) -> list[Attendance]:
    """The bands of the attendance plans that hold there now, while the incident is open (one query)."""
    found = []
    for version in plans_beside_now(incident, now) if incident.is_open else ():
        if version.plan.kind == PlanKind.ATTENDANCE:
            proposal = evaluate(version.document, Facts.from_dict(incident.facts))
            if proposal.level:
                found.append(Attendance(version, proposal, attending(version.document, proposal.level.id)))
    return found
