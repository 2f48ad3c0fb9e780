"""What happens at the counter: people have come, their points are taken down, read back and confirmed, and it ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit, User
from accounts.scope import Reach
from cases.demands.actions import register_demand
from cases.demands.answering import give_notice
from cases.demands.choices import DemandOrigin
from cases.demands.models import Demand
from cases.matters.models import Matter
from cases.receptions import alerts, permissions, rules
from cases.receptions.actions import end_clocks, new_reception
from cases.receptions.choices import ReceptionOutcome, ReceptionState, ReceptionVerb
from cases.receptions.models import Reception, ReceptionPoint
from cases.receptions.points import Point, adopt, confirm, point_to_confirm, take_points
from cases.receptions.transitions import (
    check_may,
    check_representatives,
    check_words,
    lock_reception,
    missing,
    record_act,
)
from command.attendance.actions import answer_offer
from command.attendance.choices import OfferState, OfferVerb
from common.errors import WrongState
from common.revisions import save
from incidents.choices import Source
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from notices.relevance.ending import settle_threads
from plans.engine.facts import Facts


class Arrival(NamedTuple):
    """Who has come, as numbers; what was said of recording; what was handed over."""

    came: int
    is_group: bool = False
    representatives: int | None = None
    recording_told: bool | None = None
    evidence: str = ""


@transaction.atomic
def receive_people(
    *,
    reach: Reach,
    unit: Unit,
    place: str,
    arrival: Arrival,
    now: datetime,
    points: Sequence[Point] = (),
    about: str = "",
    receivers: Sequence[User] = (),
    incident: Incident | None = None,
    matter: Matter | None = None,
) -> Reception:
    """People simply came: take down what, where, how many, and their points, with one act (§三(二)1)."""
    permissions.check_can_receive(reach, unit)
    _check_arrival(arrival)
    reception = new_reception(unit, place, about, arrival.is_group, incident, matter, now)
    _arrive(reception, arrival, now)
    reception.day_at = now
    reception.save(force_insert=True)
    reception.receivers.set(receivers)

    _record_arrival(reception, reach, now)
    take_points(reach=reach, reception=reception, points=points, now=now)
    return reception


@transaction.atomic
def begin_reception(
    *, reach: Reach, reception_id: int, arrival: Arrival, now: datetime, points: Sequence[Point] = ()
) -> Reception:
    """Those who were booked have come. What was offered at an incident is taken up with it."""
    reception = lock_reception(reception_id)

    check_may(reach, reception, ReceptionVerb.BEGIN)
    _check_arrival(arrival)

    _arrive(reception, arrival, now)
    save(reception, "state", "begun_at", "came", "is_group", "representatives", "recording_told", "evidence")

    _record_arrival(reception, reach, now)
    if reception.offer and reception.offer.state != OfferState.TAKEN_UP:
        answer_offer(offer_id=reception.offer.pk, reach=reach, verb=OfferVerb.TAKE_UP, now=now)
    settle_threads([reception.thread], now)
    take_points(reach=reach, reception=reception, points=points, now=now)
    return reception


def _check_arrival(arrival: Arrival) -> None:
    check_representatives(arrival.representatives)
    if arrival.came < 1:
        raise missing("count_missing", "came", _("Say how many people have come."))
    if arrival.is_group and not arrival.representatives:
        raise missing(
            "representatives_missing", "representatives", _("Say how many speak for the group, one to five.")
        )
    if arrival.is_group and (arrival.representatives or 0) > arrival.came:
        raise missing(
            "more_than_came",
            "representatives",
            _("More speak for the group than have come. Correct one of the two."),
        )
    check_words(arrival.evidence)


def _arrive(reception: Reception, arrival: Arrival, now: datetime) -> None:
    reception.state, reception.begun_at, reception.came = ReceptionState.UNDER_WAY, now, arrival.came
    reception.is_group = arrival.is_group
    reception.representatives = arrival.representatives if arrival.is_group else None
    reception.recording_told, reception.evidence = arrival.recording_told, arrival.evidence.strip()


def _record_arrival(reception: Reception, reach: Reach, now: datetime) -> None:
    record_act(
        rules.TRANSITIONS[ReceptionVerb.BEGIN], reception, reach, now=now, note=reception.place,
        came=reception.came, representatives=reception.representatives, recording_told=reception.recording_told,
        evidence=reception.evidence,
    )  # fmt: skip


@transaction.atomic
def add_points(*, reach: Reach, reception_id: int, points: Sequence[Point], now: datetime) -> Reception:
    """Take down more points; those that were read back become demands at once."""
    reception = lock_reception(reception_id)

    check_may(reach, reception, ReceptionVerb.ADD_POINTS)
    if not [point for point in points if point.text.strip()]:
        raise missing("point_missing", "point", _("Say in a sentence what is asked for."))

    take_points(reach=reach, reception=reception, points=points, now=now)
    return reception


@transaction.atomic
def confirm_point(
    *,
    reach: Reach,
    reception_id: int,
    place: int,
    now: datetime,
    text: str = "",
    kind: str = "",
    lead_unit: Unit | None = None,
) -> ReceptionPoint:
    """It was read back and confirmed, as it stands or as `text` says it now: from here on it is a demand.

    Raises WrongState where it is one already: what was confirmed is not changed.
    """
    reception = lock_reception(reception_id)

    check_may(reach, reception, ReceptionVerb.CONFIRM)
    row = point_to_confirm(reception, place)
    check_words(text)

    row.point = text.strip() or row.point
    confirm(row, reception, reach, Point(row.point, True, kind, lead_unit), now)
    return row


@transaction.atomic
def register_at(*, reach: Reach, reception_id: int, now: datetime, **demand: Any) -> Demand:
    """Register a demand for whoever is being received; `demand`: what `register_demand` takes."""
    reception = lock_reception(reception_id)

    check_may(reach, reception, ReceptionVerb.CONFIRM)
    if reception.drill:
        raise WrongState(
            "only_a_drill",
            _("No demand was registered: %(number)s is a drill, and a demand is a promise to somebody.")
            % {"number": reception.number},
        )

    made = register_demand(
        reach=reach, now=now, **{**demand, "unit": reception.unit, "origin": DemandOrigin.COUNTER,
        "incident": reception.incident, "matter": reception.matter},
    )  # fmt: skip
    adopt(made, reception, reach, now)
    return made


@transaction.atomic
def strike_point(*, reach: Reach, reception_id: int, place: int, now: datetime) -> Reception:
    """They did not mean it so: a point that is not confirmed goes."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.STRIKE)
    row = point_to_confirm(reception, place)

    row.delete()

    record_act(done, reception, reach, now=now, note=row.point)
    return reception


