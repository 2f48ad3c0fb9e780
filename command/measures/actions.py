"""What happens to measures. Each action: lock, check, change, record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.durations import due_at
from clocks.models import ClockRule
from clocks.working_days.calendar import Calendar
from command.measures import alerts, permissions, rules
from command.measures.choices import MeasureState, MeasureVerb
from command.measures.models import Measure
from command.measures.queries import MajorKind, majors_of, plans_of
from common.errors import Invalid, WrongState
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.steps.actions import in_order
from incidents.transitions import check_open, lock_incident
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.people.holders import Bench


@dataclass(frozen=True, slots=True)
class Stated:
    """A measure as it is put on record or asked for.

    `major`: the plan's id of the kind, where the plan calls it major; `approval_by`: the role whose approval it needs,
    for who knows that and not the kind. Both empty: it is not major.
    """

    what: str
    legal_basis: str
    touches_rights: bool = False
    proportionality: str = ""
    major: str = ""
    approval_by: str = ""


@transaction.atomic
def take_measure(
    *, incident_id: int, reach: Reach, stated: Stated, now: datetime, at: datetime | None = None
) -> Measure:
    """Put a measure on record as taken. One that a plan calls major is refused: it is asked for and approved first."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("No measure was recorded: %(number)s is no longer open."))
    said = _checked(stated)
    if major := _major(incident, stated, now):
        raise _approval_missing(stated.what.strip(), major.whose, major.gate.approver.name)
    happened = in_order(at, "", now)

    measure = Measure.objects.create(
        incident=incident,
        state=MeasureState.TAKEN,
        taken_by=reach.user,
        taken_at=happened,
        post=_post(reach, incident),
        **said,
    )

    _record(measure, rules.TRANSITIONS[MeasureVerb.TAKE].entry, reach, now, at=happened)
    return measure


@transaction.atomic
def ask_approval(*, incident_id: int, reach: Reach, stated: Stated, now: datetime) -> Measure:
    """Ask whom the plan names to approve a major measure, before it is taken."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("Nothing was asked for: %(number)s is no longer open."))
    said = _checked(stated)
    major = _major(incident, stated, now)
    if major is None:
        raise _bad_field(
            "major",
            "not_major",
            _("No plan of this incident asks for approval of this measure. Record it as taken."),
        )

    gate = major.gate
    measure = Measure.objects.create(
        incident=incident,
        state=rules.TRANSITIONS.begin.to or "",
        plan=major.version,
        item=gate.id,
        title_zh=major.kind.words.zh[:120],
        title_en=major.kind.words.en[:160],
        role=gate.approver.name,
        to_zh=gate.approver.words.zh[:120],
        to_en=gate.approver.words.en[:160],
        is_outside=gate.approver.kind != "post",
        cite=gate.cite,
        asked_by=reach.user,
        asked_at=now,
        post=_post(reach, incident),
        **said,
    )

    entry = _record(measure, rules.TRANSITIONS.begin.entry, reach, now)
    due = due_at(now, gate.within, Calendar()).at if gate.within else None
    if due:
        start_own(_clock(measure), entry, due_at=due)
    alerts.ask_to_approve(measure, Bench(incident.unit, now), reach.user, now=now)
    return measure


@transaction.atomic
def answer_request(
    *, measure_id: int, reach: Reach, verb: str, now: datetime, reason: str = "", approver: str = ""
) -> Measure:
    """Approve or refuse. Who holds the role says it; of a role outside the bureau the duty room notes who answered.

    A refusal has its reason; an approval may have conditions.
    """
    measure = _lock(measure_id)
    bench = Bench(measure.incident.unit, now)

    check_move(measure, rules.TRANSITIONS, verb, lambda: _wrong_state(measure))
    permissions.check_can_answer(reach, measure, bench)
    check_open(measure.incident, _("Nothing was answered: %(number)s is no longer open."))
    words = _reason(verb, reason)
    by = _approver(reach, measure, bench, approver)

    done = move(measure, rules.TRANSITIONS, verb)
    measure.answered_by, measure.answered_at, measure.approver, measure.reason = reach.user, now, by, words
    measure.ended_at = now if measure.state == MeasureState.REFUSED else None
    measure.save()

    entry = _record(measure, done.entry, reach, now, approver=by)
    stop_own(_clock(measure), entry)
    alerts.tell_answer(measure, reach.user, now=now)
    _settle_notices(measure, reach, now)
    return measure


@transaction.atomic
def withdraw_request(*, measure_id: int, reach: Reach, reason: str, now: datetime) -> Measure:
    """Give up a measure that was asked for or approved: whoever was asked need not answer any more."""
    measure = _lock(measure_id)

    check_can_manage(reach, measure.incident)
    words = _reason(MeasureVerb.WITHDRAW, reason)
    done = move(measure, rules.TRANSITIONS, MeasureVerb.WITHDRAW, lambda: _wrong_state(measure))

    measure.reason, measure.ended_at = words, now
    measure.save()

    _record(measure, done.entry, reach, now)
    cancel_for_subject(subject=measure.key, now=now, reason=measure.state)
    _settle_notices(measure, reach, now)
    return measure


@transaction.atomic
def carry_out(*, measure_id: int, reach: Reach, now: datetime, at: datetime | None = None) -> Measure:
    """Record a major measure as taken once it is approved; never for a time before the approval."""
    measure = _lock(measure_id)

    check_can_manage(reach, measure.incident)
    check_open(measure.incident, _("No measure was recorded: %(number)s is no longer open."))
    if measure.state in (MeasureState.ASKED, MeasureState.REFUSED):
        raise _approval_missing(measure.what, measure.whose, measure.role)
    done = check_move(measure, rules.TRANSITIONS, MeasureVerb.TAKE, lambda: _wrong_state(measure))
    happened = in_order(at, "", now)
    if measure.answered_at and happened < measure.answered_at:
        raise _bad_field("at", "before_approval", _("This time lies before the approval."))

    move(measure, rules.TRANSITIONS, MeasureVerb.TAKE)
    measure.taken_by, measure.taken_at = reach.user, happened
    measure.save()

    _record(measure, done.entry, reach, now, at=happened)
    return measure


def move_measure(
    *,
    measure_id: int,
    reach: Reach,
    verb: str,
    now: datetime,
    reason: str = "",
    approver: str = "",
    at: datetime | None = None,
) -> Measure:
    """One of the verbs on a measure that was asked for, as the doors know them."""
    about: dict[str, Any] = {"measure_id": measure_id, "reach": reach, "now": now}
    if verb == MeasureVerb.WITHDRAW:
        return withdraw_request(reason=reason, **about)
    if verb == MeasureVerb.TAKE:
        return carry_out(at=at, **about)
    return answer_request(verb=verb, reason=reason, approver=approver, **about)


# --- what they stand on --------------------------------------------------------------------------------------


def _lock(measure_id: int) -> Measure:
    """Lock the measure's incident, then the measure."""
    incident = lock_incident(Measure.objects.values_list("incident_id", flat=True).get(pk=measure_id))
    rows = Measure.objects.select_for_update(of=("self",)).select_related("plan", "asked_by")
    measure = rows.get(pk=measure_id)
    measure.incident = incident
    return measure


