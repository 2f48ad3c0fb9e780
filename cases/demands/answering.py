"""How a demand is answered: notice, promise, steps, reply, delivery, closing. Lock, check, change, record."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.demands import permissions, queries, rules
from cases.demands.choices import DemandOutcome, DemandVerb, Told
from cases.demands.models import Demand
from cases.demands.transitions import (
    check_is_said,
    check_verb,
    check_words,
    keep,
    lock_demand,
    record_act,
)
from clocks.actions import cancel_for_subject
from clocks.durations import due_at, end_of
from clocks.working_days.calendar import Calendar
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from incidents.steps.actions import in_order, step_named


@transaction.atomic
def give_notice(
    *, reach: Reach, demand_id: int, number: str, now: datetime, at: datetime | None = None
) -> Demand:
    """Note the written notice that it is accepted, by its number: from then on sixty days run (art. 23, 34)."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.RECEIPT)
    if demand.accepted_at:
        return demand
    if not number.strip():
        raise Invalid(
            "number_missing",
            _("The notice on %(number)s was not noted: its number is missing. Write it down.")
            % {"number": demand.number},
            fields={"number": [_("Write the number of the paper.")]},
        )
    check_words(demand.number, number)
    happened = in_order(at, "", now)

    demand.receipt_number, demand.accepted_at = number.strip(), happened
    record_act(
        done.entry, done.verb, demand, reach, at=happened, now=now, note=demand.receipt_number, also=done.also
    )
    keep(demand, "receipt_number", "accepted_at")
    return demand


@transaction.atomic
def promise_answer(
    *, reach: Reach, demand_id: int, days: int, told_how: str, now: datetime, at: datetime | None = None
) -> Demand:
    """Note what was promised: within so many working days, told how and when. Never later than plan and law allow.

    Source: unit plan §三(二)2 (告知X个工作日).
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.PROMISE)
    if told_how not in Told.values or days < 1:
        raise Invalid(
            "promise_incomplete",
            _("The promise on %(number)s was not noted: say how many working days, and how it was told.")
            % {"number": demand.number},
            fields={"told_how": [_("Choose one.")]},
        )
    happened = in_order(at, "", now)
    until = due_at(happened, f"{days}WD", Calendar()).at
    demand.promised_days, demand.promised_until = None, None
    owed = queries.due_of(demand)
    # Where the calendar of a year is missing, so many days at least.
    if (until or end_of(day_of(happened) + timedelta(days=days))) > owed:
        raise WrongState(
            "promised_too_late",
            _(
                "The promise on %(number)s was not noted: %(days)s working days end after the time limit that runs. "
                "Promise fewer."
            )
            % {"number": demand.number, "days": days},
        )

    demand.promised_days, demand.promised_until = days, until
    demand.promise_told, demand.promise_told_at = told_how, happened
    record_act(
        done.entry, done.verb, demand, reach, at=happened, now=now,
        note=_("Within %(days)s working days") % {"days": days}, days=days, told_how=told_how,
    )  # fmt: skip
    keep(demand, "promised_days", "promised_until", "promise_told", "promise_told_at")
    return demand


@transaction.atomic
def note_step(
    *, reach: Reach, demand_id: int, kind: str, note: str, now: datetime, at: datetime | None = None
) -> Demand:
    """Note that a step in answering happened at `at` (default: now). Its clocks stop and start at that moment."""
    demand = lock_demand(demand_id)

    (permissions.check_can_note if kind in rules.STEPS else permissions.check_can_work_on)(reach, demand)
    if kind in rules.STEPS:
        verb = check_verb(demand, rules.STEPS[kind]).verb
        check_is_said(demand, note)
    else:
        # What the statute asks for after the answer (a review, a re-check) goes on when the demand is closed.
        verb = DemandVerb.STATUTORY_STEP
        step_named(queries.steps_of_statutes(now), kind)
    happened = in_order(at, note, now)

    record_act(kind, verb, demand, reach, at=happened, now=now, note=note.strip())
    keep(demand)
    return demand


@transaction.atomic
def issue_reply(
    *,
    reach: Reach,
    demand_id: int,
    outcome: str,
    note: str,
    now: datetime,
    law: str = "",
    number: str = "",
    at: datetime | None = None,
) -> Demand:
    """Put on record that the reply was given: its outcome, its number and the law it rests on (art. 32).

    Raises WrongState where one is on record: what somebody was told is not changed behind their back.
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.REPLY_ISSUED)
    _check_outcome(demand, outcome, law)
    check_is_said(demand, note)
    check_words(demand.number, law, number)
    happened = in_order(at, note, now)

    demand.replied_at, demand.outcome, demand.law = happened, outcome, law.strip()
    demand.reply_number = number.strip()
    said = "；".join(part for part in (demand.reply_number, note.strip(), demand.law) if part)
    record_act(
        done.entry, done.verb, demand, reach, at=happened, now=now, note=note.strip(), said=said,
        also=done.also if demand.accepted_at else (), outcome=outcome, law=demand.law,
    )  # fmt: skip
    keep(demand, "replied_at", "outcome", "law", "reply_number")
    return demand


