"""What happens to inquiries. Each action: lock, check, change, record.

The journal learns that and when, never what was found: an entry is for ever, the texts of an inquiry are not.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Post, Unit, User
from accounts.scope import Reach
from clocks.actions import record_with_clocks
from common import revisions
from common.database.numbers import next_number
from common.errors import Invalid, WrongState
from common.states import check_move, move
from common.text.personal_data import unsigned_personal_data_in
from incidents.models import Incident
from incidents.steps.actions import check_not_held_back
from journal.kinds import KINDS
from supervision.inquiries import permissions, queries, rules
from supervision.inquiries.choices import Delivered, InquiryState, InquiryVerb, Measure, Trigger
from supervision.inquiries.models import Inquiry

V = InquiryVerb


class Cause(NamedTuple):
    """What calls for it: of the record by its key, or a paper from outside by its number."""

    trigger: str
    reason: str
    unit: Unit
    about: str = ""
    incident: Incident | None = None


@transaction.atomic
def open_inquiry(
    *,
    reach: Reach,
    bureau: Unit,
    cause: Cause,
    investigator: User,
    decider: User,
    now: datetime,
    post: Post | None = None,
) -> Inquiry:
    """Let one person look, for 30 working days, and another decide (campaign rules §十3, 4, 6).

    Raises WrongState where both are one, while the rescue in the incident is not over, for a drill, and where one is
    there already; Invalid for A1.
    """
    permissions.check_can_manage(reach, bureau)
    _check_cause(bureau, cause, "inquiry.started")
    permissions.check_pair(investigator, decider, bureau, post, now)

    row = _new(reach, bureau, cause, now, InquiryState.STARTED)
    row.investigator, row.decider, row.post = investigator, decider, post
    row.save(force_insert=True)

    _record(row, rules.TRANSITIONS[V.START].entry, reach, now)
    return row


@transaction.atomic
def dismiss_cause(*, reach: Reach, bureau: Unit, cause: Cause, why: str, now: datetime) -> Inquiry:
    """Say why what the record calls for needs no inquiry; it is not asked again."""
    permissions.check_can_manage(reach, bureau)
    _check_cause(bureau, cause, "inquiry.not_needed")

    row = _new(reach, bureau, cause, now, InquiryState.NOT_NEEDED)
    row.decision = _said("why", why)
    row.save(force_insert=True)

    _record(row, rules.TRANSITIONS[V.DISMISS].entry, reach, now)
    return row


@transaction.atomic
def note_statement(*, reach: Reach, inquiry_id: int, statement: str, now: datetime) -> Inquiry:
    """Put down what whoever holds the post says to it, before anything is reported about them."""
    row = _lock(inquiry_id)

    permissions.check_is(reach, row.investigator, row)
    done = _check_move(row, V.HEAR)
    row.statement, row.heard_at = _said("statement", statement), now

    revisions.save(row, "statement", "heard_at")
    _record(row, done, reach, now)
    return row


@transaction.atomic
def submit_report(*, reach: Reach, inquiry_id: int, report: str, now: datetime) -> Inquiry:
    """Hand in what was found: before, during and after (§十5). Nobody is reported about unheard."""
    row = _lock(inquiry_id)

    permissions.check_is(reach, row.investigator, row)
    done = _check_move(row, V.REPORT)
    if row.heard_at is None:
        raise WrongState(
            "not_heard",
            _("%(number)s was not reported: nobody was heard yet. Note the statement first.")
            % {"number": row.number},
        )
    row.report, row.reported_at = _said("report", report), now

    move(row, rules.TRANSITIONS, V.REPORT)
    revisions.save(row, "state", "report", "reported_at")
    _record(row, done, reach, now)
    return row


@transaction.atomic
def issue_decision(*, reach: Reach, inquiry_id: int, measure: str, decision: str, now: datetime) -> Inquiry:
    """One of the four measures, or none, with the grounds (§十2, 4). By who decides, never by who looked."""
    row = _lock(inquiry_id)

    permissions.check_is(reach, row.decider, row)
    done = _check_move(row, V.DECIDE)
    if measure not in Measure.values:
        raise _bad("measure", "measure_missing", _("Choose one."))
    row.measure, row.decision, row.decided_at = measure, _said("decision", decision), now

    move(row, rules.TRANSITIONS, V.DECIDE)
    revisions.save(row, "state", "measure", "decision", "decided_at")
    _record(row, done, reach, now, measure=measure)
    return row


@transaction.atomic
def deliver_decision(*, reach: Reach, inquiry_id: int, how: str, now: datetime) -> Inquiry:
    """Note when and how the decision reached whom it is about."""
    row = _lock(inquiry_id)

    permissions.check_can_manage(reach, row.bureau)
    done = _check_move(row, V.DELIVER)
    if how not in Delivered.values:
        raise _bad("how", "how_missing", _("Choose one."))
    row.delivered_at, row.delivered_how = now, how

    move(row, rules.TRANSITIONS, V.DELIVER)
    revisions.save(row, "state", "delivered_at", "delivered_how")
    _record(row, done, reach, now, how=how)
    return row


@transaction.atomic
def erase_contents(*, reach: Reach, inquiry_id: int, now: datetime) -> Inquiry:
    """Destroy what was said, found and decided once its term is over. That there was one, and its dates, stay. Once."""
    row = _lock(inquiry_id)

    permissions.check_can_manage(reach, row.bureau)
    done = _check_move(row, V.ERASE)
    if row.erased_at:
        return row
    if not rules.may_erase(row.delivered_at or row.opened_at, now):
        raise WrongState(
            "term_not_over",
            _("%(number)s was not destroyed: its texts are kept for %(days)s days after the end.")
            % {"number": row.number, "days": rules.KEPT.days},
        )

    row.statement = row.report = row.decision = ""
    row.reason, row.post, row.erased_at = "–", None, now
    revisions.save(row, "statement", "report", "decision", "reason", "post", "erased_at")
    _record(row, done, reach, now)
    return row


def _lock(inquiry_id: int) -> Inquiry:
    rows = Inquiry.objects.select_for_update(of=("self",))
    return rows.select_related("bureau", "incident__plan", "investigator", "decider").get(pk=inquiry_id)


def _new(reach: Reach, bureau: Unit, cause: Cause, now: datetime, state: str) -> Inquiry:
    return Inquiry(
        number=next_number(unit_code=bureau.code, now=now, prefix="DC-", drill=False),
        trigger=cause.trigger, about=cause.about, reason=_said("reason", cause.reason)[:300], incident=cause.incident,
        unit=cause.unit, bureau=bureau, bureau_path=bureau.path, state=state, opened_by=reach.user, opened_at=now,
    )  # fmt: skip


def _check_cause(bureau: Unit, cause: Cause, kind: str) -> None:
    if cause.trigger not in Trigger.values:
        raise Invalid(
            "trigger_off",
            _(
                "No inquiry was opened: nobody is held to account because people used a lawful way to be heard, and there "
                "is no such trigger. Choose one of the four."
            ),
            fields={"trigger": [_("Choose one of the four.")]},
        )
    if not cause.unit.path.startswith(bureau.path):
        raise _bad("unit", "not_below", _("This unit is not below the bureau."))
    if cause.incident is not None:
        if cause.incident.drill:
            raise WrongState(
                "only_a_drill",
                _("No inquiry was opened: %(number)s is a drill, and nobody answers for a drill.")
                % {"number": cause.incident.number},
            )
        check_not_held_back(cause.incident, KINDS[kind])
    if cause.about and Inquiry.objects.filter(about=cause.about).exists():
        raise WrongState(
            "there_already", _("No inquiry was opened: there is one about this. Load the list again.")
        )


def _check_move(row: Inquiry, verb: str) -> str:
    """The kind of its entry. Raises WrongState where it does not follow, or the rescue is not over."""
    found = check_move(row, rules.TRANSITIONS, verb, lambda: _wrong_state(row))
    if row.incident is not None:
        check_not_held_back(row.incident, KINDS[found.entry])
    return found.entry


def _wrong_state(row: Inquiry) -> str:
    return _("Nothing was changed on %(number)s: this does not follow now. Load the page again.") % {
        "number": row.number
    }


def _said(field: str, text: str) -> str:
    words = text.strip()
    if not words or unsigned_personal_data_in(words):
        raise _bad(field, f"{field}_missing", _("Say it in words, without a number of a person."))
    return words


def _bad(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _record(row: Inquiry, kind: str, reach: Reach, now: datetime, **content: str) -> None:
    record_with_clocks(
        kind,
        subject=row.key,
        unit=row.bureau,
        actor=reach.user,
        post=reach.title_for("inquiry.manage", row.bureau_path),
        plan=queries.plan_for(row.bureau, kind, now),
        at=now,
        content={"number": row.number, **content},
    )
