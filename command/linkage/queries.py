"""What may this person see of linkage, in what shape?"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from accounts.verbs import VERBS
from clocks.models import Clock
from command.linkage import permissions, rules
from command.linkage.choices import LinkageVerb, ReportKind, ReportState, ReportWay
from command.linkage.models import LinkageDelivery, LinkageOrder, LinkageReport
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from journal.keys import key, pks_of
from plans.document.sections import clocks_of

#: A desk shows so many orders that wait for somebody; the list has all.
MOST_WAITING = 5


def orders(reach: Reach) -> QuerySet[LinkageOrder]:
    return LinkageOrder.objects.visible_to(reach).for_lists().order_by("-received_at", "-pk")


def get_order(reach: Reach, number: str) -> LinkageOrder:
    """The linkage order of that number; NotFound if there is none or this person may not see it."""
    found = LinkageOrder.objects.visible_to(reach).for_lists().filter(number=number).first()
    if found is None:
        raise not_found()
    return found


def deliveries_of(order: LinkageOrder) -> list[LinkageDelivery]:
    """What the product hands to the centre's system for the order, the oldest first."""
    return list(LinkageDelivery.objects.filter(order=order).select_related("report"))


def get_report(reach: Reach, pk: int) -> LinkageReport:
    """A report about an order or an incident this person may see."""
    found = LinkageReport.objects.filter(pk=pk).select_related("order", "incident").first()
    seen = (
        LinkageOrder.objects.visible_to(reach).filter(pk=found.order_id) if found and found.order_id else None
    )
    if found and seen is None:
        seen = Incident.objects.visible_to(reach).filter(pk=found.incident_id)
    if found is None or seen is None or not seen.exists():
        raise not_found()
    return found


def key_of_number(text: str) -> str | None:
    """The journal key behind a linkage order's number, for callers of the API."""
    found = LinkageOrder.objects.filter(number=text).first()
    return found.key if found else None


def numbers_of(subjects: Iterable[str]) -> dict[str, str]:
    """Subjects ("linkage:5") → the numbers of the orders. For rows the reader already sees."""
    ids = pks_of(subjects, "linkage")
    rows = LinkageOrder.objects.filter(pk__in=ids).values_list("pk", "number") if ids else ()
    return {key("linkage", pk): number for pk, number in rows}


def own_unit(reach: Reach) -> Unit | None:
    """Where an order goes that names no unit: the unit of the first own post that may take it."""
    held = [post.unit_id for post in reach.posts if post.kind in VERBS["incident.manage"]]
    return Unit.objects.filter(pk=held[0]).first() if held else None


class LinkageCard(NamedTuple):
    """An order with its clocks, what is due next, and what this reader may do."""

    order: LinkageOrder
    clocks: list[Clock]
    #: The verb that is due next; None where the order is over.
    next_act: LinkageVerb | None
    may_manage: bool
    may_report_for_duty: bool

    @property
    def reports(self) -> list[LinkageReport]:
        return list(self.order.reports.all())

    @property
    def unsent(self) -> list[LinkageReport]:
        return [report for report in self.reports if report.state == ReportState.TO_SEND]

    @property
    def may_write(self) -> list[ReportKind]:
        """The kinds of report that may be written now."""
        if not (self.may_manage and self.order.is_live):
            return []
        has_final = any(report.kind == ReportKind.FINAL for report in self.reports)
        return [kind for kind in ReportKind if kind != ReportKind.FINAL or not has_final]

    def offers(self, verb: str) -> bool:
        return rules.TRANSITIONS.row(self.order.state, verb) is not None

    @property
    def may_complete(self) -> bool:
        return self.may_manage and self.offers(LinkageVerb.COMPLETE)

    @property
    def may_check_in(self) -> bool:
        return self.may_report_for_duty and self.offers(LinkageVerb.REPORT_FOR_DUTY)


