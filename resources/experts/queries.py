"""Whom can be called, how full is a pool, and what became of the calls of an incident?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from clocks.models import Clock
from common.errors import not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from plans.document.pools import ExpertKind, Pool, pools_of
from plans.lifecycle.queries import versions_in_force
from resources.experts import rules
from resources.experts.models import Expert, ExpertCall, ExpertCallStep
from resources.visibility import serving


class PoolCount(NamedTuple):
    """A plan's pool, how many it asks for, and how many are listed and available now."""

    pool: Pool
    listed: int
    available: int


class Offered(NamedTuple):
    pool: str
    kind: ExpertKind


def experts(reach: Reach, *, kind: str = "", available_at: datetime | None = None) -> QuerySet[Expert]:
    """The listed experts this person may look up."""
    rows = Expert.objects.visible_to(reach).listed().select_related("unit", "account")
    if kind:
        rows = rows.filter(kind=kind)
    if available_at is not None:
        rows = rows.available(available_at)
    return rows.order_by("unit_path", "kind", "name", "pk")


def get_expert(reach: Reach, pk: int) -> Expert:
    """NotFound if there is none or this person may not see it."""
    expert = Expert.objects.visible_to(reach).select_related("unit", "account").filter(pk=pk).first()
    if expert is None:
        raise not_found()
    return expert


def pools_at(unit: Unit, now: datetime) -> list[Pool]:
    """The pools of the plans that hold for the unit now (one query); a pool that two plans name once."""
    found: dict[str, Pool] = {}
    for version in versions_in_force(unit, now):
        for pool in pools_of(version.document):
            found.setdefault(pool.id, pool)
    return list(found.values())


def kinds_offered(unit: Unit, now: datetime) -> list[Offered]:
    """The kinds an expert of the unit may be of."""
    return [Offered(pool.id, kind) for pool in pools_at(unit, now) for kind in pool.kinds]


def pool_counts(reach: Reach, unit: Unit, now: datetime) -> list[PoolCount]:
    """How full the pools are, of what this person may look up (three queries)."""
    rows = Expert.objects.visible_to(reach).listed().exclude(pool="").order_by()
    listed = dict(rows.values_list("pool").annotate(Count("pk")))
    available = dict(rows.available(now).values_list("pool").annotate(Count("pk")))
    return [
        PoolCount(pool, listed.get(pool.id, 0), available.get(pool.id, 0)) for pool in pools_at(unit, now)
    ]


def experts_serving(unit: Unit, now: datetime) -> list[Expert]:
    """Who may be called for something at this unit: available ones first, then the nearest (one query)."""
    rows = Expert.objects.listed().filter(serving(unit)).select_related("unit", "account")
    rows = rows.order_by("kind", "name", "pk")
    return sorted(rows, key=lambda one: (not one.is_available(now), -len(one.unit_path)))


class CallShown(NamedTuple):
    """A call with its clock and what may be done about it."""

    call: ExpertCall
    clock: Clock | None
    verbs: list[str]


def calls_of(incident: Incident) -> QuerySet[ExpertCall]:
    steps = Prefetch("steps", ExpertCallStep.objects.select_related("by").order_by("pk"))
    rows = ExpertCall.objects.filter(incident=incident).select_related(
        "expert__unit", "expert__account", "incident"
    )
    return rows.prefetch_related(steps).order_by("pk")


def get_call(incident: Incident, pk: int) -> ExpertCall:
    call = calls_of(incident).filter(pk=pk).first()
    if call is None:
        raise not_found()
    return call


def with_clocks(
    calls: Iterable[ExpertCall], may_act: bool, own: Callable[[ExpertCall], bool] = lambda call: False
) -> list[CallShown]:
    """Each with the clock that its call started (one query). `own`: whether it is the reader's own call."""
    calls = list(calls)
    rows = Clock.objects.filter(subject__in=[call.key for call in calls]).order_by("pk")
    clocks = {clock.subject: clock for clock in rows} if calls else {}
    return [
        CallShown(
            call,
            clocks.get(call.key),
            [
                verb
                for verb in rules.CALLS.verbs_for(call.state)
                if may_act or (verb in rules.OWN and own(call))
            ],
        )
        for call in calls
    ]


def held_open(incident: Incident) -> list[OpenItem]:
    """Calls that nobody has said the end of keep an incident from closing."""
    return [
        OpenItem(
            "expert_call",
            call.key,
            _("Call to an expert (%(title)s): say whether they came") % {"title": call.expert.title},
        )
        for call in ExpertCall.objects.live()
        .filter(incident=incident)
        .select_related("expert")
        .order_by("pk")
    ]
