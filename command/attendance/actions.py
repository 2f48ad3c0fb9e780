"""What happens with attendance. Each action: lock, check, change, record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks
from command.attendance import rules
from command.attendance.choices import CalledKind, CallState, CallVerb, OfferVerb, Route
from command.attendance.models import AttendanceCall, ReceptionOffer, Routing
from command.linkage.choices import Way
from common.errors import Invalid, WrongState
from common.states import move
from common.text.personal_data import fit_to_keep
from common.text.typed import plain
from incidents.models import Incident
from incidents.permissions import check_can_manage, check_can_observe
from incidents.steps.actions import in_order
from incidents.transitions import check_open, lock_incident
from plans.lifecycle.queries import plan_with_clock

MOST_UNITS = 20


@transaction.atomic
def notify_units(
    *,
    incident_id: int,
    reach: Reach,
    kind: str,
    units: Iterable[str],
    way: str,
    now: datetime,
    at: datetime | None = None,
    is_responsible: bool = False,
) -> list[AttendanceCall]:
    """Call units to the scene: for each its own time runs, fifteen minutes or an hour as the plan says (§五).

    Raises WrongState where one of them is called already: then none is.
    """
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("Nobody was called to attend: %(number)s is no longer open."))
    names = _names(units)
    happened = in_order(at, "", now)
    _check_none_is_called(incident, kind, names)

    entry = rules.ENTRIES[CalledKind(kind)][0]
    plan = plan_with_clock(incident.unit, entry, now)
    calls = []
    for name in names:
        call = AttendanceCall.objects.create(
            incident=incident,
            called_kind=CalledKind(kind),
            called=name,
            is_responsible=is_responsible,
            way=Way(way),
            plan=plan,
            notified_at=happened,
            notified_by=reach.user,
        )
        content = {"to": name, "way": call.way, "is_responsible": is_responsible}
        _record(incident, call.key, entry, reach, happened, now, plan, content)
        calls.append(call)
    return calls


@transaction.atomic
def move_call(
    *,
    call_id: int,
    reach: Reach,
    verb: str,
    now: datetime,
    said: str = "",
    at: datetime | None = None,
) -> AttendanceCall:
    """They arrived (`said`: who came, by post), left (`said`: who stays instead), or need not come (`said`: why).

    A late arrival is on record by the clock and by nothing else: no consequence follows from it here.
    """
    incident = lock_incident(AttendanceCall.objects.values_list("incident_id", flat=True).get(pk=call_id))
    call = AttendanceCall.objects.select_for_update(of=("self",)).get(pk=call_id)

    check_can_observe(reach, incident)
    words = fit_to_keep(said.strip())
    needs_words = verb != CallVerb.LEAVE or rules.owes_reason(is_responsible=call.is_responsible)
    if needs_words and not words:
        raise _incomplete("said", _MISSING[CallVerb(verb)]())
    happened = in_order(at, "", now)
    if happened < call.notified_at:
        raise _incomplete("at", _("This time lies before they were notified."))
    done = move(call, rules.CALLS, CallVerb(verb), lambda: _call_moved(call))

    if call.state == CallState.PRESENT:
        call.arrived_at, call.came = happened, words
    else:
        call.ended_at, call.note = happened, words
    call.save(update_fields=["state", "arrived_at", "came", "ended_at", "note"])
    if call.state == CallState.NOT_NEEDED:
        cancel_for_subject(subject=call.key, now=now, reason=call.state)

    entry = done.entry or rules.ENTRIES[call.called_kind][1]
    content = (
        {"from": call.called, "with": words}
        if verb == CallVerb.ARRIVE
        else {"from": call.called, "note": words}
    )
    _record(incident, call.key, entry, reach, happened, now, call.plan, content)
    return call


@transaction.atomic
def offer_reception(
    *, incident_id: int, reach: Reach, place: str, begins_at: datetime, now: datetime
) -> ReceptionOffer:
    """Put on record that people were offered to be received there and then (§四(一))."""
    incident = lock_incident(incident_id)

    check_can_observe(reach, incident)
    check_open(incident, _("No reception was offered: %(number)s is no longer open."))
    where = fit_to_keep(place.strip())
    if not where:
        raise _incomplete("place", _("Say where people are received."))
    if begins_at < now:
        raise _incomplete("begins_at", _("This time has passed. Give a later one."))

    offer = ReceptionOffer.objects.create(
        incident=incident, place=where, received_from=begins_at, offered_at=now, offered_by=reach.user
    )

    content = {"place": where, "at": begins_at.isoformat()}
    _record(incident, offer.key, rules.OFFERS.begin.entry, reach, now, now, incident.plan.ref, content)
    return offer


@transaction.atomic
def answer_offer(*, offer_id: int, reach: Reach, verb: str, now: datetime) -> ReceptionOffer:
    """People come, or they do not. The latter ends nothing: they may still come, and no reason is asked for."""
    incident = lock_incident(ReceptionOffer.objects.values_list("incident_id", flat=True).get(pk=offer_id))
    offer = ReceptionOffer.objects.select_for_update(of=("self",)).get(pk=offer_id)

    check_can_observe(reach, incident)
    done = move(offer, rules.OFFERS, OfferVerb(verb), lambda: _("Nothing was noted: this is on record already. Reload the page."))  # fmt: skip

    offer.save(update_fields=["state"])

    content = {"place": offer.place, "outcome": offer.state}
    _record(incident, offer.key, done.entry, reach, now, now, incident.plan.ref, content)
    return offer


@transaction.atomic
def decide_route(
    *, incident_id: int, reach: Reach, route: str, who: str, reason: str, now: datetime
) -> Routing:
    """Decide who receives people: the unit concerned, several together, or a leader (§四(二))."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("Nothing was decided: %(number)s is no longer open."))
    said = {"who": fit_to_keep(who.strip()), "reason": fit_to_keep(reason.strip())}
    for name, text in said.items():
        if not text:
            raise _incomplete(name, _("Say who receives, by unit or post, and why."))

    routing = Routing.objects.create(
        incident=incident,
        route=Route(route),
        decided_at=now,
        decided_by=reach.user,
        post=reach.title_for("incident.manage", incident.unit_path),
        **said,
    )

    content = {"to": said["who"], "reason": said["reason"], "route": routing.route}
    _record(incident, incident.key, "attendance.routed", reach, now, now, incident.plan.ref, content)
    return routing


