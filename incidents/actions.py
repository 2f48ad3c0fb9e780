"""What happens to incidents. Each action: lock, check, change, record."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from accounts.models import Unit, User
from accounts.scope import Reach
from clocks.actions import cancel_for_thread
from common.database.numbers import next_number
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from common.text.personal_data import fit_to_keep, unsigned_personal_data_in
from incidents import permissions, rules
from incidents.choices import Source, Verb
from incidents.closing.answers import NO_ANSWERS, Answers, check_answers, keep_answers
from incidents.closing.queries import questions
from incidents.models import NO_RANK, Incident, Observation
from incidents.queries import still_open
from incidents.reporting import addressee, alerts, danger
from incidents.transitions import (
    SEEN_BY_GRANT,
    check_open,
    check_rev,
    lock_incident,
    move,
    record_entry,
)
from notices.relevance.ending import settle_threads
from plans.engine.evaluation import Proposal, evaluate, levels_of
from plans.engine.facts import Facts
from plans.lifecycle.queries import plan_in_force

POSITION = ("latitude", "longitude", "accuracy_m", "crs")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reporter's device was, as received; never converted, so its system is kept with it."""

    latitude: Decimal
    longitude: Decimal
    accuracy_m: int | None = None
    crs: str = "WGS84"


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
    incident.number = next_number(unit_code=alarm.unit.code, now=now)
    incident.save(force_insert=True)
    _observe(incident, reach.user, incident.reporter_post, alarm.what, alarm.facts, now)
    if not reach.holds("incident.view", alarm.unit.path):
        for codename in SEEN_BY_GRANT:
            assign_perm(codename, reach.user, incident)

    record_entry(incident, "incident.discovered", reach, at=known, recorded_at=now)
    told = {"place": alarm.place, "what": alarm.what, "facts": incident.facts, "reasons": incident.reasons}
    told |= addressee.as_recorded(named, unit)
    record_entry(
        incident, rules.TRANSITIONS.begin.entry, reach, at=now, level=incident.proposed_level, content=told
    )
    if rules.needs_life_safety(incident.facts):
        danger.tell_at_once(incident, reach, now)
    else:
        alerts.tell_duty_room(incident, now=now)
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
        _place(incident, alarm.position)
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

    permissions.check_can_observe(reach, incident)
    check_open(
        incident,
        _("The observation was not added to %(number)s: the incident is no longer open. Report a new one."),
    )

    before, level, rank = {**incident.facts}, incident.proposed_level, incident.proposed_rank
    present = Facts.from_dict(incident.facts).updated_by(facts)
    incident.facts = present.as_dict()
    take_proposal(incident, evaluate(incident.plan.document, present))
    if position and incident.latitude is None and incident.reported_by_id == reach.user.pk:
        _place(incident, position)
    save(incident, "facts", "proposed_level", "proposed_rank", "reasons", *POSITION)
    post = reach.title_for("incident.observe", incident.unit_path)
    what = fit_to_keep(what)
    observation = _observe(incident, reach.user, post, what, facts, now, at=at)

    content = {"what": what, "facts": facts.as_dict()}
    record_entry(incident, "incident.observed", reach, at=at or now, recorded_at=now, content=content)
    record_proposal(incident, level, reach, now)
    danger.tell_if_worse(incident, before, reach, now)
    if incident.proposed_rank < rank:
        alerts.tell_graver(incident, now=now, besides=reach.user)
    return observation


@transaction.atomic
def take_over(*, incident_id: int, reach: Reach, now: datetime) -> Incident:
    """The duty room takes the incident in hand."""
    incident = lock_incident(incident_id)

    permissions.check_can_manage(reach, incident)
    done = move(incident, Verb.TAKE)

    incident.taken_at, incident.taken_by = now, reach.user
    save(incident, "state", "taken_at", "taken_by")

    record_entry(incident, done.entry, reach, at=now)
    return incident


