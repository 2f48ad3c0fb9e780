"""What every action on an incident stands on: lock, check, save, record; what was seen, and the level proposed."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from clocks.actions import record_with_clocks
from common import revisions, states
from common.database.inserts import Rows
from common.errors import WrongState
from common.states import Transition
from incidents import rules
from incidents.models import NO_RANK, Incident, Observation
from plans.engine.evaluation import Proposal
from plans.engine.facts import Facts

_OBSERVATIONS = Rows(Observation)

#: What a squad on the way, or a reporter from outside the unit, may do with this one incident.
SEEN_BY_GRANT = ("view_incident", "observe_incident")


def lock_incident(incident_id: int) -> Incident:
    """Lock the incident. Where it has gone over to another plan while we waited, PostgreSQL drops the joined row
    (its plan is not the one of our snapshot any more), with the lock in our hands: the second look finds it."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("unit", "plan")
    return rows.filter(pk=incident_id).first() or rows.get(pk=incident_id)


def move(incident: Incident, verb: str) -> Transition:
    return states.move(
        incident,
        rules.TRANSITIONS,
        verb,
        lambda: (
            _("Nothing was changed: %(number)s is %(state)s. Reload the page to see where it stands.")
            % {"number": incident.number, "state": incident.get_state_display()}
        ),
    )


def check_open(incident: Incident, sentence: str) -> None:
    if not incident.is_open:
        raise WrongState("incident_not_open", sentence % {"number": incident.number})


def check_rev(incident: Incident, rev: int | None) -> None:
    sentence = _(
        "%(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(incident, rev, sentence % {"number": incident.number})


def record_entry(incident: Incident, kind: str, reach: Reach, **more: Any) -> None:
    record_with_clocks(
        kind,
        subject=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=reach.title_for("incident.view", incident.unit_path),
        plan=incident.plan.ref,
        drill=incident.drill,
        **more,
    )


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


def append_observation(
    incident: Incident,
    actor: User,
    post: str,
    what: str,
    facts: Facts,
    now: datetime,
    at: datetime | None = None,
) -> Observation:
    observation = Observation(
        incident=incident,
        at=at or now,
        recorded_at=now,
        actor=actor,
        post=post,
        what=what,
        facts=facts.as_dict(),
        proposed_level=incident.proposed_level,
    )
    _OBSERVATIONS.insert(observation)
    return observation