def cards(reach: Reach, rows: Iterable[LinkageOrder]) -> list[LinkageCard]:
    """A card for each order; their clocks are asked once for all."""
    found = list(rows)
    clocks: dict[str, list[Clock]] = {order.key: [] for order in found}
    running = Clock.objects.running().filter(subject__in=list(clocks)) if found else []
    for clock in running:
        clocks[clock.subject].append(clock)
    return [_card(reach, order, clocks[order.key]) for order in found]


def _card(reach: Reach, order: LinkageOrder, clocks: list[Clock]) -> LinkageCard:
    has_feedback = any(
        report.kind != ReportKind.PROGRESS and report.state != ReportState.TO_SEND
        for report in order.reports.all()
    )
    has_unsent = any(report.state == ReportState.TO_SEND for report in order.reports.all())
    verb = rules.next_act(
        order.state, is_tied=order.incident_id is not None, has_feedback=has_feedback, has_unsent=has_unsent
    )
    return LinkageCard(
        order,
        sorted(clocks, key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at, clock.pk)),
        LinkageVerb(verb) if verb else None,
        is_allowed(permissions.check_can_manage, reach, order),
        order.is_live and is_allowed(permissions.check_can_report_for_duty, reach, order),
    )


def for_incident(incident: Incident) -> QuerySet[LinkageOrder]:
    return LinkageOrder.objects.filter(incident=incident).for_lists().order_by("pk")


def own_reports(incident: Incident) -> list[LinkageReport]:
    """What was sent to the centre about the incident without an order of the centre's."""
    rows = LinkageReport.objects.filter(incident=incident, order=None)
    return list(rows.prefetch_related("tries"))


def tells_centre(incident: Incident) -> bool:
    """Whether the incident's own plan wants a centre told, order or not."""
    wanted = set(rules.SENT_ENTRY.values())
    return any(clock.stop in wanted for clock in clocks_of(incident.plan.document))


class LinkageOfIncident(NamedTuple):
    """The incident page's panel: orders of a centre, what went to it without one, whether this reader may send."""

    cards: list[LinkageCard]
    reports: list[LinkageReport]
    may: bool
    may_tell: bool

    @property
    def ways(self) -> list[tuple[str, str]]:
        return ReportWay.offered()


def of_incident(reach: Reach, incident: Incident) -> LinkageOfIncident:
    may = is_allowed(permissions.check_can_tell_centre, reach, incident)
    return LinkageOfIncident(
        cards(reach, for_incident(incident)),
        own_reports(incident),
        may,
        may and incident.is_open and tells_centre(incident),
    )


def waiting(reach: Reach, now: datetime) -> list[LinkageCard]:
    """Live orders whose next act is this person's to see to; those received first stand first."""
    rows = LinkageOrder.objects.filter(reach.filter("incident.manage")).live().for_lists()
    return cards(reach, rows.order_by("received_at", "pk")[:MOST_WAITING])


def open_at(paths: list[str]) -> Waiting:
    """The orders not answered in full at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("linkage orders not answered yet"), LinkageOrder.objects.live().filter(where).count())


def held_open(incident: Incident) -> list[OpenItem]:
    """Orders of a centre that nobody has answered in full, and reports that did not get through."""
    live = LinkageOrder.objects.filter(incident=incident).live().order_by("pk")
    items = [
        OpenItem(
            "linkage_order",
            order.number,
            _("Linkage order %(number)s: %(state)s, written report not sent")
            % {"number": order.number, "state": order.get_state_display()},
            reverse("linkage-order", args=[order.number]),
        )
        for order in live
    ]
    unsent = LinkageReport.objects.filter(incident=incident, order=None, state=ReportState.TO_SEND)
    return items + [
        OpenItem(
            "linkage_report",
            f"{incident.number}/{report.pk}",
            _("Report to the centre (%(kind)s): not sent yet") % {"kind": report.get_kind_display()},
        )
        for report in unsent.order_by("pk")
    ]