@transaction.atomic
def merge_incident(*, incident_id: int, into_id: int, reach: Reach, now: datetime) -> Incident:
    """Say that this incident is the same event as another one, which goes on."""
    first, second = sorted([incident_id, into_id])
    locked = {pk: lock_incident(pk) for pk in (first, second)}
    incident, into = locked[incident_id], locked[into_id]

    permissions.check_can_manage(reach, incident)
    permissions.check_can_manage(reach, into)
    if incident_id == into_id or not into.is_open:
        raise WrongState(
            "cannot_merge",
            _("%(number)s was not linked: %(into)s is not another open incident. Choose one that is.")
            % {"number": incident.number, "into": into.number},
        )
    _check_nothing_open(incident, _("%(number)s was not linked: still open: %(open)s. End it first."))
    done = move(incident, Verb.MERGE)

    incident.merged_into = into
    save(incident, "state", "merged_into")
    cancel_for_thread(thread=incident.key, now=now, reason=incident.state, matters_too=False)

    record_entry(incident, done.entry, reach, at=now, content={"into": into.number})
    content = {"from": incident.number, "what": incident.what}
    record_entry(into, done.entry, reach, at=now, content=content)
    _unite(incident, into, reach, now)
    settle_threads([incident.key], now)
    return incident


def _unite(incident: Incident, into: Incident, reach: Reach, now: datetime) -> None:
    """What is known of both is known of the one that goes on; its level is proposed anew."""
    before, level, rank = {**into.facts}, into.proposed_level, into.proposed_rank
    present = Facts.from_dict(into.facts).united_with(Facts.from_dict(incident.facts))
    if present.as_dict() == into.facts:
        danger.tell_united(incident, into, before, reach, now)
        return
    into.facts = present.as_dict()
    take_proposal(into, evaluate(into.plan.document, present))
    save(into, "facts", "proposed_level", "proposed_rank", "reasons")
    post = reach.title_for("incident.observe", into.unit_path)
    _observe(into, reach.user, post, f"{incident.number}：{incident.what}"[:500], present, now)
    content = {"what": incident.what, "from": incident.number, "facts": into.facts}
    record_entry(into, "incident.observed", reach, at=now, content=content)
    record_proposal(into, level, reach, now)
    danger.tell_united(incident, into, before, reach, now)
    if into.proposed_rank < rank:
        alerts.tell_graver(into, now=now, besides=reach.user)


@transaction.atomic
def retract_incident(*, incident_id: int, reach: Reach, now: datetime) -> Incident:
    """Take a false alarm back. The record stays; only its state says that it was none."""
    incident = lock_incident(incident_id)

    permissions.check_can_retract(reach, incident, now)
    _check_nothing_open(incident, _("%(number)s was not retracted: still open: %(open)s. End it first."))
    done = move(incident, Verb.RETRACT)

    save(incident, "state")
    cancel_for_thread(thread=incident.key, now=now, reason=incident.state)

    record_entry(incident, done.entry, reach, at=now)
    danger.stand_down(incident, reach, now)
    return incident


@transaction.atomic
def close_incident(
    *,
    incident_id: int,
    reach: Reach,
    summary: str,
    now: datetime,
    rev: int | None = None,
    answers: Answers = NO_ANSWERS,
) -> Incident:
    """Close an incident with a summary. Raises WrongState with the list of what is still open.

    What was left undone is asked about once: `answers` says of each line of the checklist, and of each first
    responder nobody called, that it was done, or not needed and why. Raises Invalid if the summary holds an identity number or the like: a closed record is kept for years.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_close(reach, incident)
    check_rev(incident, rev)
    _check_summary(incident, summary)
    _check_nothing_open(incident, _("%(number)s was not closed: still open: %(open)s. End it first."))
    asked = questions(incident, now)
    check_answers(incident, asked, answers)
    done = move(incident, Verb.CLOSE)

    incident.closed_at, incident.closed_by, incident.summary = now, reach.user, summary
    save(incident, "state", "closed_at", "closed_by", "summary")
    cancel_for_thread(thread=incident.key, now=now, reason=incident.state, matters_too=False)

    left_open = keep_answers(incident, reach, asked, answers, now)
    content = {"summary": summary, "left_open": left_open}
    record_entry(incident, done.entry, reach, at=now, content=content)
    danger.stand_down(incident, reach, now)
    return incident


@transaction.atomic
def reopen_incident(*, incident_id: int, reach: Reach, reason: str, now: datetime) -> Incident:
    """Open a closed incident again; its first closing stays on the record."""
    incident = lock_incident(incident_id)

    permissions.check_can_close(reach, incident)
    done = move(incident, Verb.REOPEN)

    incident.closed_at = incident.closed_by = None
    incident.summary = ""
    save(incident, "state", "closed_at", "closed_by", "summary")

    record_entry(incident, done.entry, reach, at=now, content={"reason": reason})
    danger.tell_returned(incident, reach, now)
    return incident


def set_level(*, incident: Incident, level: str, reach: Reach, now: datetime, warning: str) -> None:
    """The signed level follows its warning. Called inside the warning's own transaction, incident locked."""
    if incident.level == level:
        return
    before, incident.level = incident.level, level
    incident.signed_rank = _rank_of(incident, level)
    if incident.signed_rank < _rank_of(incident, incident.highest_level):
        incident.highest_level = level
    save(incident, "level", "signed_rank", "highest_level")
    content = {"before": before, "warning": warning}
    record_entry(incident, "incident.level_set", reach, at=now, level=level, content=content)


