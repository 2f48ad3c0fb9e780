"""What happens to official statements. Each action: lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_with_clocks
from command.statements import alerts, permissions, rules
from command.statements.choices import StatementVerb
from command.statements.models import Statement
from common import revisions
from common.errors import Invalid
from common.states import check_move, move
from common.text.personal_data import fit_to_keep, personal_data_in
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.steps.actions import in_order
from incidents.transitions import check_open, lock_incident
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.checks.rights import watching_in


@transaction.atomic
def draft_statement(*, incident_id: int, reach: Reach, text: str, now: datetime) -> Statement:
    """Write a statement. Another person approves it before it goes out."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("No statement was drafted: %(number)s is no longer open."))
    words = _fit_to_release(text)

    statement = Statement.objects.create(
        incident=incident,
        text=words,
        drafted_by=reach.user,
        drafted_at=now,
        post=_post(reach, incident),
    )

    _record(statement, rules.TRANSITIONS.begin.entry, reach, now)
    alerts.ask_to_approve(statement, reach.user, now=now)
    return statement


@transaction.atomic
def move_statement(
    *,
    statement_id: int,
    reach: Reach,
    verb: str,
    now: datetime,
    rev: int | None = None,
    text: str = "",
    place: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Statement:
    """Revise, approve, release or discard a statement.

    What was approved and is revised is approved anew. A text that holds what looks like somebody's number, or that has
    people watched or held back, is neither approved nor released, whoever has signed for it.
    """
    statement = _lock(statement_id)

    _check_may(reach, statement, verb)
    check_open(statement.incident, _("The statement was not changed: %(number)s is no longer open."))
    done = check_move(statement, rules.TRANSITIONS, verb, lambda: _wrong_state(statement))
    _check_rev(statement, rev)
    change = _CHANGES[StatementVerb(verb)](
        statement, reach, now, text=text, place=place, reason=reason, at=at
    )

    move(statement, rules.TRANSITIONS, verb)
    for name, value in change.items():
        setattr(statement, name, value)
    statement.rev += 1
    statement.save()

    _record(statement, done.entry, reach, now, at=statement.released_at)
    acknowledge_about(subject=statement.key, actor=reach.user, now=now)
    settle_threads([statement.incident.key], now)
    if verb == StatementVerb.REVISE:
        alerts.ask_to_approve(statement, reach.user, now=now)
    return statement


# --- what each verb changes ----------------------------------------------------------------------------------


def _revised(statement: Statement, reach: Reach, now: datetime, **given: Any) -> dict:
    return {
        "text": _fit_to_release(given["text"]), "drafted_by": reach.user, "drafted_at": now,
        "post": _post(reach, statement.incident), "approved_by": None, "approved_at": None, "issuer_post": "",
    }  # fmt: skip


def _approved(statement: Statement, reach: Reach, now: datetime, **given: Any) -> dict:
    _fit_to_release(statement.text)
    post = reach.title_for("statement.approve", statement.incident.unit_path)
    return {"approved_by": reach.user, "approved_at": now, "issuer_post": post}


def _released(statement: Statement, reach: Reach, now: datetime, **given: Any) -> dict:
    _fit_to_release(statement.text)
    place = fit_to_keep(given["place"].strip())
    if not place:
        raise _bad_field("place", "place_missing", _("Say where it was released."))
    happened = in_order(given["at"], "", now)
    if statement.approved_at and happened < statement.approved_at:
        raise _bad_field("at", "before_approval", _("This time lies before the approval."))
    return {"place": place, "released_at": happened, "released_by": reach.user}


def _discarded(statement: Statement, reach: Reach, now: datetime, **given: Any) -> dict:
    reason = fit_to_keep(given["reason"].strip())
    if not reason:
        raise _bad_field("reason", "reason_missing", _("Say why, in a few words."))
    return {"reason": reason}


_CHANGES = {
    StatementVerb.REVISE: _revised,
    StatementVerb.APPROVE: _approved,
    StatementVerb.RELEASE: _released,
    StatementVerb.DISCARD: _discarded,
}


# --- what they stand on --------------------------------------------------------------------------------------


def _lock(statement_id: int) -> Statement:
    """Lock the statement's incident, then the statement."""
    incident = lock_incident(Statement.objects.values_list("incident_id", flat=True).get(pk=statement_id))
    statement = Statement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    statement.incident = incident
    return statement


def _check_may(reach: Reach, statement: Statement, verb: str) -> None:
    if verb == StatementVerb.APPROVE:
        permissions.check_can_approve(reach, statement)
    else:
        check_can_manage(reach, statement.incident)


def _check_rev(statement: Statement, rev: int | None) -> None:
    revisions.check_rev(
        statement,
        rev,
        _("The statement was not changed: somebody changed it after you opened the page. Look again."),
    )


def _fit_to_release(text: str) -> str:
    """The text without spaces around it. Raises Invalid for one that the public must not read."""
    words = text.strip()
    if not words:
        raise _bad_field("text", "text_missing", _("Say what is to be released."))
    if found := personal_data_in(words):
        raise _bad_field("text", "personal_data", _("Take out: %(text)s") % {"text": found[0].text})
    if against := watching_in(words):
        raise _bad_field(
            "text",
            "against_people",
            _("“%(text)s” is said against people. Say what happened, what is done, and where to ask.")
            % {"text": against},
        )
    return words


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _wrong_state(statement: Statement) -> str:
    return _("The statement was not changed: it is “%(state)s”. Reload the page.") % {
        "state": statement.get_state_display()
    }


def _post(reach: Reach, incident: Incident) -> str:
    return reach.title_for("incident.manage", incident.unit_path)


def _record(
    statement: Statement, kind: str, reach: Reach, now: datetime, *, at: datetime | None = None
) -> None:
    incident = statement.incident
    said = {"text": statement.text, "place": statement.place, "reason": statement.reason}
    record_with_clocks(
        kind,
        subject=statement.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post(reach, incident),
        at=at or now,
        recorded_at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content={name: text for name, text in said.items() if text},
    )