def _names(units: Iterable[str]) -> list[str]:
    """Each unit once, at normal width."""
    names = list(dict.fromkeys(plain(fit_to_keep(name)) for name in units if name.strip()))
    if not names:
        raise _incomplete("units", _("Say which units, one on a line."))
    if len(names) > MOST_UNITS or any(len(name) > 80 for name in names):
        raise _incomplete("units", _("At most 20 units at once, each on a line of its own."))
    return names


def _check_none_is_called(incident: Incident, kind: str, names: list[str]) -> None:
    there = AttendanceCall.objects.filter(
        incident=incident, called_kind=kind, called__in=names, state__in=rules.CALLS.live
    )
    if found := there.first():
        raise WrongState(
            "called_already",
            _("Nobody was called to attend: %(unit)s is called already. Take it off the list.")
            % {"unit": found.called},
        )


_MISSING = {
    CallVerb.ARRIVE: lambda: _("Say who came, by post."),
    CallVerb.LEAVE: lambda: _("The responsible unit stays until the scene is closed: say who stays instead."),
    CallVerb.STAND_DOWN: lambda: _("Say why they need not come."),
}


def _incomplete(field: str, why: str) -> Invalid:
    return Invalid(
        "attendance_not_in_order",
        _("Nothing was changed on attendance: %(why)s") % {"why": why},
        fields={field: [why]},
    )


def _call_moved(call: AttendanceCall) -> str:
    return _("Nothing was changed on attendance: %(unit)s is “%(state)s”. Reload the page.") % {
        "unit": call.called,
        "state": call.get_state_display(),
    }


def _record(
    incident: Incident, subject: str, kind: str, reach: Reach, at: datetime, now: datetime, plan: str, content: dict[str, Any]
) -> None:  # fmt: skip
    record_with_clocks(
        kind,
        subject=subject,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=reach.title_for("incident.observe", incident.unit_path),
        at=at,
        recorded_at=now,
        level=incident.shown_level,
        plan=plan,
        drill=incident.drill,
        content=content,
    )
