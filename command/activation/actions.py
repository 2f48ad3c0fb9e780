"""What happens to responses. Each action: lock, check, change, record.

Whoever may decide gives their password or a one-time code with the act; without one it is a request, and whoever
may decide is asked. The incident is locked before its response, in every action.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from clocks.actions import cancel_for_subject
from command.activation import alerts, permissions, rules, signature
from command.activation.choices import DecisionKind, DecisionVerb, ResponseState, ResponseVerb
from command.activation.models import Decision, Response
from command.activation.transitions import (
    bad_field,
    check_move,
    check_no_other,
    check_open,
    check_rev,
    check_text,
    lock,
    move,
    move_decision,
    pending,
    read,
    record_entry,
    the_pending,
)
from command.command_post.actions import seat_people
from command.obligations.actions import owe_duties
from command.obligations.queries import still_owed
from common.database.numbers import next_number
from common.errors import WrongState
from common.failpoints import crash_point
from common.revisions import save
from early_warnings.choices import SignedAs
from early_warnings.signing.signature import hash_of
from incidents.models import Incident
from incidents.transitions import lock_incident
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.document.response import response_rules
from plans.engine.evaluation import Document, levels_of
from plans.people.holders import Bench, Signatory


class Statement(NamedTuple):
    """What a decision says. Empty parts are taken from the incident, or from the response as it is."""

    reason: str
    level: str = ""
    matter: str = ""
    grade: str = ""
    measures: str = ""
    expected_until: datetime | None = None


#: A decision that nobody has proven to be theirs yet: it is asked for.
_ONLY_ASKED = ""


def propose_response(
    *, incident_id: int, reach: Reach, statement: Statement, now: datetime, credential: str = ""
) -> Response:
    """Ask for the plan's response to an incident; with a `credential`, by who may decide, it starts at once.

    Raises WrongState where one is proposed or active, Invalid outside the plan's scope. Source: linkage plan §2.1.
    """
    incident = Incident.objects.select_related("unit", "plan").get(pk=incident_id)
    permissions.check_can_propose(reach, incident, incident.plan.document, now)
    stated = _for_start(statement, incident)
    _check_statement(incident.plan.document, stated, now)
    kind = _ONLY_ASKED
    if credential:
        draft = Response(incident=incident, unit=incident.unit, plan=incident.plan, number=incident.number)
        permissions.check_can_decide(reach, draft, stated.level, now)
        kind = check_credential(reach.user, credential, now)
    return _propose(incident_id, reach, statement, kind, now)


@transaction.atomic
def _propose(incident_id: int, reach: Reach, statement: Statement, kind: str, now: datetime) -> Response:
    incident = lock_incident(incident_id)

    permissions.check_can_propose(reach, incident, incident.plan.document, now)
    check_open(incident)
    _check_none_live(incident)
    stated = _for_start(statement, incident)
    _check_statement(incident.plan.document, stated, now)

    response = Response(
        incident=incident,
        unit=incident.unit,
        unit_path=incident.unit_path,
        plan=incident.plan,
        level=stated.level,
        grade=stated.grade,
        matter=stated.matter,
        measures=stated.measures,
        expected_until=stated.expected_until,
        proposed_at=now,
        drill=incident.drill,
    )
    response.number = next_number(unit_code=incident.unit.code, now=now, prefix="R-")
    response.save(force_insert=True)
    _ask(response, DecisionKind.START, stated, reach, kind, now)
    return response


def change_response(
    *,
    response_id: int,
    reach: Reach,
    statement: Statement,
    now: datetime,
    credential: str = "",
    rev: int | None = None,
) -> Response:
    """Ask for another level, matter, measures or length; with a `credential` it is decided at once.

    What is left empty stays as it is. The duties of a new level come on top; none falls away by itself.
    """
    return _ask_about(response_id, DecisionKind.CHANGE, reach, statement, credential, now, rev)


def end_response(
    *,
    response_id: int,
    reach: Reach,
    reason: str,
    now: datetime,
    credential: str = "",
    rev: int | None = None,
) -> Response:
    """Ask for the end; with a `credential` it is decided at once. Raises WrongState with the list of what is open.

    Source: linkage plan §2.1 (the end is decided like the start).
    """
    return _ask_about(response_id, DecisionKind.END, reach, Statement(reason), credential, now, rev)


def _ask_about(
    response_id: int,
    about: DecisionKind,
    reach: Reach,
    statement: Statement,
    credential: str,
    now: datetime,
    rev: int | None,
) -> Response:
    """What needs no lock: the credential is checked here, for hashing a password takes longer than all the rest."""
    response = read(response_id)
    stated = _for_change(statement, response)
    _check_request(response, about, stated, reach, now, rev)
    kind = _ONLY_ASKED
    if credential:
        level = permissions.level_of_decision(response, stated.level)
        permissions.check_can_decide(reach, response, level, now)
        kind = check_credential(reach.user, credential, now)
    return _ask_locked(response_id, about, reach, statement, kind, now, rev)


@transaction.atomic
def _ask_locked(
    response_id: int,
    about: DecisionKind,
    reach: Reach,
    statement: Statement,
    kind: str,
    now: datetime,
    rev: int | None,
) -> Response:
    response = lock(response_id)

    stated = _for_change(statement, response)
    _check_request(response, about, stated, reach, now, rev)

    save(response)
    _ask(response, about, stated, reach, kind, now)
    return response


def sign_decision(
    *, response_id: int, reach: Reach, credential: str, now: datetime, rev: int | None = None
) -> Response:
    """Sign the decision that is asked for. `credential`: the signer's password or a one-time code, asked again."""
    response = read(response_id)
    _check_may_take(response, the_pending(response), reach, now)
    check_rev(response, rev)
    kind = check_credential(reach.user, credential, now)
    return _sign(response_id, reach, kind, now, rev)


