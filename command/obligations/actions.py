"""What happens to the duties of a response. Each action: lock, check, change, record."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from clocks.actions import cancel_for_subject, start_own, stop_own
from clocks.durations import Due, due_at
from clocks.models import ClockRule
from clocks.working_days.calendar import Calendar
from command.activation.models import Response
from command.activation.transitions import bad_field, check_text, lock, record_entry
from command.obligations import alerts, earlier, permissions, rules
from command.obligations.choices import DutyKind, DutyState, DutyVerb
from command.obligations.models import Obligation
from command.obligations.queries import get_duty
from common.errors import WrongState
from common.states import move
from incidents.models import Incident
from incidents.queries import attendance
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.document.response import Owed, owed_at, owed_by_plan
from plans.lifecycle.models import PlanVersion
from plans.people.holders import Bench


class Settled(NamedTuple):
    """How a duty was settled: what was done, or why it is not needed; of one to tell: whom, when, the answer."""

    note: str
    told: str = ""
    told_at: datetime | None = None
    answer: str = ""


def owe_duties(response: Response, reach: Reach, now: datetime) -> list[Obligation]:
    """Write down what the plan asks for at the response's level, and what an attendance plan beside it asks for.

    Called inside the decision's own transaction, response locked. What is owed already stays as it is; what was done
    before it was owed is settled with it.
    """
    asked = [(response.plan, owed) for owed in owed_at(response.plan.document, response.level)]
    for beside in attendance(response.incident, now):
        asked += [(beside.version, owed) for owed in owed_by_plan(beside.version.document)]
    known = set(response.obligations.values_list("plan_id", "item"))
    fresh = [(plan, owed) for plan, owed in asked if (plan.pk, owed.id) not in known]
    bench = Bench(response.unit, now)
    before = earlier.standing_acts(response.incident.key, {owed.done_by for _plan, owed in fresh})
    found = []
    for plan, owed in fresh:
        duty = _owe_one(response, plan, owed, reach, now)
        if act := before.get(owed.done_by):
            # Nobody is told to do what they have done.
            _settle_by(duty, act.actor or reach.user, act.post, earlier.in_words(act), reach, now)
        else:
            alerts.tell_responsible(duty, bench, reach.user, now=now)
        found.append(duty)
    return found


def _owe_one(response: Response, plan: PlanVersion, owed: Owed, reach: Reach, now: datetime) -> Obligation:
    due = due_at(now, owed.within, Calendar()) if owed.within else Due(None)
    duty = Obligation.objects.create(
        response=response,
        plan=plan,
        item=owed.id,
        kind=owed.kind,
        title_zh=owed.words.zh[:300],
        title_en=owed.words.en[:400],
        role=" ".join(owed.roles),
        to_zh=owed.to.zh[:120],
        to_en=owed.to.en[:160],
        cite=owed.cite,
        level=response.level,
        owed_at=now,
        due_at=due.at,
        why_no_clock=rules.why_no_clock(owed.kind, due),
    )
    content = {**_words(duty), "until": due.at.isoformat() if due.at else ""}
    entry = record_entry(
        response,
        rules.TRANSITIONS.begin.entry,
        None,
        at=now,
        content=content,
        subject=duty.key,
        plan=plan.ref,
    ).entry
    if due.at:
        start_own(_clock(duty), entry, due_at=due.at)
    return duty


@transaction.atomic
def settle_duty(
    *, response_id: int, duty_id: int, reach: Reach, verb: str, settled: Settled, now: datetime
) -> Obligation:
    """Say that a duty was done, with a note, or that it is not needed, with the reason.

    One that is to be told to somebody outside is done by having told them: whom, when, and what they answered.
    Raises WrongState for one that is settled already, and in a response that is not active.
    """
    response = lock(response_id)
    duty = get_duty(response, duty_id)
    duty.response = response

    permissions.check_can_settle(reach, duty, Bench(response.unit, now))
    _check_active(response)
    move(duty, rules.TRANSITIONS, verb, lambda: _settled_already(duty))
    is_told = duty.kind == DutyKind.TELL and verb == DutyVerb.DONE
    _check_settled(settled, is_told, now)

    duty.settled_at, duty.settled_by, duty.note = now, reach.user, settled.note.strip()
    duty.settled_post = reach.title_for("incident.manage", response.unit_path)
    if is_told:
        duty.told, duty.answer = settled.told.strip(), settled.answer.strip()
        duty.told_at = settled.told_at or now
    duty.save()

    _record_settled(duty, verb, reach, now)
    return duty


def settle_by_entry(
    *, incident: Incident, kind: str, reach: Reach, note: str, now: datetime
) -> list[Obligation]:
    """What the plan says is done by an entry is done with it (`done_by`): of the incident's responses that are active.

    Called inside the act's own transaction by whoever may carry it out; nothing is asked a second time.
    """
    rows = Obligation.objects.select_for_update(of=("self",)).select_related("plan", "response__unit")
    waiting = rows.filter(response__incident=incident, state=DutyState.OPEN).order_by("pk")
    found = [duty for duty in waiting if duty.response.is_active and _done_by(duty) == kind]
    for duty in found:
        post = reach.title_for("matter.manage", duty.response.unit_path)
        _settle_by(duty, reach.user, post, note, reach, now)
    return found


def _settle_by(duty: Obligation, by: User, post: str, note: str, reach: Reach, now: datetime) -> None:
    """An act of `by`, now or before the duty came into being, is what it asks for."""
    move(duty, rules.TRANSITIONS, DutyVerb.DONE)
    duty.settled_at, duty.settled_by, duty.settled_post, duty.note = now, by, post, note
    duty.save(update_fields=["state", "settled_at", "settled_by", "note", "settled_post"])
    _record_settled(duty, DutyVerb.DONE, reach, now)


def _done_by(duty: Obligation) -> str:
    lines = owed_at(duty.plan.document, duty.level)
    return next((one.done_by for one in lines if one.id == duty.item), "")


def _record_settled(duty: Obligation, verb: str, reach: Reach, now: datetime) -> None:
    content = {**_words(duty), "note": duty.note, "told": duty.told, "answer": duty.answer}
    if duty.told_at:
        content["told_at"] = duty.told_at.isoformat()
    entry = record_entry(
        duty.response, rules.TRANSITIONS[verb].entry, reach, at=now, content=content, subject=duty.key,
        plan=duty.plan.ref, post=duty.settled_post,
    ).entry  # fmt: skip
    _end_clock(duty, entry, verb, now)
    acknowledge_about(subject=duty.key, actor=reach.user, now=now)
    settle_threads([duty.response.thread], now)


def _end_clock(duty: Obligation, entry: Entry, verb: str, now: datetime) -> None:
    if not duty.due_at:
        return
    if verb == DutyVerb.DONE:
        stop_own(_clock(duty), entry)
    else:
        cancel_for_subject(subject=duty.key, now=now, reason=duty.state)


def _clock(duty: Obligation) -> ClockRule:
    """The duty's own sentence about time; its plan says who is late when it is missed."""
    return ClockRule(
        plan=duty.plan.ref,
        clock_id=duty.item,
        title_zh=duty.title_zh[:120],
        title_en=duty.title_en[:160],
        duration="given",
        role=duty.role,
        cite=duty.cite,
    )


def _check_active(response: Response) -> None:
    if not response.is_active:
        raise WrongState(
            "response_not_active",
            _("Nothing was changed: response %(number)s is not active. Load the page again.")
            % {"number": response.number},
        )


def _settled_already(duty: Obligation) -> str:
    return _("“%(what)s” was not changed: it is “%(state)s” already. Load the page again.") % {
        "what": duty.title,
        "state": duty.get_state_display(),
    }


def _check_settled(settled: Settled, is_told: bool, now: datetime) -> None:
    check_text("note", settled.note)
    if not is_told:
        return
    check_text("told", settled.told)
    check_text("answer", settled.answer)
    if settled.told_at and settled.told_at > now:
        raise bad_field("told_at", "time_to_come", _("This time lies ahead."))


def _words(duty: Obligation) -> dict:
    return {"item_of_plan": duty.item, "title_zh": duty.title_zh, "title_en": duty.title_en, "to": duty.to_zh}