@transaction.atomic
def deliver_reply(
    *,
    reach: Reach,
    demand_id: int,
    how: str,
    signed: bool,
    now: datetime,
    number: str = "",
    at: datetime | None = None,
) -> Demand:
    """Note that the reply reached whom it is for: when, how, and whether the receipt was signed."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.DELIVER)
    if how not in Told.values:
        raise Invalid(
            "how_missing",
            _("The delivery on %(number)s was not noted: say how it was delivered.")
            % {"number": demand.number},
            fields={"how": [_("Choose one.")]},
        )
    check_words(demand.number, number)
    demand.reply_number = number.strip() or demand.reply_number
    if not demand.reply_number:
        raise Invalid(
            "number_missing",
            _("The delivery on %(number)s was not noted: the number of the written reply is missing.")
            % {"number": demand.number},
            fields={"number": [_("Write the number of the paper.")]},
        )
    happened = in_order(at, "", now)
    if demand.replied_at and happened < demand.replied_at:
        raise Invalid(
            "before_reply",
            _("The delivery on %(number)s was not noted: it lies before the reply. Correct the time.")
            % {"number": demand.number},
            fields={"at": [_("This lies before the reply.")]},
        )

    demand.delivered_at, demand.delivered_how, demand.signed = happened, how, signed
    record_act(
        done.entry, done.verb, demand, reach, at=happened, now=now, note=demand.reply_number,
        how=how, signed=signed,
    )  # fmt: skip
    keep(demand, "delivered_at", "delivered_how", "signed", "reply_number")
    return demand


@transaction.atomic
def close_demand(
    *, reach: Reach, demand_id: int, note: str, now: datetime, office_number: str = ""
) -> Demand:
    """Close it: needs the reply, its delivery and the number in the petition system (art. 21). Twice is once.

    What the bureau's own plan still counts from the registration ends; the statute's clocks run on.
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    if demand.closed_at:
        return demand
    done = check_verb(demand, DemandVerb.CLOSE_DEMAND)
    check_is_said(demand, note)
    check_words(demand.number, note, office_number)
    demand.office_number = office_number.strip() or demand.office_number
    if not demand.office_number:
        raise WrongState(
            "no_office_number",
            _("%(number)s was not closed: its number in the petition system is missing. Enter it first.")
            % {"number": demand.number},
        )

    demand.closed_at = now
    cancel_for_subject(subject=demand.key, now=now, reason="demand closed", started_by=["demand.registered"])
    record_act(done.entry, done.verb, demand, reach, at=now, now=now, note=note.strip())
    keep(demand, "closed_at", "office_number")
    return demand


def _check_outcome(demand: Demand, outcome: str, law: str) -> None:
    if outcome not in DemandOutcome.values:
        raise Invalid(
            "outcome_missing",
            _("The reply on %(number)s was not noted: say what it says about the demand.")
            % {"number": demand.number},
            fields={"outcome": [_("Choose one of the three.")]},
        )
    if rules.needs_law(outcome) and not law.strip():
        raise Invalid(
            "law_missing",
            _("The reply on %(number)s was not noted: one that does not support the demand names the law.")
            % {"number": demand.number},
            fields={"law": [_("Name the provision it rests on.")]},
        )