def _checked(stated: Stated) -> dict[str, Any]:
    """What is kept of a statement. Raises Invalid naming what is missing."""
    said: dict[str, Any] = {
        "what": fit_to_keep(stated.what.strip()),
        "legal_basis": fit_to_keep(stated.legal_basis.strip()),
        "touches_rights": stated.touches_rights,
        "proportionality": fit_to_keep(stated.proportionality.strip()),
    }
    if gaps := rules.missing(**said):
        raise Invalid(
            "measure_incomplete",
            _(
                "No measure was recorded: say what is done, on which law, and, where it touches rights, why nothing milder is enough."
            ),
            fields={name: [_("This is missing.")] for name in gaps},
        )
    return said


def _major(incident: Incident, stated: Stated, now: datetime) -> MajorKind | None:
    """The plan's kind that is meant; None for a measure that is not major. Raises Invalid for one no plan knows."""
    if not (stated.major or stated.approval_by):
        return None
    for one in majors_of(plans_of(incident, now)):
        if stated.major in ("", one.kind.id) and stated.approval_by in ("", one.gate.approver.name):
            return one
    field = "major" if stated.major else "approval_by"
    raise _bad_field(field, "no_such_kind", _("No plan of this incident names this. Choose one of the list."))


def _approval_missing(what: str, whose: str, role: str) -> WrongState:
    return WrongState(
        "approval_missing",
        _(
            "“%(what)s” was not recorded as taken: it is a major measure, and the approval of %(whose)s is missing. Ask for it first."
        )
        % {"what": what, "whose": whose},
        approval_by=role,
        approval_of=whose,
    )


def _reason(verb: str, reason: str) -> str:
    words = fit_to_keep(reason.strip())
    if rules.needs_reason(verb) and not words:
        raise _bad_field("reason", "reason_missing", _("Say why, in a few words."))
    return words


def _approver(reach: Reach, measure: Measure, bench: Bench, approver: str) -> str:
    """Who says it, by post."""
    if not measure.is_outside:
        seat = permissions.seat_of(reach, measure, bench)
        return (seat.post.title if seat else "") or measure.to_zh
    by = fit_to_keep(approver.strip())
    if not by:
        raise _bad_field("approver", "approver_missing", _("Say who answered, by post."))
    return by


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _wrong_state(measure: Measure) -> str:
    return _("“%(what)s” was not changed: it is “%(state)s”. Reload the page.") % {
        "what": measure.what,
        "state": measure.get_state_display(),
    }


def _clock(measure: Measure) -> ClockRule:
    """The plan's time for the approval."""
    assert measure.plan is not None
    return ClockRule(
        plan=measure.plan.ref,
        clock_id=measure.item,
        title_zh=f"批准重大处置措施：{measure.title_zh}"[:120],
        title_en=f"Approval of a major measure: {measure.title_en or measure.title_zh}"[:160],
        duration="given",
        role=measure.role,
        cite=measure.cite,
    )


def _settle_notices(measure: Measure, reach: Reach, now: datetime) -> None:
    acknowledge_about(subject=measure.key, actor=reach.user, now=now)
    settle_threads([measure.incident.key], now)


def _post(reach: Reach, incident: Incident) -> str:
    return reach.title_for("incident.manage", incident.unit_path)


def _record(
    measure: Measure,
    kind: str,
    reach: Reach,
    now: datetime,
    *,
    at: datetime | None = None,
    approver: str = "",
) -> Entry:
    incident = measure.incident
    said = {
        "what": measure.what,
        "legal_basis": measure.legal_basis,
        "proportionality": measure.proportionality,
        "title_zh": measure.title_zh,
        "title_en": measure.title_en,
        "approval_by": measure.role,
        "reason": measure.reason,
        "from": approver,
    }
    return record_with_clocks(
        kind,
        subject=measure.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post(reach, incident),
        at=at or now,
        recorded_at=now,
        level=incident.shown_level,
        plan=measure.plan.ref if measure.plan else incident.plan.ref,
        drill=incident.drill,
        content={name: text for name, text in said.items() if text},
    ).entry
