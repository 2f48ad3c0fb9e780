"""How a report reaches the level above: by telephone first, then the signed text, then the receipt.

Source: linkage plan §4.2 (by telephone and fax at once, in writing when it is over). The last delivery ends the clock
of the plan for this kind of report; where the plan asks for one a day, it starts the next.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_thread
from command.report_chain import exchanged, permissions, rules
from command.report_chain.choices import Channel, ReportKind, ReportState, ReportVerb
from command.report_chain.models import UpwardReport
from command.report_chain.transitions import (
    bad_field,
    check_rev,
    check_said,
    check_words,
    deliveries_named,
    lock,
    move,
    record_entry,
)
from common.failpoints import crash_point
from common.revisions import save
from incidents.rules import known_time
from plans.document.reporting import chain_at
from plans.document.sections import clocks_of

_OFFICE = 80


@transaction.atomic
def record_telephone_report(
    *,
    report_id: int,
    reach: Reach,
    told_whom: str,
    now: datetime,
    recipient: str = "",
    at: datetime | None = None,
    rev: int | None = None,
) -> UpwardReport:
    """Record that a recipient was told by telephone first: who told whom, and when. The text comes later.

    `recipient` is the plan's role or the name on paper; empty: everybody not telephoned yet. `at` is when it was.
    """
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.PHONE)
    whom = check_said("told_whom", told_whom, _OFFICE)
    happened = _not_ahead(at, now)
    waiting = report.deliveries.filter(phoned_at=None, sent_at=None)
    meant = deliveries_named(report, recipient, waiting)

    for delivery in meant:
        delivery.phoned_at, delivery.phoned_by, delivery.told_whom = happened, reach.user, whom
        delivery.facts = report.facts
        delivery.save(update_fields=["phoned_at", "phoned_by", "told_whom", "facts"])
    save(report)

    for delivery in meant:
        record_entry(
            report,
            rules.PHONED,
            reach,
            at=happened,
            recorded_at=now,
            delivery=delivery,
            content={"to": f"{delivery.title_zh} {whom}"},
        )
    return report


@transaction.atomic
def send_report(
    *,
    report_id: int,
    reach: Reach,
    channel: str,
    now: datetime,
    recipient: str = "",
    rev: int | None = None,
) -> UpwardReport:
    """Record that the signed text went to a recipient (empty: to all who do not have it). The last one ends the plan's
    clock: "sent" means that everybody named in it has it."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.DELIVER)
    if channel not in Channel.values:
        raise bad_field("channel", "unknown_channel", _("Choose by which way the text was sent."))
    meant = deliveries_named(report, recipient, report.deliveries.filter(sent_at=None))

    for delivery in meant:
        delivery.sent_at, delivery.sent_by, delivery.channel = now, reach.user, channel
        recorded = record_entry(
            report, rules.DELIVERED, reach, at=now, delivery=delivery,
            content={"to": delivery.title_zh, "channel": channel},
        )  # fmt: skip
        due = [clock.due_at for clock in recorded.clocks if clock.due_at and clock.subject == delivery.key]
        delivery.receipt_due_at = min(due, default=None)
        delivery.save(update_fields=["sent_at", "sent_by", "channel", "receipt_due_at"])
        exchanged.push(report, delivery, reach, now)

    _record_lines(report, {delivery.line for delivery in meant}, reach, now)
    is_last = not report.deliveries.filter(sent_at=None).exists()
    if is_last:
        move(report, ReportVerb.COMPLETE)
        report.sent_at = now
    save(report, "state", "sent_at")
    if is_last:
        _record_sent(report, reach, now)
    crash_point("reports.before_send_commit")
    return report


@transaction.atomic
def record_receipt(
    *,
    report_id: int,
    reach: Reach,
    receiver: str,
    now: datetime,
    recipient: str = "",
    outside_number: str = "",
    at: datetime | None = None,
    rev: int | None = None,
) -> UpwardReport:
    """Record a recipient's receipt: who received it, when, and under which number it is kept there."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.RECEIVE)
    who = check_said("receiver", receiver, _OFFICE)
    check_words({"outside_number": outside_number}, 60)
    waiting = list(report.deliveries.filter(sent_at__isnull=False, received_at=None))
    (delivery, *others) = deliveries_named(report, recipient, waiting)
    if others:
        raise bad_field(
            "recipient", "which_recipient", _("Say whose receipt it is: several wait for theirs.")
        )
    happened = _not_ahead(at, now)
    if delivery.sent_at and happened < delivery.sent_at:
        raise bad_field("at", "before_it_was_sent", _("It was received before it was sent. Check the time."))

    delivery.received_at, delivery.receiver, delivery.outside_number = happened, who, outside_number.strip()
    delivery.receipt_at, delivery.receipt_by = now, reach.user
    delivery.save(update_fields=["received_at", "receiver", "outside_number", "receipt_at", "receipt_by"])
    if report.state == ReportState.SENT and not report.deliveries.filter(received_at=None).exists():
        move(report, ReportVerb.SETTLE)
    save(report, "state")

    content = {"from": f"{delivery.title_zh} {who}", "outside_number": delivery.outside_number}
    record_entry(
        report, rules.RECEIVED, reach, at=happened, recorded_at=now, delivery=delivery, content=content
    )
    return report


def _record_lines(report: UpwardReport, touched: set[str], reach: Reach, now: datetime) -> None:
    """Where it goes to both lines: which of them has it now, each for a clock of its own."""
    rows = list(report.deliveries.all())
    if len({one.line for one in rows}) == 1:
        return
    for line, entry in rules.LINE_ENTRIES.items():
        mine = [one for one in rows if one.line == line]
        if line in touched and all(one.sent_at for one in mine):
            record_entry(
                report, entry, reach, at=now, content={"to": "、".join(one.title_zh for one in mine)}
            )


def _not_ahead(at: datetime | None, now: datetime) -> datetime:
    happened = known_time(at, now)
    if happened is None:
        raise bad_field("at", "in_the_future", _("This time lies in the future."))
    return happened


def _record_sent(report: UpwardReport, reach: Reach, now: datetime) -> None:
    """Everybody has it: the plan's clock of this kind of report stops, and the next day's starts; none after the last."""
    chain = chain_at(report.incident.plan.document, report.incident.shown_level)
    entry = rules.SENT_ENTRIES[ReportKind(report.kind)]
    if report.kind == ReportKind.FINAL:
        cancel_for_thread(
            thread=report.incident.key,
            now=now,
            reason=report.kind,
            started_by=[*rules.SENT_ENTRIES.values(), *rules.LINE_ENTRIES.values()],
        )
    deadlines = {
        clock.id: rules.daily_due(now, chain.daily)
        for clock in clocks_of(report.incident.plan.document)
        if chain and chain.daily and clock.start == entry and clock.duration == "given"
    }
    record_entry(report, entry, reach, at=now, deadlines=deadlines)
