"""What may this person see of responses, in what shape?"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.queries import open_unit
from accounts.scope import Reach
from command.activation import permissions, rules, signature
from command.activation.alerts import TO_SIGN
from command.activation.choices import DecisionKind, DecisionState, ResponseState, ResponseVerb
from command.activation.models import Decision, Response
from command.command_post.queries import bench_of, post_of
from command.command_post.rules import CommandPost
from command.obligations.choices import DutyState
from command.obligations.models import Obligation
from command.obligations.queries import Duty, duties_of
from command.orders.models import Order
from command.packages.queries import Offer, offer_at
from common.database.composed import Composed
from common.drills import SERIES
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from journal.keys import key_of_column
from notices.choices import State as NoticeState
from notices.models import Notice
from plans.engine.evaluation import levels_of
from plans.people.holders import Signatory


def responses(reach: Reach) -> QuerySet[Response]:
    """Every response this person may see, newest first."""
    return Response.objects.visible_to(reach).for_pages().order_by("-proposed_at", "-pk")


def listed(reach: Reach, *, state: str = "", unit: str = "", matter: str = "") -> QuerySet[Response]:
    """Those in that state (empty: asked for or active), of the unit of that code and those below, about that matter."""
    rows = responses(reach)
    rows = rows.filter(state=state) if state in ResponseState.values else rows
    if not state:
        rows = rows.filter(state__in=rules.LIVE)
    if unit:
        found = open_unit(unit)
        rows = rows.filter(unit_path__under=found.path) if found else rows.none()
    return rows.filter(matter__icontains=matter) if matter else rows


def get_response(reach: Reach, number: str) -> Response:
    """The response of that number; NotFound if there is none or this person may not see it."""
    rows = Response.objects.for_pages().filter(number=number)
    # What is shared with somebody is only asked for where it is not in their scope.
    mine, shared = rows.filter(reach.filter("incident.view")), rows.visible_to
    found = _with_orders(mine).first() or _with_orders(shared(reach)).first()
    if found is None:
        raise not_found()
    return found


def key_of_number(text: str) -> str | None:
    """The journal key behind a response's number, for callers of the API."""
    if not text.removeprefix(SERIES).startswith("R-"):
        return None
    found = Response.objects.filter(number=text).first()
    return found.key if found else None


def held_open(incident: Incident) -> list[OpenItem]:
    """A response that keeps its incident from closing."""
    return [
        OpenItem(
            "response",
            found.number,
            _("Response %(number)s: %(state)s")
            % {"number": found.number, "state": found.get_state_display()},
            reverse("response", args=[found.number]),
        )
        for found in Response.objects.live().filter(incident=incident)
    ]


def objection_to_switch(incident: Incident, version: object) -> str:
    """Why the incident cannot go over to another plan version: its response was decided under this one."""
    if found := Response.objects.live().filter(incident=incident).first():
        return _("%(incident)s keeps its plan: response %(number)s runs under it. End it first.") % {
            "incident": incident.number,
            "number": found.number,
        }
    return ""


class May(NamedTuple):
    """What this person may do with a response now: each is the twin of a check and of the state table."""

    decide: bool = False
    refuse: bool = False
    withdraw: bool = False
    change: bool = False
    end: bool = False
    #: Whether a change or an end would be decided at once, with this person's credential.
    at_once: bool = False


class Whole(NamedTuple):
    """A response with all that its page shows."""

    response: Response
    post: CommandPost
    duties: list[Duty]
    decisions: list[Decision]
    pending: Decision | None
    may: May
    #: Who may decide on what is asked for, with names.
    seats: list[Signatory]
    #: What has to happen next, in a sentence.
    next_act: str
    #: The unit above, and the one that names whom it works under locally.
    superior: Unit | None = None
    local: Unit | None = None
    #: The package of its level has not been sent out.
    package_waits: bool = False

    @property
    def open_duties(self) -> list[Duty]:
        return [duty for duty in self.duties if duty.row.is_open]


def whole(reach: Reach, response: Response, now: datetime) -> Whole:
    """Everything about one response. The queries do not grow with its duties, seats or decisions."""
    bench = bench_of(response, now)
    decisions = list(response.decisions.select_related("proposed_by", "closed_by", "signed_post__unit"))
    for decision in decisions:
        decision.response = response
    asked = next((one for one in decisions if one.state == DecisionState.PROPOSED), None)
    duties = duties_of(reach, response, bench, now)
    level = permissions.level_of_decision(response, asked.level if asked else response.level)
    is_decided = asked is not None or response.is_active
    seats = permissions.seats(response.plan.document, level, bench) if is_decided else []
    found = Whole(
        response,
        post_of(response, bench),
        duties,
        decisions,
        asked,
        _may(reach, response, asked, seats, now),
        seats,
        "",
        *_superiors(response.unit),
    )
    offer = offer_at(response, now) if asked is None else None
    return found._replace(next_act=_next_act(found, offer), package_waits=offer is not None)


def _superiors(unit: Unit) -> tuple[Unit | None, Unit | None]:
    """The two lines: the next unit above, and the nearest that names a local superior; read with the response."""
    one: Unit | None = unit
    while one is not None and not one.local_superior:
        one = one.parent
    return unit.parent, one


def of_incident(reach: Reach, incident: Incident, now: datetime) -> Whole | None:
    """The live response of an incident, else the last one. Who may see the incident may see it."""
    rows = _with_orders(Response.objects.filter(incident=incident).for_pages())
    found = rows.order_by("-pk").first()
    return whole(reach, found, now) if found else None


