"""The signature under a warning, and what follows it. Each action: lock, check, change, record.

The incident is locked before its warning, in every action (early_warnings.proposals.actions). Source: city plan §2.4.
"""

from datetime import datetime

from django.db import transaction

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from common.failpoints import crash_point
from common.revisions import save
from early_warnings import permissions, rules
from early_warnings.choices import SignedAs, Verb
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import alerts
from early_warnings.outgoing.superior_reports import draft_reports
from early_warnings.proposals.actions import take_back
from early_warnings.signing import signature
from early_warnings.signing.signoff import ask, end_signoff, next_seat, settle_requests
from early_warnings.transitions import (
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
from incidents.sharing import let_take_part
from notices.relevance.ending import settle_threads
from plans.document.sections import clock_of
from plans.people.holders import Signatory, recipients


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
        take_back(lock(pending.pk), reach, now)

    content = {"reason": reason, "credential": kind}
    record_entry(warning, done.entry, reach, at=now, post=seat.post.title, content=content)
    set_level(incident=warning.incident, level="", reach=reach, now=now, warning=warning.number)
    told = recipients(warning.plan.document, warning.level, warning.unit, now)
    people = alerts.people_to_tell(warning, told.phone, now, besides=reach.user)
    alerts.tell_lifted(warning, people, now=now)
    settle_threads([warning.thread], now)
    return warning


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