@transaction.atomic
def _sign(response_id: int, reach: Reach, kind: str, now: datetime, rev: int | None) -> Response:
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    seat = _check_may_take(response, decision, reach, now)

    _take(decision, reach, seat, kind, now)
    return response


@transaction.atomic
def refuse_decision(
    *, response_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Response:
    """Refuse what is asked for, with a reason. A response whose start is refused never began."""
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    _check_seat(response, decision, reach, now)
    check_text("reason", reason)
    done = move_decision(decision, DecisionVerb.REFUSE)

    decision.refusal = reason.strip()
    _close(decision, reach, now)

    record_entry(response, done.entry, reach, at=now, content={"reason": reason, "decision": decision.kind})
    alerts.tell_refused(decision, now=now)
    _settle(response, reach, now)
    return response


@transaction.atomic
def withdraw_decision(*, response_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Response:
    """Take a request for a decision back."""
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    permissions.check_can_withdraw(reach, decision)
    done = move_decision(decision, DecisionVerb.WITHDRAW)

    _close(decision, reach, now)

    record_entry(response, done.entry, reach, at=now, content={"decision": decision.kind})
    _settle(response, reach, now)
    return response


def still_open(response: Response) -> list[str]:
    """What has to be settled before the response can end, in the reader's language."""
    found = [_("duty: %(what)s") % {"what": duty.title} for duty in still_owed(response)]
    orders = response.incident.orders.live().order_by("pk")
    return found + [
        _("order %(number)s: %(state)s") % {"number": order.number, "state": order.get_state_display()}
        for order in orders
    ]


# --- asking ------------------------------------------------------------------------------------------------


def _for_start(statement: Statement, incident: Incident) -> Statement:
    return statement._replace(
        level=statement.level or incident.level or incident.proposed_level,
        matter=statement.matter.strip() or incident.title[:500],
    )


def _for_change(statement: Statement, response: Response) -> Statement:
    return statement._replace(
        level=statement.level or response.level,
        matter=statement.matter.strip() or response.matter,
        grade=statement.grade or response.grade,
        measures=statement.measures.strip() or response.measures,
        expected_until=statement.expected_until or response.expected_until,
    )


def _check_statement(document: Document, stated: Statement, now: datetime, *, is_new: bool = True) -> None:
    if stated.level not in {level.id for level in levels_of(document)}:
        raise bad_field("level", "unknown_level", _("Choose one of the plan's levels."))
    for name in ("matter", "reason"):
        check_text(name, getattr(stated, name))
    check_text("measures", stated.measures, may_be_empty=True)
    if is_new and not rules.is_time_to_come(stated.expected_until, now):
        raise bad_field("expected_until", "time_has_passed", _("This time has already passed."))
    _check_scope(document, stated)


def _check_scope(document: Document, stated: Statement) -> None:
    of_plan = response_rules(document)
    fault = rules.scope_fault(of_plan, stated.level, stated.grade)
    if fault == "grade" and not stated.grade:
        raise bad_field("grade", "grade_missing", _("Say how grave the event is: the plan asks for it."))
    if fault:
        raise bad_field(
            fault,
            "outside_the_scope",
            _("The plan's response is not meant for it (%(cite)s).") % {"cite": of_plan.scope_cite},
        )


def _check_none_live(incident: Incident) -> None:
    if found := Response.objects.live().filter(incident=incident).first():
        raise WrongState(
            "response_exists",
            _("No response was proposed for %(number)s: %(response)s is there already. Go on with that one.")
            % {"number": incident.number, "response": found.number},
        )


def _check_request(
    response: Response, about: DecisionKind, stated: Statement, reach: Reach, now: datetime, rev: int | None
) -> None:
    permissions.check_can_propose(reach, response.incident, response.plan.document, now)
    check_rev(response, rev)
    check_move(response, rules.VERB_OF[about])
    check_no_other(response)
    if about == DecisionKind.END:
        check_text("reason", stated.reason)
        _check_nothing_open(response)
        return
    is_new = stated.expected_until != response.expected_until
    _check_statement(response.plan.document, stated, now, is_new=is_new)


def _check_nothing_open(response: Response) -> None:
    if items := still_open(response):
        raise WrongState(
            "still_open",
            _("Response %(number)s was not ended: still open: %(open)s. Settle each first.")
            % {"number": response.number, "open": "; ".join(items)},
            open=items,
        )


def _ask(
    response: Response, about: DecisionKind, stated: Statement, reach: Reach, kind: str, now: datetime
) -> None:
    """Write the request down; decide it at once where the asker has proven to be one who may."""
    decision = Decision.objects.create(
        response=response,
        kind=about,
        level=stated.level,
        grade=stated.grade,
        matter=stated.matter,
        measures=stated.measures.strip(),
        expected_until=stated.expected_until,
        reason=stated.reason.strip(),
        proposed_at=now,
        proposed_by=reach.user,
        proposer_post=reach.title_for("response.propose", response.unit_path),
    )
    record_entry(response, rules.ASKED[about], reach, at=now, content=_shown(decision))
    if kind:
        _take(decision, reach, _check_may_take(response, decision, reach, now), kind, now)
    else:
        level = permissions.level_of_decision(response, decision.level)
        asked = permissions.seats(response.plan.document, level, Bench(response.unit, now))
        alerts.ask_to_sign(decision, asked, reach.user, now=now)


# --- deciding ----------------------------------------------------------------------------------------------


def _check_seat(response: Response, decision: Decision, reach: Reach, now: datetime) -> Signatory:
    level = permissions.level_of_decision(response, decision.level)
    return permissions.check_can_decide(reach, response, level, now)


def _check_may_take(response: Response, decision: Decision, reach: Reach, now: datetime) -> Signatory:
    seat = _check_seat(response, decision, reach, now)
    check_open(response.incident)
    check_move(response, rules.VERB_OF[DecisionKind(decision.kind)])
    if decision.kind == DecisionKind.END:
        _check_nothing_open(response)
    return seat


def _take(decision: Decision, reach: Reach, seat: Signatory, kind: str, now: datetime) -> None:
    """Put the signature under it, and carry out what it says."""
    move_decision(decision, DecisionVerb.TAKE)
    decision.closed_at, decision.closed_by, decision.signed_post = now, reach.user, seat.post
    decision.signed_as = SignedAs.HIGHER if seat.by == "next_higher" else SignedAs(seat.holders[0].held_as)
    decision.credential = kind
    decision.signed_text = signature.text_to_sign(decision)
    decision.signature = hash_of(decision.signed_text)
    decision.save()
    _CARRY_OUT[DecisionKind(decision.kind)](decision, reach, seat.post.title, now)
    _settle(decision.response, reach, now)
    crash_point("responses.before_commit")


def _start(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response = decision.response
    done = move(response, ResponseVerb.START)
    response.started_at = now
    save(response, "state", "started_at")
    record_entry(response, done.entry, reach, at=now, post=post, content=_signed(decision))
    owe_duties(response, reach, now)
    seated = seat_people(response, now)
    alerts.tell_started(response, seated, reach.user, now=now)


def _change(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response, before = decision.response, decision.response.level
    done = move(response, ResponseVerb.CHANGE)
    for name in ("level", "grade", "matter", "measures", "expected_until"):
        setattr(response, name, getattr(decision, name))
    save(response, "level", "grade", "matter", "measures", "expected_until")
    record_entry(
        response, done.entry, reach, at=now, post=post, content={**_signed(decision), "before": before}
    )
    owe_duties(response, reach, now)
    sat = {name for names in response.seated.values() for name in names}
    seated = seat_people(response, now)
    alerts.tell_seated(response, [one for one in seated if one.person.username not in sat], now=now)


def _end(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response = decision.response
    done = move(response, ResponseVerb.END)
    response.ended_at = now
    save(response, "state", "ended_at")
    record_entry(response, done.entry, reach, at=now, post=post, content=_signed(decision))
    alerts.tell_ended(response, reach.user, now=now)


_CARRY_OUT = {DecisionKind.START: _start, DecisionKind.CHANGE: _change, DecisionKind.END: _end}


def _close(decision: Decision, reach: Reach, now: datetime) -> None:
    """A decision that is not taken; a response that has not begun does not begin."""
    decision.closed_at, decision.closed_by = now, reach.user
    decision.save(update_fields=["state", "closed_at", "closed_by", "refusal"])
    response = decision.response
    asked = [rules.ASKED[DecisionKind(decision.kind)]]
    cancel_for_subject(subject=response.key, now=now, reason=decision.state, started_by=asked)
    if response.state == ResponseState.PROPOSED:
        move(response, ResponseVerb.DROP)
    save(response, "state")


def _settle(response: Response, reach: Reach, now: datetime) -> None:
    """Who acts has heard; nobody else needs the request any more."""
    if pending(response) is None:
        acknowledge_about(subject=response.key, actor=reach.user, now=now)
    settle_threads([response.thread], now)


def _shown(decision: Decision) -> dict:
    """What the timeline shows of a decision."""
    until = decision.expected_until
    return {
        "decision": decision.kind,
        "level": decision.level,
        "grade": decision.grade,
        "text": decision.matter,
        "reason": decision.reason,
        "measures": decision.measures,
        "expected_until": until.isoformat() if until else "",
    }


def _signed(decision: Decision) -> dict:
    return {**_shown(decision), "signed_as": decision.signed_as, "signature": decision.signature}
