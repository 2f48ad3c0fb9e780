"""What happens to responses. Each action: lock, check, change, record.

Whoever may decide gives their password or a one-time code with the act; without one it is a request, and whoever
may decide is asked. The incident is locked before its response, in every action.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from command.activation import alerts, permissions, rules
from command.activation.choices import DecisionKind, DecisionVerb
from command.activation.deciding import (
    check_may_take,
    check_nothing_open,
    check_seat,
    close,
    settle,
    shown,
    take,
)
from command.activation.models import Decision, Response
from command.activation.statement import Statement, check_statement, for_change, for_start
from command.activation.transitions import (
    check_move,
    check_no_other,
    check_open,
    check_rev,
    check_text,
    lock,
    move_decision,
    read,
    record_entry,
    the_pending,
)
from common.database.numbers import next_number
from common.errors import WrongState
from common.revisions import save
from incidents.models import Incident
from incidents.transitions import lock_incident
from plans.people.holders import Bench

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
    stated = for_start(statement, incident)
    check_statement(incident.plan.document, stated, now)
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
    stated = for_start(statement, incident)
    check_statement(incident.plan.document, stated, now)

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
    response.number = next_number(unit_code=incident.unit.code, now=now, prefix="R-", drill=incident.drill)
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
    stated = for_change(statement, response)
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

    stated = for_change(statement, response)
    _check_request(response, about, stated, reach, now, rev)

    save(response)
    _ask(response, about, stated, reach, kind, now)
    return response


def sign_decision(
    *, response_id: int, reach: Reach, credential: str, now: datetime, rev: int | None = None
) -> Response:
    """Sign the decision that is asked for. `credential`: the signer's password or a one-time code, asked again."""
    response = read(response_id)
    check_may_take(response, the_pending(response), reach, now)
    check_rev(response, rev)
    kind = check_credential(reach.user, credential, now)
    return _sign(response_id, reach, kind, now, rev)


@transaction.atomic
def _sign(response_id: int, reach: Reach, kind: str, now: datetime, rev: int | None) -> Response:
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    seat = check_may_take(response, decision, reach, now)

    take(decision, reach, seat, kind, now)
    return response


@transaction.atomic
def refuse_decision(
    *, response_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Response:
    """Refuse what is asked for, with a reason. A response whose start is refused never began."""
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    check_seat(response, decision, reach, now)
    check_text("reason", reason)
    done = move_decision(decision, DecisionVerb.REFUSE)

    decision.refusal = reason.strip()
    close(decision, reach, now)

    record_entry(response, done.entry, reach, at=now, content={"reason": reason, "decision": decision.kind})
    alerts.tell_refused(decision, now=now)
    settle(response, reach, now)
    return response


@transaction.atomic
def withdraw_decision(*, response_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Response:
    """Take a request for a decision back."""
    response = lock(response_id)

    decision = the_pending(response)
    check_rev(response, rev)
    permissions.check_can_withdraw(reach, decision)
    done = move_decision(decision, DecisionVerb.WITHDRAW)

    close(decision, reach, now)

    record_entry(response, done.entry, reach, at=now, content={"decision": decision.kind})
    settle(response, reach, now)
    return response


# --- asking ------------------------------------------------------------------------------------------------


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
        check_nothing_open(response)
        return
    is_new = stated.expected_until != response.expected_until
    check_statement(response.plan.document, stated, now, is_new=is_new)


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
    record_entry(response, rules.ASKED[about], reach, at=now, content=shown(decision))
    if kind:
        take(decision, reach, check_may_take(response, decision, reach, now), kind, now)
    else:
        level = permissions.level_of_decision(response, decision.level)
        asked = permissions.seats(response.plan.document, level, Bench(response.unit, now))
        alerts.ask_to_sign(decision, asked, reach.user, now=now)
