"""What happens to an incident once it is reported. Each action: lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_thread
from common.errors import Invalid, WrongState
from common.revisions import save
from common.text.personal_data import unsigned_personal_data_in
from incidents import permissions
from incidents.choices import Verb
from incidents.closing.answers import NO_ANSWERS, Answers, check_answers, keep_answers
from incidents.closing.queries import questions
from incidents.models import NO_RANK, Incident
from incidents.queries import kept_closed, still_open
from incidents.reporting import alerts, danger
from incidents.transitions import (
    append_observation,
    check_rev,
    lock_incident,
    move,
    record_entry,
    record_proposal,
    take_proposal,
)
from incidents.voice_notes.actions import erase_note
from notices.relevance.ending import settle_threads
from plans.engine.evaluation import evaluate, levels_of
from plans.engine.facts import Facts


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
    if incident.drill != into.drill:
        raise WrongState(
            "drill_and_real",
            _(
                "%(number)s was not linked: of it and %(into)s one is a drill. Choose an incident of the same kind."
            )
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
    append_observation(into, reach.user, post, f"{incident.number}：{incident.what}"[:500], present, now)
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
    erase_note(incident, reach, now)
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
    # The plan's limits for the time afterwards follow the highest level there was: none is in force any more.
    record_entry(incident, done.entry, reach, at=now, level=incident.highest_level, content=content)
    danger.stand_down(incident, reach, now)
    return incident


@transaction.atomic
def reopen_incident(*, incident_id: int, reach: Reach, reason: str, now: datetime) -> Incident:
    """Open a closed incident again; its first closing stays on the record."""
    incident = lock_incident(incident_id)

    permissions.check_can_close(reach, incident)
    if why := kept_closed(incident):
        raise WrongState("kept_closed", why)
    done = move(incident, Verb.REOPEN)

    incident.closed_at = incident.closed_by = None
    incident.summary = ""
    save(incident, "state", "closed_at", "closed_by", "summary")
    cancel_for_thread(thread=incident.key, now=now, reason=incident.state, started_by=["incident.closed"])

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
