"""What goes back to a centre: written and tried in one act, tried again, its receipt recorded."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks
from command.linkage import permissions, rules
from command.linkage.choices import LinkageVerb, ReportKind, ReportWay
from command.linkage.delivery import call_off, queue_report, way_or_usual
from command.linkage.models import LinkageOrder, LinkageReport, LinkageTry
from command.linkage.transitions import check_order_rev, lock_order, move_order, record_entry
from common import states
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from common.states import check_move
from common.text.personal_data import fit_to_keep
from incidents import rules as incident_rules
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads


@transaction.atomic
def report_on_order(
    *,
    order_id: int,
    reach: Reach,
    kind: str,
    text: str,
    way: str = "",
    now: datetime,
    at: datetime | None = None,
    failed: str = "",
    receipt: str = "",
    rev: int | None = None,
) -> LinkageReport:
    """Tell the centre how its order stands: progress, handling and result, or the written report that ends it.

    `failed`: why it did not get through; it is kept and waits to be tried again. The plan's clocks stop when it is
    through, never when it is written. Source: district linkage plan §3(3), §4.2, §4.3.
    """
    order = lock_order(order_id)

    permissions.check_can_manage(reach, order)
    check_order_rev(order, rev)
    check_move(order, rules.TRANSITIONS, kind, lambda: _over(order))
    _check_no_final_waits(order, kind)

    report = _write(reach, kind, text, now, order=order, incident=order.incident)
    _send(report, reach, way_or_usual(order, way), failed, receipt, at, now)
    crash_point("linkage.before_report_commit")
    return report


@transaction.atomic
def report_on_incident(
    *,
    incident_id: int,
    reach: Reach,
    kind: str,
    text: str,
    way: str = "",
    now: datetime,
    at: datetime | None = None,
    failed: str = "",
    receipt: str = "",
) -> LinkageReport:
    """Tell the centre of an incident that it did not order: progress, or the written report (§4.2)."""
    incident = lock_incident(incident_id)

    permissions.check_can_tell_centre(reach, incident)
    check_open(incident, _("Nothing was sent to the centre: %(number)s is no longer open."))
    if kind == ReportKind.FEEDBACK:
        raise WrongState(
            "no_order",
            _(
                "Nothing was sent on %(number)s: feedback answers an order of the centre. Send progress instead."
            )
            % {"number": incident.number},
        )

    report = _write(reach, kind, text, now, order=None, incident=incident)
    note_try(report, reach, _by_hand(way), failed, receipt, at, now)
    return report


@transaction.atomic
def try_again(
    *,
    report_id: int,
    reach: Reach,
    way: str = "",
    now: datetime,
    at: datetime | None = None,
    failed: str = "",
    receipt: str = "",
) -> LinkageReport:
    """Send once more what did not get through, the same way or another."""
    report = lock_report(report_id)

    _check_can(reach, report)
    if order := report.order:
        check_move(order, rules.TRANSITIONS, report.kind, lambda: _over(order))

    if report.order:
        _send(report, reach, way_or_usual(report.order, way), failed, receipt, at, now)
    else:
        note_try(report, reach, _by_hand(way), failed, receipt, at, now)
    return report


@transaction.atomic
def record_receipt(*, report_id: int, reach: Reach, receipt: str, now: datetime) -> LinkageReport:
    """The centre has confirmed: its number, or who took it, by post."""
    report = lock_report(report_id)

    _check_can(reach, report)
    _keep_receipt(report, reach, receipt, now)
    return report


def lock_report(report_id: int) -> LinkageReport:
    """The order's row, where there is one, is the lock of both."""
    order_id, incident_id = LinkageReport.objects.values_list("order_id", "incident_id").get(pk=report_id)
    order = lock_order(order_id) if order_id else None
    incident = None if order else lock_incident(incident_id)
    report = LinkageReport.objects.select_for_update(of=("self",)).get(pk=report_id)
    report.order, report.incident = order, order.incident if order else incident
    return report


def _check_can(reach: Reach, report: LinkageReport) -> None:
    if report.order:
        permissions.check_can_manage(reach, report.order)
    elif report.incident:
        permissions.check_can_tell_centre(reach, report.incident)


def _check_no_final_waits(order: LinkageOrder, kind: str) -> None:
    if kind == ReportKind.FINAL and order.reports.filter(kind=kind).exists():
        raise WrongState(
            "written_report_waits",
            _("No second written report was kept on %(number)s: one waits to be sent. Try that one again.")
            % {"number": order.number},
        )


def _write(reach: Reach, kind: str, text: str, now: datetime, **about: Any) -> LinkageReport:
    said = fit_to_keep(text.strip())
    if not said:
        raise Invalid(
            "text_missing",
            _("Nothing was sent to the centre: the text is empty. Say in a few sentences how it stands."),
            fields={"text": [_("Say in a few sentences how it stands.")]},
        )
    where = about["order"] or about["incident"]
    post = reach.title_for("incident.manage", where.unit_path)
    report = LinkageReport(
        kind=ReportKind(kind), text=said, written_at=now, written_by=reach.user, post=post, **about
    )
    report.save(force_insert=True)
    return report


