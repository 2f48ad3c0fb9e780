"""What follows a signature: telephone calls to first responders, and the reports upward."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Post, User
from accounts.scope import Reach
from common import states
from common.errors import NotFound, WrongState
from early_warnings import permissions, rules
from early_warnings.choices import CallOutcome, ReportState, Verb
from early_warnings.models import CallAttempt, EarlyWarning, SuperiorReport
from early_warnings.proposals import drafting
from early_warnings.transitions import check_text, lock, move, record_entry
from plans.document.sections import Role
from plans.people.holders import recipients
from plans.people.superiors import name_of


@transaction.atomic
def record_call(
    *, warning_id: int, reach: Reach, person: User, outcome: str, now: datetime, note: str = ""
) -> CallAttempt:
    """Record a telephone call to a first responder and how it ended; any attempt stops the plan's clock (C000-3).

    Raises NotFound for somebody the plan does not name here.
    """
    warning = lock(warning_id)

    permissions.check_can_record_call(reach, warning)
    check_text("note", note, may_be_empty=True)
    done = move(warning, Verb.CALL)
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
    record_entry(warning, done.entry, reach, at=now, content=content)
    return call


@transaction.atomic
def send_report(*, report_id: int, reach: Reach, channel: str, now: datetime) -> SuperiorReport:
    """Mark an upward report as sent. The plan's clock stops (`superior_report.sent`) with the last recipient.

    Each recipient has an entry of its own (`superior_report.delivered`): "sent" means that everybody whom
    the plan names has it, or a report to one of two would end the clock.
    """
    warning = lock(SuperiorReport.objects.values_list("warning_id", flat=True).get(pk=report_id))
    report = SuperiorReport.objects.select_for_update(of=("self",)).get(pk=report_id)

    permissions.check_can_report_up(reach, warning)
    move(warning, Verb.REPORT)
    if rules.REPORTS.row(report.state, Verb.REPORT) is None:
        raise WrongState(
            "already_sent",
            _("Nothing was changed: the report to %(recipient)s was already sent.")
            % {"recipient": report.title},
        )

    done = states.move(report, rules.REPORTS, Verb.REPORT)
    report.sent_at, report.sent_by, report.channel = now, reach.user, channel
    report.save(update_fields=["state", "sent_at", "sent_by", "channel"])

    content = {"recipient": report.recipient, "title": report.title_zh, "channel": channel}
    record_entry(warning, done.entry, reach, at=now, content=content)
    sent = list(warning.superior_reports.order_by("pk"))
    if all(one.state == ReportState.SENT for one in sent):
        ways = {one.recipient: one.channel for one in sent}
        record_entry(warning, "superior_report.sent", reach, at=now, content={"recipients": ways})
    return report


def draft_reports(warning: EarlyWarning, superiors: Iterable[Role], now: datetime) -> None:
    """One report per authority that the plan names, with the same facts. The text can be read out on the phone."""
    for role in superiors:
        name = name_of(role, warning.unit)
        report = SuperiorReport.objects.create(
            warning=warning,
            recipient=role.name,
            title_zh=name.zh,
            title_en=name.en,
            text=drafting.text_for(warning, name.zh),
            drafted_at=now,
        )
        content = {"recipient": role.name, "title": report.title_zh}
        record_entry(warning, rules.REPORTS.begin.entry, None, at=now, content=content)


def _responder_post(warning: EarlyWarning, person: User, now: datetime) -> Post:
    for holder in recipients(warning.plan.document, warning.level, warning.unit, now).phone:
        if holder.person.pk == person.pk:
            return holder.post
    raise NotFound(
        "not_a_first_responder",
        _("The call was not recorded: the plan names nobody of this name as first responder here."),
    )
