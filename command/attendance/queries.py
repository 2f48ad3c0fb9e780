"""What the incident's page and the API show of attendance."""

from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.models import Clock
from command.attendance import rules
from command.attendance.choices import CallState, CallVerb, OfferState, OfferVerb, Route
from command.attendance.models import AttendanceCall, ReceptionOffer, Routing
from common.errors import is_allowed, not_found
from incidents import queries as incidents
from incidents.models import Incident
from incidents.permissions import check_can_manage, check_can_observe
from incidents.queries import OpenItem
from plans.document.attendance import Band, bands_of, presence_of, reception_of
from plans.document.chapters import Sentence
from plans.lifecycle.models import PlanVersion


class CallLine(NamedTuple):
    """One unit that was called: its clock, and what may be noted now."""

    call: AttendanceCall
    clock: Clock | None
    verbs: list[CallVerb]

    @property
    def owes_reason(self) -> bool:
        return rules.owes_reason(is_responsible=self.call.is_responsible)


class Table(NamedTuple):
    """Who must attend at which headcount, as the plan in force beside the incident's own says."""

    version: PlanVersion
    bands: tuple[Band, ...]
    #: The band of the present headcount.
    band: str
    #: Who stays until the scene is closed.
    presence: tuple[Sentence, ...]


class OfAttendance(NamedTuple):
    #: The band of each attendance plan beside the incident's own, and why.
    bands: list[incidents.Attendance]
    tables: list[Table]
    lines: list[CallLine]
    offers: list[tuple[ReceptionOffer, list[OfferVerb]]]
    routings: list[Routing]
    may_manage: bool
    may_observe: bool

    @property
    def is_empty(self) -> bool:
        return not (self.tables or self.lines or self.offers or self.routings)

    @property
    def waited_for(self) -> int:
        """How many were notified and are not there yet."""
        return sum(line.call.state == CallState.NOTIFIED for line in self.lines)


def of_incident(reach: Reach, incident: Incident, now: datetime) -> OfAttendance:
    """Everything of attendance on one incident (five queries, however much there is)."""
    may_observe = is_allowed(check_can_observe, reach, incident)
    bands = incidents.attendance(incident, now)
    return OfAttendance(
        bands,
        [
            Table(one.version, bands_of(one.version.document), one.proposal.level.id, presence_of(one.version.document))
            for one in bands
            if one.proposal.level
        ],
        _lines(incident, may_observe),
        [
            (offer, [OfferVerb(verb) for verb in rules.OFFERS.verbs_for(offer.state)] if may_observe else [])
            for offer in ReceptionOffer.objects.filter(incident=incident)
        ],
        list(Routing.objects.filter(incident=incident).select_related("decided_by").order_by("-pk")),
        is_allowed(check_can_manage, reach, incident),
        may_observe,
    )  # fmt: skip


def _lines(incident: Incident, may_observe: bool) -> list[CallLine]:
    calls = list(AttendanceCall.objects.filter(incident=incident))
    rows: list[Clock] = []
    if calls:
        rows = list(Clock.objects.filter(subject__in=[call.key for call in calls]).order_by("pk"))
    clocks = {clock.subject: clock for clock in rows}
    return [
        CallLine(
            call,
            clocks.get(call.key),
            [CallVerb(verb) for verb in rules.CALLS.verbs_for(call.state)] if may_observe else [],
        )
        for call in calls
    ]


def get_call(reach: Reach, pk: int) -> AttendanceCall:
    """A call on an incident this person may see; NotFound otherwise."""
    return _seen(reach, AttendanceCall.objects.filter(pk=pk).select_related("incident").first())


def get_offer(reach: Reach, pk: int) -> ReceptionOffer:
    return _seen(reach, ReceptionOffer.objects.filter(pk=pk).select_related("incident").first())


def _seen(reach: Reach, found: Any) -> Any:
    if found is None or not Incident.objects.visible_to(reach).filter(pk=found.incident_id).exists():
        raise not_found()
    return found


def routes(tables: list[Table]) -> list[tuple[str, str, Sentence | None]]:
    """Each route, what it is called here, and the plan's own sentence where a plan has one."""
    said = {one.id: one for table in tables for one in reception_of(table.version.document)}
    return [(route.value, str(route.label), said.get(route.value)) for route in Route]


def held_open(incident: Incident) -> list[OpenItem]:
    """Units that were called and neither came nor need not come; offers nobody has said the answer to."""
    waiting = AttendanceCall.objects.filter(incident=incident, state=CallState.NOTIFIED).order_by("pk")
    offers = ReceptionOffer.objects.filter(incident=incident, state=OfferState.OFFERED).order_by("pk")
    return [
        OpenItem(
            "attendance",
            f"{incident.number}/{row.pk}",
            _("Called to attend, not there yet: %(who)s") % {"who": row.called},
        )
        for row in waiting
    ] + [
        OpenItem(
            "reception",
            f"{incident.number}/{row.pk}",
            _("Reception offered at %(place)s: no answer noted") % {"place": row.place},
        )
        for row in offers
    ]