def may_propose(reach: Reach, incident: Incident, now: datetime) -> bool:
    """Whether this person may ask for a response to the incident now."""
    return (
        incident.is_open
        and bool(levels_of(incident.plan.document))
        and not Response.objects.live().filter(incident=incident).exists()
        and is_allowed(permissions.check_can_propose, reach, incident, incident.plan.document, now)
    )


def may_start_at_once(reach: Reach, incident: Incident, now: datetime) -> bool:
    """Whether this person decides on it themselves at some level: who may sign a higher one may sign the lowest."""
    document = incident.plan.document
    lowest = levels_of(document)[-1]
    return permissions.seat_of(reach, document, lowest.id, incident.unit, now) is not None


def _may(
    reach: Reach, response: Response, asked: Decision | None, seats: list[Signatory], now: datetime
) -> May:
    if not response.is_live:
        return May()
    sits = any(reach.user in seat.people for seat in seats)
    is_open = response.incident.is_open
    if asked is not None:
        withdraw = is_allowed(permissions.check_can_withdraw, reach, asked)
        return May(decide=sits and is_open, refuse=sits, withdraw=withdraw)
    document = response.plan.document
    asks = response.is_active and is_allowed(
        permissions.check_can_propose, reach, response.incident, document, now
    )
    verbs = rules.RESPONSES.verbs_for(response.state)
    return May(
        change=asks and ResponseVerb.CHANGE in verbs, end=asks and ResponseVerb.END in verbs, at_once=sits
    )


def _next_act(found: Whole, offer: Offer | None) -> str:
    response = found.response
    if found.pending is not None:
        who = "、".join(dict.fromkeys(str(seat.holder) for seat in found.seats[:1])) or _("nobody")
        return _NEXT[DecisionKind(found.pending.kind)]() % {"who": who}
    if not response.is_active:
        ended = response.ended_at is not None and response.incident.is_open
        return _("The response has ended: the incident can be closed.") if ended else ""
    if offer:
        return ngettext(
            "Send out the package: one order is prepared for this level.",
            "Send out the package: %(n)s orders are prepared for this level.",
            offer.orders,
        ) % {"n": offer.orders}
    if found.open_duties:
        first = found.open_duties[0]
        return _("Settle: %(what)s (%(who)s).") % {"what": first.row.title, "who": "、".join(first.who)}
    if under_way := _under_way(response):
        return ngettext("One order is under way.", "%(n)s orders are under way.", under_way) % {
            "n": under_way
        }
    return _("Every duty is settled: the response can be ended.")


def _with_orders(rows: QuerySet[Response]) -> QuerySet[Response]:
    """With how many orders of the incident are under way: the next act may be to wait for them."""
    live = Order.objects.live().filter(incident=OuterRef("incident")).order_by().values("incident")
    return rows.annotate(under_way=Coalesce(Subquery(live.annotate(many=Count("pk")).values("many")), 0))


def _under_way(response: Response) -> int:
    """None read along with the response: asked for it now."""
    if (counted := getattr(response, "under_way", None)) is not None:
        return counted
    return Order.objects.live().filter(incident=response.incident_id).count()


_NEXT: dict[DecisionKind, Callable[[], str]] = {
    DecisionKind.START: lambda: _("The start waits for %(who)s."),
    DecisionKind.CHANGE: lambda: _("The change waits for %(who)s."),
    DecisionKind.END: lambda: _("The end waits for %(who)s."),
}


# --- what waits for a desk -----------------------------------------------------------------------------------

#: More than these wait on their incidents' own pages.
MOST_WAITING = 20


class Waiting(NamedTuple):
    """A response about which somebody has to do something."""

    response: Response
    #: Asked for this person's decision; otherwise duties are open.
    is_to_decide: bool
    open_duties: int
    #: The first time limit among them.
    due_at: datetime | None


def waiting(reach: Reach, now: datetime) -> list[Waiting]:
    """What this desk has to do: decide what it was asked to, see to duties that are open (one query)."""
    return [Waiting(row, row.is_to_decide, row.open_duties or 0, row.first_due) for row in _WAITING(reach)]


def _waiting(reach: Reach) -> QuerySet:
    asked = Notice.objects.filter(
        recipient=reach.user,
        purpose__startswith=TO_SIGN,
        subject=key_of_column("response", OuterRef("pk")),
    ).exclude(state=NoticeState.CANCELLED)
    pending = Decision.objects.filter(response=OuterRef("pk"), state=DecisionState.PROPOSED)
    duties = Obligation.objects.filter(response=OuterRef("pk"), state=DutyState.OPEN).order_by()
    counted = duties.values("response")
    rows = Response.objects.filter(reach.filter("incident.manage")).live()
    rows = rows.annotate(
        is_to_decide=Exists(pending) & Exists(asked),
        open_duties=Subquery(counted.annotate(many=Count("pk")).values("many")),
        first_due=Subquery(counted.annotate(first=Min("due_at")).values("first")),
    )
    rows = rows.filter(Q(is_to_decide=True) | Q(open_duties__gt=0))
    first = F("first_due").asc(nulls_last=True)
    return rows.select_related("incident", "unit").order_by(first, "proposed_at", "pk")[:MOST_WAITING]


#: Asked by every board.
_WAITING = Composed(_waiting)


def is_intact(decision: Decision) -> bool:
    """Whether a decision still is what was signed."""
    return signature.is_intact(decision)