def _by_hand(way: str) -> ReportWay:
    """An incident that no order asked for names no centre to whose system it could go by itself."""
    if way == ReportWay.AUTO:
        raise Invalid(
            "centre_without_address",
            _("Nothing was sent to the centre: no address of its system is set up here. Send it by hand and say how."),
            fields={"way": [_("No address of this centre is set up.")]},
        )  # fmt: skip
    return ReportWay(way or ReportWay.SYSTEM)


def _send(
    report: LinkageReport,
    reach: Reach,
    way: ReportWay,
    failed: str,
    receipt: str,
    at: datetime | None,
    now: datetime,
) -> None:
    """By itself: it is put in line and sent by the engine. Otherwise somebody has tried, and says how it went."""
    assert report.order is not None
    if way == ReportWay.AUTO:
        queue_report(report.order, report, reach, now)
        return
    note_try(report, reach, way, failed, receipt, at, now)


def note_try(
    report: LinkageReport,
    reach: Reach,
    way: str,
    failed: str,
    receipt: str,
    at: datetime | None,
    now: datetime,
) -> None:
    """One try and what follows from it."""
    verb = rules.FAIL if failed.strip() else rules.SEND
    _check_times(report, at, now)
    done = states.move(report, rules.REPORTS, verb, lambda: _sent_already(report))
    happened, why = at or now, fit_to_keep(failed.strip())
    LinkageTry.objects.create(
        report=report, way=ReportWay(way), is_through=not why, at=happened, by=reach.user, note=why
    )
    content = {"text": report.text, "way": ReportWay(way).value, "note": why}
    if verb == rules.FAIL:
        report.save(update_fields=["state"])
        _record(report, done.entry, reach, happened, now, content)
        return
    report.sent_at = happened
    report.save(update_fields=["state", "sent_at"])
    if report.order:
        call_off(report.order, report)
    _move_order(report, reach, happened, now)
    _record(report, rules.SENT_ENTRY[report.kind], reach, happened, now, content)
    if report.order and report.kind == ReportKind.FINAL:
        _end_what_was_due(report.order, now)
    if receipt.strip():
        _keep_receipt(report, reach, receipt, now)


def _move_order(report: LinkageReport, reach: Reach, at: datetime, now: datetime) -> None:
    """The written report ends the order; that handling is over is on record before it, or with it."""
    order, is_final = report.order, report.kind == ReportKind.FINAL
    handled = rules.TRANSITIONS[LinkageVerb.COMPLETE].entry
    if order is None:
        if is_final:
            _record(report, handled, reach, at, now, {})
        return
    if is_final and order.handled_at is None:
        order.handled_at = at
        _record(report, handled, reach, at, now, {})
    move_order(order, report.kind)
    if is_final:
        order.ended_at = at
    save(order, "state", "handled_at", "ended_at")


def _end_what_was_due(order: LinkageOrder, now: datetime) -> None:
    """The written report says all: who has not reported for duty or fed back by then is not chased any more."""
    cancel_for_subject(subject=order.key, now=now, reason=order.state)
    settle_threads([order.key, order.thread], now)


def _keep_receipt(report: LinkageReport, reach: Reach, receipt: str, now: datetime) -> None:
    said = fit_to_keep(receipt.strip())
    if not said:
        raise Invalid(
            "receipt_missing",
            _("No receipt was recorded: give the centre's number, or who took it, by post."),
            fields={"receipt": [_("Give the centre's number, or who took it, by post.")]},
        )
    done = states.move(
        report, rules.REPORTS, rules.RECEIPT, lambda: _("No receipt was recorded: the report is not sent yet, or its receipt is on record. Reload the page.")
    )  # fmt: skip
    report.receipt, report.receipt_at, report.receipt_by = said, now, reach.user
    report.save(update_fields=["state", "receipt", "receipt_at", "receipt_by"])
    if report.order:
        save(report.order)
    _record(report, done.entry, reach, now, now, {"title": str(report.get_kind_display()), "note": said})


def _check_times(report: LinkageReport, at: datetime | None, now: datetime) -> None:
    order = report.order
    too_late = incident_rules.known_time(at, now) is None
    too_early = bool(at and order and at < order.received_at)
    if too_late or too_early:
        why = (
            _("This time lies in the future.")
            if too_late
            else _("This time lies before the order was received.")
        )
        raise Invalid(
            "time_not_in_order",
            _("Nothing was sent to the centre: %(why)s Correct the time.") % {"why": why},
            fields={"at": [why]},
        )


def _record(
    report: LinkageReport, kind: str, reach: Reach, at: datetime, now: datetime, content: dict[str, Any]
) -> None:
    if report.order:
        record_entry(report.order, kind, reach, at=at, now=now, content=content)
        return
    incident = report.incident
    assert incident is not None
    record_with_clocks(
        kind,
        subject=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=report.post,
        at=at,
        recorded_at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content=content,
    )


def _over(order: LinkageOrder) -> str:
    return _("Nothing was sent on %(number)s: it is “%(state)s”. Reload the page to see where it stands.") % {
        "number": order.number,
        "state": order.get_state_display(),
    }


def _sent_already(report: LinkageReport) -> str:
    return _("Nothing was sent again: the report got through already. Reload the page.")