@transaction.atomic
def hand_over_notice(*, reach: Reach, reception_id: int, number: str, now: datetime) -> Reception:
    """The written notice is handed over on the spot, by its number, for every point that has none yet (art. 23)."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.NOTICE)
    waiting = [
        row.demand
        for row in reception.points.select_related("demand")
        if row.demand and row.demand.is_open and row.demand.accepted_at is None
    ]
    if not waiting:
        raise WrongState(
            "nothing_to_accept",
            _("No notice was noted on %(number)s: no confirmed point waits for one. Confirm a point first.")
            % {"number": reception.number},
        )

    for demand in waiting:
        give_notice(reach=reach, demand_id=demand.pk, number=number, now=now)

    record_act(done, reception, reach, now=now, note=number.strip())
    return reception


@transaction.atomic
def end_reception(
    *, reach: Reach, reception_id: int, outcome: str, result: str, now: datetime, as_incident: bool = False
) -> Reception:
    """One of the three outcomes, in a sentence (§七4). Reported as major, it may become an incident with the same act.

    Raises WrongState while a point is neither confirmed nor struck out, and where nothing was registered that
    could be tracked.
    """
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.END)
    _check_outcome(reception, outcome, result)

    reception.state = done.to or reception.state
    reception.outcome, reception.result, reception.ended_at = outcome, result.strip(), now
    if outcome == ReceptionOutcome.MAJOR and as_incident and reception.incident is None:
        reception.incident = _report(reception, reach, now)
    save(reception, "state", "outcome", "result", "ended_at", "incident")
    end_clocks(reception, now, "reception over")

    number = reception.incident.number if reception.incident else ""
    record_act(done, reception, reach, now=now, note=reception.result, outcome=outcome, incident=number)
    if outcome == ReceptionOutcome.MAJOR:
        alerts.tell_major(reception, reach.user, now=now)
    settle_threads([reception.thread], now)
    return reception


def _check_outcome(reception: Reception, outcome: str, result: str) -> None:
    if outcome not in rules.OUTCOMES:
        raise missing("outcome_missing", "outcome", _("Choose one of the three."))
    if not result.strip():
        raise missing("result_missing", "result", _("Say in a sentence what came of it."))
    check_words(result)
    left = reception.points.filter(confirmed_at=None).count()
    if left:
        raise WrongState(
            "points_unconfirmed",
            ngettext(
                "%(number)s was not ended: %(left)s point is not read back. Read it back, or strike it out.",
                "%(number)s was not ended: %(left)s points are not read back. Read them back, or strike them out.",
                left,
            )
            % {"number": reception.number, "left": left},
        )
    if rules.owes_demand(outcome) and not reception.points.exists():
        raise WrongState(
            "nothing_to_track",
            _("%(number)s was not ended: what is passed on and tracked is registered first. Confirm a point.")
            % {"number": reception.number},
        )


def _report(reception: Reception, reach: Reach, now: datetime) -> Incident:
    alarm = Alarm(
        unit=reception.unit,
        place=reception.place,
        what=reception.result,
        facts=Facts.from_dict({"headcount": {"low": reception.came, "high": reception.came}}),
        client_id=reception.key,
        source=Source.DESK,
        known_at=reception.begun_at,
    )
    incident, _is_new = report_incident(reach=reach, alarm=alarm, now=now)
    return incident