def _rank_of(incident: Incident, level: str) -> int:
    """The rank of a signed level. One that the incident's present plan does not know was signed all the same: first."""
    if not level:
        return NO_RANK
    ranks = {known.id: known.rank for known in levels_of(incident.plan.document)}
    return ranks.get(level, 1)


def record_proposal(incident: Incident, before: str, reach: Reach, now: datetime) -> None:
    """An entry where another level is proposed than `before`."""
    if incident.proposed_level == before:
        return
    reasons = {"reasons": incident.reasons, "before": before}
    record_entry(
        incident, "incident.level_proposed", reach, at=now, level=incident.proposed_level, content=reasons
    )


def take_proposal(incident: Incident, proposal: Proposal) -> None:
    """Put what the plan proposes, and why, on the incident; the caller saves it."""
    incident.proposed_level = proposal.level.id if proposal.level else ""
    incident.proposed_rank = proposal.level.rank if proposal.level else NO_RANK
    incident.reasons = [
        {"zh": reason.as_dict("zh"), "en": reason.as_dict("en")} for reason in proposal.reasons
    ]


def _place(incident: Incident, position: Position) -> None:
    incident.latitude, incident.longitude = position.latitude, position.longitude
    incident.accuracy_m, incident.crs = position.accuracy_m, position.crs


def _observe(
    incident: Incident,
    actor: User,
    post: str,
    what: str,
    facts: Facts,
    now: datetime,
    at: datetime | None = None,
) -> Observation:
    return Observation.objects.create(
        incident=incident,
        at=at or now,
        recorded_at=now,
        actor=actor,
        post=post,
        what=what,
        facts=facts.as_dict(),
        proposed_level=incident.proposed_level,
    )


def _check_nothing_open(incident: Incident, sentence: str) -> None:
    if items := still_open(incident):
        raise WrongState(
            "still_open",
            sentence % {"number": incident.number, "open": "; ".join(item.title for item in items)},
            open=[item._asdict() for item in items],
        )


def _check_summary(incident: Incident, summary: str) -> None:
    if not summary.strip():
        raise Invalid(
            "summary_missing",
            _("%(number)s was not closed: the summary is empty. Say in a sentence how it ended.")
            % {"number": incident.number},
            fields={"summary": [_("Say in a sentence how it ended.")]},
        )
    if found := unsigned_personal_data_in(summary):
        raise Invalid(
            "personal_data",
            _(
                "%(number)s was not closed: the summary holds what looks like an identity, phone or card number. Take it out."
            )
            % {"number": incident.number},
            fields={"summary": [_("Take out: %(text)s") % {"text": found[0].text}]},
        )


def _in_the_future(field: str) -> Invalid:
    return Invalid(
        "time_in_the_future",
        _("The incident was not recorded: a time lies in the future or in the wrong order. Correct it."),
        fields={field: [_("This time lies in the future or in the wrong order.")]},
    )
