"""What happens when somebody says what is going on: an alarm, and what is observed after it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from accounts.models import Unit, User
from accounts.scope import Reach
from common.database.inserts import Rows
from common.database.numbers import next_number
from common.errors import Invalid
from common.failpoints import crash_point
from common.revisions import save
from common.text.personal_data import fit_to_keep
from incidents import permissions, rules
from incidents.choices import CoordinateSystem, Source
from incidents.models import Incident, Observation
from incidents.reporting import addressee, alerts, danger, waited
from incidents.reporting.facts_known import follow_facts
from incidents.transitions import (
    SEEN_BY_GRANT,
    append_observation,
    check_open,
    lock_incident,
    record_entry,
    record_proposal,
    take_proposal,
)
from plans.engine.evaluation import evaluate
from plans.engine.facts import Facts
from plans.lifecycle.queries import plan_in_force

_INCIDENTS = Rows(Incident)

POSITION = ("latitude", "longitude", "accuracy_m", "crs")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reporter's device was, as received; never converted, so its system is kept with it."""

    latitude: Decimal
    longitude: Decimal
    accuracy_m: int | None = None
    crs: str = CoordinateSystem.UNKNOWN


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a reporter hands in. `client_id` is made by the device, so that an alarm sent twice is one alarm."""

    unit: Unit
    place: str
    what: str
    facts: Facts
    client_id: str
    source: str = Source.ALARM
    known_at: datetime | None = None
    happened_at: datetime | None = None
    category: str = ""
    position: Position | None = None
    drill: bool = False
    #: When it was received, where it waited outside the database until now.
    kept_since: datetime | None = None


def report_incident(*, reach: Reach, alarm: Alarm, now: datetime) -> tuple[Incident, bool]:
    """Record an alarm. Returns the incident and whether it is new: the same `client_id` gives the first one.

    Raises NotAllowed for a unit outside the reporter's, Invalid for a time in the future.
    Source: city plan §4.1 (one tap, a number from the server), §2.3 (level).
    """
    # No look first: an alarm is new nearly always, and the constraint knows better than a look.
    try:
        return _report(reach, alarm, now), True
    except IntegrityError:
        # Its twin was faster. What breaks a constraint without a twin goes on as the error it is.
        if found := _already_reported(reach.user, alarm.client_id):
            return found, False
        raise


def _already_reported(user: User, client_id: str) -> Incident | None:
    mine = Incident.objects.select_related("unit", "plan").filter(reported_by=user)
    return mine.filter(client_id=client_id).first()


@transaction.atomic
def _report(reach: Reach, alarm: Alarm, now: datetime) -> Incident:
    named, unit = alarm.unit, addressee.where_it_goes(reach, alarm.unit, alarm.known_at, now)
    alarm = replace(alarm, unit=unit, place=fit_to_keep(alarm.place), what=fit_to_keep(alarm.what))
    known = _times_in_order(alarm, now)

    incident = _new_incident(reach, alarm, known, now)
    # The series' row stays locked until the commit, so the number is taken last before the writes.
    incident.number = next_number(unit_code=alarm.unit.code, now=now, drill=alarm.drill)
    _INCIDENTS.insert(incident)
    append_observation(incident, reach.user, incident.reporter_post, alarm.what, alarm.facts, now)
    if not reach.holds("incident.view", alarm.unit.path):
        for codename in SEEN_BY_GRANT:
            assign_perm(codename, reach.user, incident)

    record_entry(incident, "incident.discovered", reach, at=known, recorded_at=now)
    told = {"place": alarm.place, "what": alarm.what, "facts": incident.facts, "reasons": incident.reasons}
    told |= addressee.as_recorded(named, unit) | waited.as_recorded(alarm.kept_since)
    record_entry(
        incident, rules.TRANSITIONS.begin.entry, reach, at=now, level=incident.proposed_level, content=told
    )
    if rules.needs_life_safety(incident.facts):
        danger.tell_at_once(incident, reach, now)
    else:
        alerts.tell_duty_room(incident, now=now)
    follow_facts(incident, now)
    crash_point("incidents.before_commit")
    return incident


def _times_in_order(alarm: Alarm, now: datetime) -> datetime:
    """When it became known, after checking that happened ≤ known ≤ now."""
    known = rules.known_time(alarm.known_at, now)
    if known is None:
        raise _in_the_future("known_at")
    if alarm.happened_at and alarm.happened_at > known:
        raise _in_the_future("happened_at")
    return known


def _new_incident(reach: Reach, alarm: Alarm, known: datetime, now: datetime) -> Incident:
    plan = plan_in_force(alarm.unit, now)
    incident = Incident(
        unit=alarm.unit,
        unit_path=alarm.unit.path,
        plan=plan,
        source=alarm.source,
        category=alarm.category,
        place=alarm.place,
        what=alarm.what,
        facts=alarm.facts.as_dict(),
        happened_at=alarm.happened_at,
        known_at=known,
        recorded_at=now,
        reported_by=reach.user,
        reporter_post=reach.title_for("incident.report", alarm.unit.path),
        client_id=alarm.client_id,
        drill=alarm.drill,
    )
    if alarm.position:
        place_at(incident, alarm.position)
    take_proposal(incident, evaluate(plan.document, alarm.facts))
    return incident


@transaction.atomic
def add_observation(
    *,
    incident_id: int,
    reach: Reach,
    what: str,
    facts: Facts,
    now: datetime,
    at: datetime | None = None,
    position: Position | None = None,
) -> Observation:
    """Append what somebody saw; the level is proposed anew. Nothing already recorded changes.

    A `position` fills the incident's own if it has none: the device found it after the alarm was sent.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_add_observation(reach, incident)
    check_open(
        incident,
        _("The observation was not added to %(number)s: the incident is no longer open. Report a new one."),
    )

    before, level, rank = {**incident.facts}, incident.proposed_level, incident.proposed_rank
    present = Facts.from_dict(incident.facts).updated_by(facts)
    incident.facts = present.as_dict()
    take_proposal(incident, evaluate(incident.plan.document, present))
    if position and incident.latitude is None and incident.reported_by_id == reach.user.pk:
        place_at(incident, position)
    save(incident, "facts", "proposed_level", "proposed_rank", "reasons", *POSITION)
    post = reach.title_for("incident.observe", incident.unit_path)
    what = fit_to_keep(what)
    observation = append_observation(incident, reach.user, post, what, facts, now, at=at)

    content = {"what": what, "facts": facts.as_dict()}
    record_entry(incident, "incident.observed", reach, at=at or now, recorded_at=now, content=content)
    record_proposal(incident, level, reach, now)
    danger.tell_if_worse(incident, before, reach, now)
    if incident.proposed_rank < rank:
        alerts.tell_graver(incident, now=now, besides=reach.user)
    follow_facts(incident, now)
    return observation


def place_at(incident: Incident, position: Position) -> None:
    incident.latitude, incident.longitude = position.latitude, position.longitude
    incident.accuracy_m, incident.crs = position.accuracy_m, position.crs


def _in_the_future(field: str) -> Invalid:
    return Invalid(
        "time_in_the_future",
        _("The incident was not recorded: a time lies in the future or in the wrong order. Correct it."),
        fields={field: [_("This time lies in the future or in the wrong order.")]},
    )
