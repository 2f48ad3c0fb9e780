"""What happens to demands. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.demands import queries, rules
from cases.demands.choices import DemandOutcome
from cases.demands.models import Demand
from cases.matters import permissions
from cases.matters.choices import MatterVerb
from cases.matters.models import Matter
from cases.matters.transitions import check_open, check_words, keep_step, lock_matter
from clocks.actions import cancel_for_subject, record_with_clocks
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from incidents.steps.actions import in_order, step_named


@transaction.atomic
def take_on(*, reach: Reach, matter_id: int, now: datetime, office_number: str = "") -> Demand:
    """Answer the matter as a demand: the plans' clocks start. A second time gives the demand that is there.

    `office_number` is its number in the petition system; the demand is known by it and by nobody's name.
    Source: unit plan §三(二)2 (from the registration, thirty days at most).
    """
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    if found := Demand.objects.filter(matter=matter).first():
        return found
    check_open(matter)
    check_words(matter, office_number)

    demand = Demand.objects.create(matter=matter, office_number=office_number.strip(), taken_on_at=now)

    note = demand.office_number
    begun = rules.TRANSITIONS.begin
    _record(begun.entry, begun.verb, matter, reach, at=now, now=now, note=note)
    crash_point("demands.before_commit")
    return demand


@transaction.atomic
def note_step(
    *, reach: Reach, matter_id: int, kind: str, note: str, now: datetime, at: datetime | None = None
) -> Demand:
    """Note that a step in answering happened at `at` (default: now). Its clocks stop and start at that moment."""
    matter, demand = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    if kind in rules.STEPS:
        _check_not_closed(matter, demand)
        _check_is_reported(matter, note)
        verb = rules.STEPS[kind]
    else:
        # What the statute asks for after the answer (a review, a re-check) goes on when the demand is closed.
        verb = MatterVerb.STATUTORY_STEP
        step_named(queries.steps_of_statutes(now), kind)
    happened = in_order(at, note, now)

    _record(kind, verb, matter, reach, at=happened, now=now, note=note.strip())
    return demand


@transaction.atomic
def issue_reply(
    *,
    reach: Reach,
    matter_id: int,
    outcome: str,
    note: str,
    now: datetime,
    law: str = "",
    at: datetime | None = None,
) -> Demand:
    """Put on record that the reply was given: its outcome and the law it rests on (art. 32).

    Raises WrongState where one is on record: what somebody was told is not changed behind their back.
    """
    matter, demand = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_not_closed(matter, demand)
    done = rules.TRANSITIONS.row(demand.state, MatterVerb.REPLY_ISSUED)
    if done is None:
        raise WrongState(
            "already_replied",
            _("Nothing was changed on %(number)s: a reply is on record already. Load the page again.")
            % {"number": matter.number},
        )
    _check_outcome(matter, outcome, law)
    _check_is_reported(matter, note)
    check_words(matter, law)
    happened = in_order(at, note, now)

    demand.replied_at, demand.outcome, demand.law = happened, outcome, law.strip()
    demand.save(update_fields=["replied_at", "outcome", "law"])

    said = "；".join(part for part in (note.strip(), demand.law) if part)
    _record(
        done.entry, done.verb, matter, reach, at=happened, now=now,
        note=note.strip(), kept=said, outcome=outcome, law=demand.law,
    )  # fmt: skip
    return demand


@transaction.atomic
def close_demand(*, reach: Reach, matter_id: int, note: str, now: datetime) -> Demand:
    """Close the demand. Raises WrongState without a reply on record. A second time changes nothing.

    What the bureau's own plan still counts from the registration ends; the statute's clocks run on.
    """
    matter, demand = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    if demand.closed_at:
        return demand
    done = rules.TRANSITIONS.row(demand.state, MatterVerb.CLOSE_DEMAND)
    if done is None:
        raise WrongState(
            "no_reply",
            _("The demand of %(number)s was not closed: no reply is on record. Note the reply first.")
            % {"number": matter.number},
        )
    _check_is_reported(matter, note)
    check_words(matter, note)

    demand.closed_at = now
    demand.save(update_fields=["closed_at"])
    cancel_for_subject(subject=matter.key, now=now, reason="demand closed", started_by=["demand.registered"])

    _record(done.entry, done.verb, matter, reach, at=now, now=now, note=note.strip())
    return demand


def _lock(matter_id: int) -> tuple[Matter, Demand]:
    """The matter's row is the lock of both."""
    matter = lock_matter(matter_id)
    return matter, queries.demand_of(matter)


def _check_not_closed(matter: Matter, demand: Demand) -> None:
    if not demand.is_open:
        raise WrongState(
            "demand_closed",
            _("Nothing was changed on %(number)s: its demand is closed. Load the page again.")
            % {"number": matter.number},
        )


def _check_is_reported(matter: Matter, words: str) -> None:
    if not words.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what was done or why.")
            % {"number": matter.number},
            fields={"note": [_("Say in a sentence what was done or why.")]},
        )


def _check_outcome(matter: Matter, outcome: str, law: str) -> None:
    if outcome not in DemandOutcome.values:
        raise Invalid(
            "outcome_missing",
            _("The reply on %(number)s was not noted: say what it says about the demand.")
            % {"number": matter.number},
            fields={"outcome": [_("Choose one of the three.")]},
        )
    if rules.needs_law(outcome) and not law.strip():
        raise Invalid(
            "law_missing",
            _("The reply on %(number)s was not noted: one that does not support the demand names the law.")
            % {"number": matter.number},
            fields={"law": [_("Name the provision it rests on.")]},
        )


def _record(
    kind: str,
    verb: str,
    matter: Matter,
    reach: Reach,
    *,
    at: datetime,
    now: datetime,
    note: str,
    kept: str | None = None,
    **content: str,
) -> None:
    """Into the matter's steps and the journal; into the incident's thread where the matter became one."""
    incident = matter.incident
    record_with_clocks(
        kind,
        subject=matter.key,
        thread=incident.key if incident else "",
        unit=matter.unit,
        actor=reach.user,
        post=keep_step(verb, matter, reach, at, note if kept is None else kept, kind),
        at=at,
        recorded_at=now,
        level=incident.shown_level if incident else "",
        plan=queries.plan_of_step(matter, kind, now),
        drill=incident.drill if incident else False,
        content={"number": matter.number, "note": note, **content},
    )
