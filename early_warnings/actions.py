"""What happens to warnings. Each action: lock, check, change, record.

The incident is locked before its warning, in every action: no circle, no deadlock, and what is true of the
two together (one in force, one pending) is decided under one lock. Source: city plan §2.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import HeldAs
from accounts.credentials import check_credential
from accounts.models import Post, User
from accounts.queries import Holder
from accounts.scope import Reach
from clocks.actions import cancel_for_subject
from clocks.models import Clock
from common.crash import crash_point
from common.errors import Invalid, NotFound, Stale, WrongState
from common.numbers import next_number
from common.text import personal_data_in
from early_warnings import alerts, drafting, permissions, rules, signature
from early_warnings.choices import CallOutcome, ReportState, SignedAs, Verb
from early_warnings.models import CallAttempt, EarlyWarning, SignatureRequest, SuperiorReport
from incidents.actions import let_take_part, lock_incident, set_level
from incidents.models import Incident
from journal.models import Entry
from journal.record import record
from notices.actions import acknowledge_about, take_back
from plans.engine import levels_of
from plans.people import Signatory, in_the_chair, next_to_ask, recipients
from plans.sections import Role, clock_of, signatory_roles

#: The effect by which a plan marks its sign-off clocks.
SIGNOFF = "signoff.escalate"


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
def draft(*, incident_id: int, reach: Reach, said: Statement, now: datetime) -> EarlyWarning:
    """Draft a first warning for an open incident. Raises WrongState where one is pending or in force."""
    incident = lock_incident(incident_id)

    permissions.check_can_draft(reach, incident)
    _check_open(incident)
    _check_none_pending(incident)
    _check_none_in_force(incident)

    return _draft(incident, reach, said, now)


@transaction.atomic
def propose_new(*, incident_id: int, reach: Reach, said: Statement, now: datetime) -> EarlyWarning:
    """Draft a warning and ask for the signature in one act."""
    warning = draft(incident_id=incident_id, reach=reach, said=said, now=now)
    return propose(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def adjust(
    *, warning_id: int, reach: Reach, said: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Propose another level in place of a warning in force, which stays in force until the new one is signed.

    Returns the new warning. Its signatory is the one of the higher of the two levels.
    Source: Emergency Response Law art. 70; the plan's `signoff_rules.adjust_and_lift`.
    """
    earlier = _lock(warning_id)
    incident = earlier.incident

    permissions.check_can_draft(reach, incident)
    _check_rev(earlier, rev)
    _check_open(incident)
    _move(earlier, Verb.ADJUST)
    _check_none_pending(incident)
    if said.level == earlier.level:
        raise _bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    warning = _draft(incident, reach, said, now, adjusted_from=earlier)
    return propose(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def revise(
    *, warning_id: int, reach: Reach, said: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Change a draft, or a warning that was returned."""
    warning = _lock(warning_id)

    permissions.check_can_edit(reach, warning)
    _check_rev(warning, rev)
    _move(warning, Verb.REVISE)
    if warning.adjusted_from and said.level == warning.adjusted_from.level:
        raise _bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    _state(warning, _completed(said, warning.incident))
    _save(warning, *_STATEMENT)

    _record(warning, "warning.drafted", reach, at=now, content={"revised": True, **_said(warning)})
    return warning


@transaction.atomic
def propose(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Ask for the signature. The plan's sign-off clocks start; the first one gives `sign_by`.

    Raises WrongState if nobody holds a post that may sign.
    """
    warning = _lock(warning_id)

    permissions.check_can_edit(reach, warning)
    _check_rev(warning, rev)
    _check_open(warning.incident)
    _move(warning, Verb.PROPOSE)
    seat = _first_seat(warning, now)

    warning.proposed_at, warning.proposed_by = now, reach.user
    warning.round += 1
    warning.signatory_role, warning.signatory_post = seat.role.name, seat.post
    warning.signatory_title = seat.title_zh
    _save(
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
    asked = _ask(warning, in_the_chair(seat, now), now)

    content = {**_said(warning), "signatory": seat.title_zh, "round": warning.round}
    _record(warning, "warning.proposed", reach, at=now, content=content)
    warning.sign_by = _first_deadline(warning)
    warning.save(update_fields=["sign_by"])
    alerts.ask_to_sign(warning, asked, now=now)
    return warning


@transaction.atomic
def return_to_drafter(
    *, warning_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Send a proposed warning back with a reason. Its sign-off clocks end: the signatory has answered."""
    warning = _lock(warning_id)

    seat = permissions.check_can_return(reach, warning, now)
    _check_rev(warning, rev)
    _check_text("return_reason", reason)
    _move(warning, Verb.RETURN)

    warning.returned_at, warning.returned_by, warning.return_reason = now, reach.user, reason
    _save(warning, "state", "returned_at", "returned_by", "return_reason")
    _end_signoff(warning, reach, now)

    _record(warning, "warning.returned", reach, at=now, post=seat.post.title, content={"reason": reason})
    alerts.tell_returned(warning, now=now)
    return warning


@transaction.atomic
def withdraw(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Take back a warning that is not signed."""
    warning = _lock(warning_id)

    permissions.check_can_edit(reach, warning)
    _check_rev(warning, rev)

    _withdraw(warning, reach, now)
    return warning


@transaction.atomic
def escalate(*, warning_id: int, clock_id: str, now: datetime) -> EarlyWarning:
    """Ask the next one to sign, as the sign-off clock `clock_id` of the plan says; the earlier ones still may.

    Nothing happens if the warning is no longer waiting. Asked are, by the clock's `to`: the signatory again,
    its standing deputies, or the next higher seat not asked yet.
    """
    warning = _lock(warning_id)
    if rules.next_state(warning.state, Verb.ESCALATE) is None:
        return warning

    to = clock_of(warning.plan.document, clock_id).to
    seat = _next_seat(warning, to, now)
    if seat is None:
        return warning

    asked = _ask(warning, seat.holders, now, clock_id=clock_id)

    content = {"clock": clock_id, "to": to, "asked": sorted({holder.post.title for holder in asked})}
    _record(warning, "warning.signoff_escalated", None, at=now, content=content)
    alerts.ask_to_sign(warning, asked, now=now, clock_id=clock_id)
    return warning


# --- the signature and after -------------------------------------------------------------------------------


def sign(
    *, warning_id: int, reach: Reach, credential: str, now: datetime, remark: str = "", rev: int | None = None
) -> EarlyWarning:
    """Sign a proposed warning: it is in force, and pushed, when this returns.

    `credential` is the signer's password or a one-time code, asked again for this signature. It is checked
    before anything is locked: hashing a password takes longer than all the rest. Raises NotAllowed for who
    may not sign or mistypes it, WrongState for who comes second, Stale for who read another revision.

    The push is the journal entry `warning.pushed_to_platform` in the same transaction: every entitled screen
    replays the journal, so there is nothing else that could fail after the signature. Source: §2.4, C000-2.
    """
    unlocked = _read(warning_id)
    permissions.check_can_sign(reach, unlocked, now)
    _check_rev(unlocked, rev)
    _next_state(unlocked, Verb.SIGN)
    _check_text("remark", remark, may_be_empty=True)
    kind = check_credential(reach.user, credential, now)
    return _sign(warning_id, reach, kind, remark, now, rev)


@transaction.atomic
def _sign(
    warning_id: int, reach: Reach, kind: str, remark: str, now: datetime, rev: int | None
) -> EarlyWarning:
    warning = _lock(warning_id)

    seat = permissions.check_can_sign(reach, warning, now)
    _check_rev(warning, rev)
    _check_open(warning.incident)
    _move(warning, Verb.SIGN)

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
    _move(warning, Verb.PUSH)
    warning.in_force_at = warning.pushed_at = now
    _save(warning, "state", "in_force_at", "pushed_at", *_SIGNATURE)
    _settle_requests(warning, reach, now)

    content = {**_said(warning), "signed_as": warning.signed_as, "signature": warning.signature}
    _record(warning, "warning.signed", reach, at=now, post=seat.post.title, content=content)
    crash_point("warnings.signed_before_push")
    _record(warning, "warning.pushed_to_platform", None, at=now, content={"number": warning.number})
    set_level(incident=warning.incident, level=warning.level, reach=reach, now=now, warning=warning.number)
    alerts.tell_signed(warning, people, now=now)
    _draft_reports(warning, told.report_to, now)
    crash_point("warnings.before_commit")
    return warning


@transaction.atomic
def lift(
    *, warning_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """End a warning in force; the incident has no level any more. A pending adjustment is withdrawn with it.

    Source: Emergency Response Law art. 70 (lift at once when the danger is over).
    """
    warning = _lock(warning_id)

    seat = permissions.check_can_lift(reach, warning, now)
    _check_rev(warning, rev)
    _check_text("lift_reason", reason)
    _move(warning, Verb.LIFT)

    warning.lifted_at, warning.lifted_by, warning.lift_reason = now, reach.user, reason
    _save(warning, "state", "lifted_at", "lifted_by", "lift_reason")
    for pending in EarlyWarning.objects.pending().filter(adjusted_from=warning):
        _withdraw(_lock(pending.pk), reach, now)

    _record(warning, "warning.lifted", reach, at=now, post=seat.post.title, content={"reason": reason})
    set_level(incident=warning.incident, level="", reach=reach, now=now, warning=warning.number)
    told = recipients(warning.plan.document, warning.level, warning.unit, now)
    people = alerts.people_to_tell(warning, told.phone, now, besides=reach.user)
    alerts.tell_lifted(warning, people, now=now)
    return warning


@transaction.atomic
def record_call(
    *, warning_id: int, reach: Reach, person: User, outcome: str, now: datetime, note: str = ""
) -> CallAttempt:
    """Record a telephone call to a first responder and how it ended; any attempt stops the plan's clock (C000-3).

    Raises NotFound for somebody the plan does not name here.
    """
    warning = _lock(warning_id)

    permissions.check_can_record_call(reach, warning)
    _check_text("note", note, may_be_empty=True)
    _move(warning, Verb.CALL)
    post = _responder_post(warning, person, now)

    call = CallAttempt.objects.create(
        warning=warning,
        person=person,
        post=post,
        outcome=CallOutcome(outcome),
        note=note,
        at=now,
        by=reach.user,
    )

    content = {"responder": post.title, "outcome": outcome, "note": note}
    _record(warning, "first_responder.phone_attempted", reach, at=now, content=content)
    return call


@transaction.atomic
def send_report(*, report_id: int, reach: Reach, channel: str, now: datetime) -> SuperiorReport:
    """Mark an upward report as sent. The plan's clock stops (`superior_report.sent`) with the last recipient.

    Each recipient has an entry of its own (`superior_report.delivered`): "sent" means that everybody whom
    the plan names has it, or a report to one of two would end the clock.
    """
    warning = _lock(SuperiorReport.objects.values_list("warning_id", flat=True).get(pk=report_id))
    report = SuperiorReport.objects.select_for_update(of=("self",)).get(pk=report_id)

    permissions.check_can_report_up(reach, warning)
    _move(warning, Verb.REPORT)
    if report.state == ReportState.SENT:
        raise WrongState(
            "already_sent",
            _("Nothing was changed: the report to %(recipient)s was already sent.")
            % {"recipient": report.title},
        )

    report.state, report.sent_at, report.sent_by, report.channel = ReportState.SENT, now, reach.user, channel
    report.save(update_fields=["state", "sent_at", "sent_by", "channel"])

    content = {"recipient": report.recipient, "title": report.title_zh, "channel": channel}
    _record(warning, "superior_report.delivered", reach, at=now, content=content)
    sent = list(warning.superior_reports.order_by("pk"))
    if all(one.state == ReportState.SENT for one in sent):
        ways = {one.recipient: one.channel for one in sent}
        _record(warning, "superior_report.sent", reach, at=now, content={"recipients": ways})
    return report


# --- lock and check ----------------------------------------------------------------------------------------


def _read(warning_id: int, *, lock: bool = False) -> EarlyWarning:
    rows = EarlyWarning.objects.select_for_update(of=("self",)) if lock else EarlyWarning.objects
    return rows.select_related(
        "unit",
        "plan",
        "incident",
        "adjusted_from",
        "drafted_by",
        "proposed_by",
        "signed_by",
        "signed_post__unit",
    ).get(pk=warning_id)


def _lock(warning_id: int) -> EarlyWarning:
    """Lock the warning's incident, then the warning."""
    incident = lock_incident(EarlyWarning.objects.values_list("incident_id", flat=True).get(pk=warning_id))
    warning = _read(warning_id, lock=True)
    warning.incident = incident
    return warning


def _next_state(warning: EarlyWarning, verb: str) -> str:
    state = rules.next_state(warning.state, verb)
    if state is None:
        raise WrongState(
            "wrong_state",
            _(
                "Nothing was changed: warning %(number)s is “%(state)s”. Reload the page to see where it stands."
            )
            % {"number": warning.number, "state": warning.get_state_display()},
        )
    return state


def _move(warning: EarlyWarning, verb: str) -> None:
    warning.state = _next_state(warning, verb)


def _check_rev(warning: EarlyWarning, rev: int | None) -> None:
    if rev is not None and rev != warning.rev:
        raise Stale(
            "stale",
            _(
                "Warning %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
            )
            % {"number": warning.number},
        )


def _check_open(incident: Incident) -> None:
    if not incident.is_open:
        raise WrongState(
            "incident_not_open",
            _(
                "Nothing was changed: incident %(number)s is no longer open. Reopen it first, or report a new one."
            )
            % {"number": incident.number},
        )


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


#: What a refusal calls each field.
_FIELDS = {
    "reason": gettext_lazy("reason"),
    "matter": gettext_lazy("matter"),
    "area": gettext_lazy("area"),
    "measures": gettext_lazy("measures"),
    "return_reason": gettext_lazy("reason"),
    "lift_reason": gettext_lazy("reason"),
    "remark": gettext_lazy("remark"),
    "note": gettext_lazy("note"),
}


def _check_text(field: str, text: str, *, may_be_empty: bool = False) -> None:
    """A text is there, and holds no number that belongs to a person: it is pushed to many, and kept."""
    if not may_be_empty and not text.strip():
        raise _bad_field(field, "text_missing", _("Say it in a sentence."))
    if found := personal_data_in(text):
        raise _bad_field(field, "personal_data", _("Take out what looks like an identity, phone or card number: %(text)s") % {"text": found[0].text})  # fmt: skip


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    name = _FIELDS.get(field) or _("level")
    return Invalid(
        code,
        _("Nothing was saved: the field “%(field)s” is not in order. %(sentence)s")
        % {"field": name, "sentence": sentence},
        fields={field: [sentence]},
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
    said: Statement,
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
    _state(warning, _completed(said, incident))
    warning.number = next_number(unit_code=incident.unit.code, now=now, prefix="W-")
    warning.save(force_insert=True)
    _record(warning, "warning.drafted", reach, at=now, content=_said(warning))
    return warning


def _completed(said: Statement, incident: Incident) -> Statement:
    """The statement with what the incident and the plan already say, checked."""
    if said.level not in {level.id for level in levels_of(incident.plan.document)}:
        raise _bad_field("level", "unknown_level", _("The plan has no such level. Choose one of its levels."))
    whole = Statement(
        level=said.level,
        reason=said.reason.strip(),
        matter=said.matter.strip() or incident.what or incident.place,
        area=said.area.strip() or incident.place,
        measures=said.measures.strip() or drafting.first_measures(incident),
    )
    for field in ("reason", "matter", "area", "measures"):
        _check_text(field, getattr(whole, field))
    return whole


def _state(warning: EarlyWarning, said: Statement) -> None:
    for field in ("level", "reason", "matter", "area", "measures"):
        setattr(warning, field, getattr(said, field))
    warning.category = warning.incident.category
    warning.proposed_level, warning.reasons = warning.incident.proposed_level, warning.incident.reasons


def _first_seat(warning: EarlyWarning, now: datetime) -> Signatory:
    seats = permissions.signatories(warning, now)
    if not seats:
        role = signatory_roles(warning.plan.document, permissions.deciding_level(warning))[0]
        raise WrongState(
            "nobody_may_sign",
            _(
                "Warning %(number)s was not proposed: nobody holds the post of %(role)s or a higher signatory at the moment. Phone the security administrator."
            )
            % {"number": warning.number, "role": role.words.zh},
        )
    return seats[0]


def _next_seat(warning: EarlyWarning, to: str, now: datetime) -> Signatory | None:
    """Whom the plan's word `to` means now: signatory, deputy or next_higher. None if nobody may sign."""
    asked = set(warning.requests.values_list("post_id", flat=True))
    return next_to_ask(permissions.signatories(warning, now), to, asked)


def _ask(warning: EarlyWarning, holders: Iterable[Holder], now: datetime, clock_id: str = "") -> list[Holder]:
    """Put the request on these people's boards. Asking the same post in the same capacity again adds nothing."""
    asked = list(holders)
    rows = {
        (holder.post.pk, _asked_as(holder)): SignatureRequest(
            warning=warning,
            post=holder.post,
            asked_as=_asked_as(holder),
            title=holder.post.title,
            asked_at=now,
            clock_id=clock_id,
        )
        for holder in asked
    }
    SignatureRequest.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return asked


def _asked_as(holder: Holder) -> str:
    return HeldAs.DEPUTY if holder.held_as == HeldAs.DEPUTY else HeldAs.HOLDER


def _first_deadline(warning: EarlyWarning) -> datetime | None:
    """When the first sign-off clock, which the entry has just started, runs out."""
    clocks = Clock.objects.running().filter(subject=warning.key, effect=SIGNOFF, due_at__isnull=False)
    return clocks.order_by("due_at").values_list("due_at", flat=True).first()


def _end_signoff(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    cancel_for_subject(subject=warning.key, now=now, reason=warning.state, started_by=["warning.proposed"])
    _settle_requests(warning, reach, now)


def _settle_requests(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    """Who acts has heard; nobody else needs the request any more."""
    acknowledge_about(subject=warning.key, actor=reach.user, now=now)
    take_back(subject=warning.key, purpose="warning.to_sign", now=now, reason=warning.state)


def _withdraw(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    _move(warning, Verb.WITHDRAW)
    warning.withdrawn_at, warning.withdrawn_by = now, reach.user
    _save(warning, "state", "withdrawn_at", "withdrawn_by")
    _end_signoff(warning, reach, now)
    _record(warning, "warning.withdrawn", reach, at=now)


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
    earlier = _lock(warning.adjusted_from.pk)
    _move(earlier, Verb.REPLACE)
    earlier.adjusted_at = now
    _save(earlier, "state", "adjusted_at")
    content = {"by": warning.number, "before": earlier.level, "after": warning.level}
    _record(earlier, "warning.adjusted", reach, at=now, content=content)


def _draft_reports(warning: EarlyWarning, superiors: Iterable[Role], now: datetime) -> None:
    """One report per authority that the plan names, with the same facts. The text can be read out on the phone."""
    for role in superiors:
        report = SuperiorReport.objects.create(
            warning=warning,
            recipient=role.name,
            title_zh=role.words.zh,
            title_en=role.words.en,
            text=drafting.text_for(warning, role.words.zh),
            drafted_at=now,
        )
        content = {"recipient": role.name, "title": report.title_zh}
        _record(warning, "superior_report.drafted", None, at=now, content=content)


def _responder_post(warning: EarlyWarning, person: User, now: datetime) -> Post:
    for holder in recipients(warning.plan.document, warning.level, warning.unit, now).phone:
        if holder.person.pk == person.pk:
            return holder.post
    raise NotFound(
        "not_a_first_responder",
        _("The call was not recorded: the plan names nobody of this name as first responder here."),
    )


def _save(warning: EarlyWarning, *fields: str) -> None:
    warning.rev += 1
    warning.save(update_fields=[*fields, "rev"])


# --- record ------------------------------------------------------------------------------------------------


def _said(warning: EarlyWarning) -> dict:
    """What the timeline shows of a warning."""
    return {
        "number": warning.number,
        "level": warning.level,
        "reason": warning.reason,
        "matter": warning.matter,
    }


def _record(
    warning: EarlyWarning,
    kind: str,
    reach: Reach | None,
    *,
    at: datetime,
    post: str = "",
    content: dict | None = None,
) -> Entry:
    """`reach` None: the system itself acts."""
    held = reach and (reach.post_for("incident.view", warning.unit_path) or next(iter(reach.posts), None))
    return record(
        kind,
        subject=warning.key,
        thread=warning.thread,
        unit=warning.unit,
        actor=reach.user if reach else None,
        post=post or (held.title if held else ""),
        at=at,
        level=warning.level,
        plan=warning.plan.ref,
        drill=warning.drill,
        content=content,
    )
