"""The points of what people ask for: taken down, read back, and each a demand from then on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.actions import register_demand
from cases.demands.choices import DemandOrigin
from cases.demands.models import Demand
from cases.leader_cases.proposing import propose_for_group
from cases.receptions import rules
from cases.receptions.choices import ReceptionVerb
from cases.receptions.models import Reception, ReceptionPoint
from cases.receptions.transitions import check_words, record_act
from common.errors import Invalid, WrongState


class Point(NamedTuple):
    """What people ask for; `confirmed`: it was read back to them, and they said yes."""

    text: str
    confirmed: bool = False
    kind: str = ""
    lead_unit: Unit | None = None


def take_points(
    *, reach: Reach, reception: Reception, points: Sequence[Point], now: datetime
) -> list[ReceptionPoint]:
    """The caller holds the reception."""
    said = [point for point in points if point.text.strip()]
    if not said:
        return []
    check_words(*(point.text for point in said))
    so_far = reception.points.aggregate(last=Max("place"), count=Count("pk"))
    if so_far["count"] + len(said) > rules.MOST_POINTS:
        raise Invalid(
            "too_many_points",
            _(
                "No point was taken down: one reception has at most %(most)s. Enter a second reception for the rest."
            )
            % {"most": rules.MOST_POINTS},
        )

    kept = [
        ReceptionPoint.objects.create(reception=reception, place=place, point=point.text.strip())
        for place, point in enumerate(said, start=(so_far["last"] or 0) + 1)
    ]
    record_act(
        rules.TRANSITIONS[ReceptionVerb.ADD_POINTS], reception, reach, now=now,
        note="；".join(point.point for point in kept), count=len(kept),
    )  # fmt: skip
    for row, point in zip(kept, said, strict=True):
        if point.confirmed:
            confirm(row, reception, reach, point, now)
    return kept


def point_to_confirm(reception: Reception, place: int) -> ReceptionPoint:
    row = ReceptionPoint.objects.select_for_update().filter(reception=reception, place=place).first()
    if row is None or row.confirmed_at:
        raise WrongState(
            "confirmed_already",
            _(
                "Nothing was changed on %(number)s: the point is confirmed already, or gone. Load the page again."
            )
            % {"number": reception.number},
        )
    return row


def confirm(row: ReceptionPoint, reception: Reception, reach: Reach, point: Point, now: datetime) -> None:
    demand = None
    if not reception.drill:
        demand = register_demand(
            reach=reach, unit=reception.unit, origin=DemandOrigin.COUNTER, point=row.point, kind=point.kind,
            lead_unit=point.lead_unit, incident=reception.incident, matter=reception.matter, now=now,
        )  # fmt: skip
    _keep_confirmed(row, demand, reception, reach, now)


def adopt(demand: Demand, reception: Reception, reach: Reach, now: datetime) -> ReceptionPoint:
    """A demand that was registered for this reception is a point of it. The caller holds the reception."""
    (row,) = take_points(reach=reach, reception=reception, points=[Point(demand.point)], now=now)
    _keep_confirmed(row, demand, reception, reach, now)
    return row


def _keep_confirmed(
    row: ReceptionPoint, demand: Demand | None, reception: Reception, reach: Reach, now: datetime
) -> None:
    row.confirmed_at, row.demand = now, demand
    row.save(update_fields=["point", "confirmed_at", "demand"])
    record_act(
        rules.TRANSITIONS[ReceptionVerb.CONFIRM], reception, reach, now=now, note=row.point,
        demand=demand.number if demand else "",
    )  # fmt: skip
    # One group visit, one case: the points that follow belong to what the first has proposed.
    if (
        demand
        and reception.is_group
        and not reception.points.filter(demand__leader_cases__isnull=False).exists()
    ):
        propose_for_group(demand, reception.came or 0, reception.unit, now)
