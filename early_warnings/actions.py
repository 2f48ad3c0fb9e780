"""What happens to warnings. Each action: lock, check, change, record.

The incident is locked before its warning, in every action: no circle, no deadlock, and what is true of the
two together (one in force, one pending) is decided under one lock. Source: city plan §2.4.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from common.database.numbers import next_number
from common.errors import WrongState
from common.failpoints import crash_point
from common.revisions import save
from early_warnings import permissions, rules
from early_warnings.choices import SignedAs, Verb
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import alerts
from early_warnings.outgoing.superior_reports import draft_reports
from early_warnings.proposals import drafting
from early_warnings.signing import signature
from early_warnings.signing.signoff import (
    ask,
    end_signoff,
    first_deadline,
    first_seat,
    next_seat,
    settle_requests,
)
from early_warnings.transitions import (
    bad_field,
    check_move,
    check_open,
    check_rev,
    check_text,
    lock,
    move,
    read,
    record_entry,
    shown_of,
)
from incidents.actions import set_level
from incidents.models import Incident
from incidents.sharing import let_take_part
from incidents.transitions import lock_incident
from notices.relevance.ending import settle_threads
from plans.document.sections import clock_of
from plans.engine.evaluation import levels_of
from plans.people.holders import Signatory, in_the_chair, recipients


@dataclass(frozen=True, slots=True)
class Statement:
    """What a warning says. Empty parts are taken from the incident and the plan when it is drafted."""

    level: str
    reason: str
    matter: str = ""
    area: str = ""
    measures: str = ""


# --- towards a signature -----------------------------------------------------------------------------------


@transaction.atomic
def draft_warning(*, incident_id: int, reach: Reach, statement: Statement, now: datetime) -> EarlyWarning:
    """Draft a first warning for an open incident. Raises WrongState where one is pending or in force."""
    incident = lock_incident(incident_id)

    permissions.check_can_draft(reach, incident)
    check_open(incident)
    _check_none_pending(incident)
    _check_none_in_force(incident)

    return _draft(incident, reach, statement, now)


@transaction.atomic
def propose_new_warning(
    *, incident_id: int, reach: Reach, statement: Statement, now: datetime
) -> EarlyWarning:
    """Draft a warning and ask for the signature in one act."""
    warning = draft_warning(incident_id=incident_id, reach=reach, statement=statement, now=now)
    return propose_warning(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def adjust_warning(
    *, warning_id: int, reach: Reach, statement: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Propose another level in place of a warning in force, which stays in force until the new one is signed.

    Returns the new warning. Its signatory is the one of the higher of the two levels.
    Source: Emergency Response Law art. 70; the plan's `signoff_rules.adjust_and_lift`.
    """
    earlier = lock(warning_id)
    incident = earlier.incident

    permissions.check_can_draft(reach, incident)
    check_rev(earlier, rev)
    check_open(incident)
    move(earlier, Verb.ADJUST)
    _check_none_pending(incident)
    if statement.level == earlier.level:
        raise bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    warning = _draft(incident, reach, statement, now, adjusted_from=earlier)
    return propose_warning(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def revise_warning(
    *, warning_id: int, reach: Reach, statement: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Change a draft, or a warning that was returned."""
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)
    done = move(warning, Verb.REVISE)
    if warning.adjusted_from and statement.level == warning.adjusted_from.level:
        raise bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    _state(warning, _completed(statement, warning.incident))
    save(warning, *_STATEMENT)

    record_entry(warning, done.entry, reach, at=now, content={"revised": True, **shown_of(warning)})
    return warning


@transaction.atomic
def propose_warning(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Ask for the signature. The plan's sign-off clocks start; the first one gives `sign_by`.

    Raises WrongState if nobody holds a post that may sign.
    """
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)
    check_open(warning.incident)
    done = move(warning, Verb.PROPOSE)
    seat = first_seat(warning, now)

    warning.proposed_at, warning.proposed_by = now, reach.user
    warning.round += 1
    warning.signatory_role, warning.signatory_post = seat.role.name, seat.post
    warning.signatory_title = seat.title_zh
    save(
        warning,
        "state",
        "proposed_at",
        "proposed_by",
        "round",
        "signatory_role",
        "signatory_post",
        "signatory_title",
    )
    warning.requests.all().delete()
    asked = ask(warning, in_the_chair(seat, now), now)

    content = {**shown_of(warning), "signatory": seat.title_zh, "round": warning.round}
    started = record_entry(warning, done.entry, reach, at=now, content=content).clocks
    warning.sign_by = first_deadline(warning, started)
    warning.save(update_fields=["sign_by"])
    alerts.ask_to_sign(warning, asked, now=now)
    return warning


@transaction.atomic
def return_to_drafter(
    *, warning_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Send a proposed warning back with a reason. Its sign-off clocks end: the signatory has answered."""
    warning = lock(warning_id)

    seat = permissions.check_can_return(reach, warning, now)
    check_rev(warning, rev)
    check_text("return_reason", reason)
    done = move(warning, Verb.RETURN)

    warning.returned_at, warning.returned_by, warning.return_reason = now, reach.user, reason
    save(warning, "state", "returned_at", "returned_by", "return_reason")
    end_signoff(warning, reach, now)

    record_entry(warning, done.entry, reach, at=now, post=seat.post.title, content={"reason": reason})
    alerts.tell_returned(warning, now=now)
    return warning


@transaction.atomic
def withdraw_warning(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Take back a warning that is not signed."""
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)

    _withdraw(warning, reach, now)
    return warning


@transaction.atomic
def escalate_request(*, warning_id: int, clock_id: str, now: datetime) -> EarlyWarning:
    """Ask the next one to sign, as the sign-off clock `clock_id` of the plan says; the earlier ones still may.

    Nothing happens if the warning is no longer waiting. Asked are, by the clock's `to`: the signatory again,
    its standing deputies, or the next higher seat not asked yet.
    """
    warning = lock(warning_id)
    done = rules.TRANSITIONS.row(warning.state, Verb.ESCALATE)
    if done is None:
        return warning

    to = clock_of(warning.plan.document, clock_id).to
    seat = next_seat(warning, to, now)
    if seat is None:
        return warning

    asked = ask(warning, seat.holders, now, clock_id=clock_id)

    content = {"clock": clock_id, "to": to, "asked": sorted({holder.post.title for holder in asked})}
    record_entry(warning, done.entry, None, at=now, content=content)
    alerts.ask_to_sign(warning, asked, now=now, clock_id=clock_id)
    return warning


# --- the signature and after -------------------------------------------------------------------------------


def sign_warning(
    *, warning_id: int, reach: Reach, credential: str, now: datetime, remark: str = "", rev: int | None = None
) -> EarlyWarning:
    """Sign a proposed warning: it is in force, and pushed, when this returns.

    `credential` is the signer's password or a one-time code, asked again for this signature. It is checked
    before anything is locked: hashing a password takes longer than all the rest. Raises NotAllowed for who
    may not sign or mistypes it, WrongState for who comes second, Stale for who read another revision.

    The push is the journal entry `warning.pushed_to_platform` in the same transaction: every entitled screen
    replays the journal, so there is nothing else that could fail after the signature. Source: §2.4, C000-2.
    """
    unlocked = read(warning_id)
    permissions.check_can_sign(reach, unlocked, now)
    check_rev(unlocked, rev)
    check_move(unlocked, Verb.SIGN)
    check_text("remark", remark, may_be_empty=True)
    kind = check_credential(reach.user, credential, now)
    return _sign(warning_id, reach, kind, remark, now, rev)


@transaction.atomic
def _sign(
    warning_id: int, reach: Reach, kind: str, remark: str, now: datetime, rev: int | None
) -> EarlyWarning:
    warning = lock(warning_id)

    seat = permissions.check_can_sign(reach, warning, now)
    check_rev(warning, rev)
    check_open(warning.incident)
    signed = move(warning, Verb.SIGN)

    told = recipients(warning.plan.document, warning.level, warning.unit, now)
    people = alerts.people_to_tell(warning, told.phone, now, besides=reach.user)
    let_take_part(incident=warning.incident, posts=[holder.post for holder in told.phone])
    _put_signature(warning, reach, seat, kind, remark, now)
    warning.signed_text = signature.text_to_sign(
        warning,
        recipients=[(one.person.username, one.post_title) for one in people],
        superiors=[role.name for role in told.report_to],
    )
    warning.signature = signature.hash_of(warning.signed_text)
    _replace_earlier(warning, reach, now)
    pushed = move(warning, Verb.PUSH)
    warning.in_force_at = warning.pushed_at = now
    save(warning, "state", "in_force_at", "pushed_at", *_SIGNATURE)
    settle_requests(warning, reach, now)

    content = {**shown_of(warning), "signed_as": warning.signed_as, "signature": warning.signature}
    record_entry(warning, signed.entry, reach, at=now, post=seat.post.title, content=content)
    crash_point("warnings.signed_before_push")
    record_entry(warning, pushed.entry, None, at=now, content={"number": warning.number})
    set_level(incident=warning.incident, level=warning.level, reach=reach, now=now, warning=warning.number)
    alerts.tell_signed(warning, people, now=now)
    alerts.tell_of_nobody(warning, told.held_by_nobody, reach.user, now=now)
    draft_reports(warning, told.report_to, now)
    crash_point("warnings.before_commit")
    return warning


def lift_warning(
    *, warning_id: int, reach: Reach, reason: str, credential: str, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """End a warning in force; the incident has no level any more. A pending adjustment is withdrawn with it.

    `credential` as in `sign`: what a signature began, no open screen and no stolen token ends.
    Source: Emergency Response Law art. 70 (lift at once when the danger is over).
    """
    unlocked = read(warning_id)
    permissions.check_can_lift(reach, unlocked, now)
    check_rev(unlocked, rev)
    check_move(unlocked, Verb.LIFT)
    check_text("lift_reason", reason)
    kind = check_credential(reach.user, credential, now)
    return _lift(warning_id, reach, kind, reason, now, rev)


@transaction.atomic
def _lift(
    warning_id: int, reach: Reach, kind: str, reason: str, now: datetime, rev: int | None
) -> EarlyWarning:
    warning = lock(warning_id)

    seat = permissions.check_can_lift(reach, warning, now)
    check_rev(warning, rev)
    done = move(warning, Verb.LIFT)

    warning.lifted_at, warning.lifted_by, warning.lift_reason = now, reach.user, reason
    save(warning, "state", "lifted_at", "lifted_by", "lift_reason")
    for pending in EarlyWarning.objects.pending().filter(adjusted_from=warning):
        _withdraw(lock(pending.pk), reach, now)

    content = {"reason": reason, "credential": kind}
    record_entry(warning, done.entry, reach, at=now, post=seat.post.title, content=content)
    set_level(incident=warning.incident, level="", reach=reach, now=now, warning=warning.number)
    told = recipients(warning.plan.document, warning.level, warning.unit, now)
    people = alerts.people_to_tell(warning, told.phone, now, besides=reach.user)
    alerts.tell_lifted(warning, people, now=now)
    settle_threads([warning.thread], now)
    return warning


def _check_none_pending(incident: Incident) -> None:
    pending = incident.warnings.pending().first()
    if pending:
        raise WrongState(
            "warning_pending",
            _(
                "No warning was drafted for %(incident)s: %(number)s is “%(state)s”. Go on with that one, or withdraw it."
            )
            % {"incident": incident.number, "number": pending.number, "state": pending.get_state_display()},
            warning=pending.number,
        )


def _check_none_in_force(incident: Incident) -> None:
    in_force = incident.warnings.in_force().first()
    if in_force:
        raise WrongState(
            "warning_in_force",
            _("No warning was drafted for %(incident)s: %(number)s is in force. Adjust that one instead.")
            % {"incident": incident.number, "number": in_force.number},
            warning=in_force.number,
        )


# --- change ------------------------------------------------------------------------------------------------

_STATEMENT = ("level", "reason", "matter", "area", "measures", "category", "proposed_level", "reasons")
_SIGNATURE = (
    "signed_at",
    "signed_by",
    "signed_post",
    "signed_as",
    "remark",
    "credential",
    "signed_text",
    "signature",
)


def _draft(
    incident: Incident,
    reach: Reach,
    statement: Statement,
    now: datetime,
    adjusted_from: EarlyWarning | None = None,
) -> EarlyWarning:
    post = reach.post_for("warning.draft", incident.unit_path)
    warning = EarlyWarning(
        incident=incident,
        unit=incident.unit,
        unit_path=incident.unit_path,
        plan=incident.plan,
        drill=incident.drill,
        adjusted_from=adjusted_from,
        drafted_at=now,
        drafted_by=reach.user,
        drafted_post_id=post.post_id if post else None,
    )
    _state(warning, _completed(statement, incident))
    warning.number = next_number(unit_code=incident.unit.code, now=now, prefix="W-")
    warning.save(force_insert=True)
    record_entry(warning, rules.TRANSITIONS.begin.entry, reach, at=now, content=shown_of(warning))
    return warning


def _completed(statement: Statement, incident: Incident) -> Statement:
    """The statement with what the incident and the plan already say, checked."""
    if statement.level not in {level.id for level in levels_of(incident.plan.document)}:
        raise bad_field("level", "unknown_level", _("The plan has no such level. Choose one of its levels."))
    whole = Statement(
        level=statement.level,
        reason=statement.reason.strip(),
        matter=statement.matter.strip() or incident.title,
        area=statement.area.strip() or incident.place,
        measures=statement.measures.strip() or drafting.first_measures(incident),
    )
    for field in ("reason", "matter", "area", "measures"):
        check_text(field, getattr(whole, field))
    return whole


def _state(warning: EarlyWarning, statement: Statement) -> None:
    for field in ("level", "reason", "matter", "area", "measures"):
        setattr(warning, field, getattr(statement, field))
    warning.category = warning.incident.category
    warning.proposed_level, warning.reasons = warning.incident.proposed_level, warning.incident.reasons


def _withdraw(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    done = move(warning, Verb.WITHDRAW)
    warning.withdrawn_at, warning.withdrawn_by = now, reach.user
    save(warning, "state", "withdrawn_at", "withdrawn_by")
    end_signoff(warning, reach, now)
    record_entry(warning, done.entry, reach, at=now)


def _put_signature(
    warning: EarlyWarning, reach: Reach, seat: Signatory, kind: str, remark: str, now: datetime
) -> None:
    warning.signed_at, warning.signed_by, warning.signed_post = now, reach.user, seat.post
    warning.signed_as = SignedAs.HIGHER if seat.by == "next_higher" else SignedAs(seat.holders[0].held_as)
    warning.credential, warning.remark = kind, remark.strip()


def _replace_earlier(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    """The warning this one adjusts ends at the moment of the signature."""
    if warning.adjusted_from is None:
        return
    earlier = lock(warning.adjusted_from.pk)
    done = move(earlier, Verb.REPLACE)
    earlier.adjusted_at = now
    save(earlier, "state", "adjusted_at")
    content = {"by": warning.number, "before": earlier.level, "after": warning.level}
    record_entry(earlier, done.entry, reach, at=now, content=content)
