"""Reports that go to the level above over the exchange: handed over as they are marked as sent, and what comes back."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.destruction.again import destroy_again, unkept
from command.report_chain import rules
from command.report_chain.choices import Channel, ReportState, ReportVerb
from command.report_chain.contents.drafting import title_on_paper
from command.report_chain.contents.paper import texts_on_paper
from command.report_chain.models import UpwardDelivery, UpwardReport
from command.report_chain.transitions import bad_field, lock, move, record_entry
from common.revisions import save
from exchange import queries as exchange
from exchange.choices import Kind
from exchange.models import Outgoing, Partner
from exchange.outgoing import hand_over
from exchange.rules import is_called
from journal.keys import pk_of
from journal.record import stamp


def superiors_of(report: UpwardReport) -> list[Partner]:
    """Installations above that it may go to (one query). What is a drill never leaves by itself."""
    return [] if report.drill else exchange.superiors_of(report.unit)


def partner_of(delivery: UpwardDelivery, superiors: list[Partner]) -> Partner | None:
    """The installation that a recipient is; None: it is told another way."""
    names = [name for name in (delivery.title_zh, delivery.title_en) if name]
    return next(
        (partner for partner in superiors if any(is_called(name, partner.names) for name in names)), None
    )


def channels_for(delivery: UpwardDelivery, superiors: list[Partner]) -> list[Channel]:
    """By which ways its text can be sent."""
    has_one = delivery.sent_at is None and partner_of(delivery, superiors) is not None
    return [one for one in Channel if one != Channel.EXCHANGE or has_one]


def pushed(report: UpwardReport) -> dict[str, Outgoing]:
    """Delivery's key → what went over the exchange, with its receipts (one query)."""
    return exchange.sent_about([one.key for one in report.deliveries.all()])


def push(report: UpwardReport, delivery: UpwardDelivery, reach: Reach, now: datetime) -> None:
    """Beside whatever way somebody chose: where the recipient has an installation, it has the text there as well.

    Raises Invalid where somebody chose the exchange for a recipient that has none.
    """
    partner = partner_of(delivery, superiors_of(report))
    if partner is None:
        if delivery.channel == Channel.EXCHANGE and not report.drill:
            raise bad_field(
                "channel",
                "no_exchange_partner",
                _("%(recipient)s has no installation that is in use here. Send it another way and say how.")
                % {"recipient": delivery.title},
            )
        return
    hand_over(
        partner=partner,
        kind=Kind.UPWARD_REPORT,
        unit=report.unit,
        number=report.reference,
        title=title_on_paper(report),
        by=reach.user,
        now=now,
        subject=delivery.key,
        thread=report.incident.key,
        texts=texts_on_paper(report),
        signed={
            # As on the paper: the office, nobody's name.
            "by": f"{report.signed_post.unit.name} {report.signed_post.title}"[:120]
            if report.signed_post
            else "",
            "at": stamp(report.signed_at) if report.signed_at else "",
            "sha256": report.signature,
        },
        post=reach.title_for("incident.manage", report.unit_path),
    )


def page_of(row: Outgoing) -> str:
    """The page of the report that was sent."""
    rows = UpwardDelivery.objects.filter(pk=pk_of(row.subject, "upward_delivery"))
    found = rows.values_list("report__incident__number", "report__n").first()
    return reverse("upward-report", args=found) if found else ""


@transaction.atomic
def note_acknowledged(row: Outgoing, now: datetime) -> None:
    """A person there has it: the report has its receipt. After the certificate of its incident, names stay only where it keeps them."""
    _note_receipt(row, now)
    destroy_again(unkept(pk_of(row.thread, "incident")), now)


def _note_receipt(row: Outgoing, now: datetime) -> None:
    """As if somebody had noted it here. One that was noted by hand stays."""
    delivery = UpwardDelivery.objects.filter(pk=pk_of(row.subject, "upward_delivery")).first()
    if delivery is None:
        return
    report = lock(delivery.report_id)
    delivery = UpwardDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if delivery.received_at is not None or delivery.sent_at is None:
        return

    move(report, ReportVerb.RECEIVE)
    delivery.received_at = max(row.acknowledged_at or now, delivery.sent_at)
    delivery.receiver, delivery.outside_number = row.acknowledged_by[:80], row.receipt_number
    delivery.receipt_at = now
    delivery.save(update_fields=["received_at", "receiver", "outside_number", "receipt_at"])
    if report.state == ReportState.SENT and not report.deliveries.filter(received_at=None).exists():
        move(report, ReportVerb.SETTLE)
    save(report, "state")

    content = {"from": f"{delivery.title_zh} {delivery.receiver}", "outside_number": delivery.outside_number}
    record_entry(
        report,
        rules.RECEIVED,
        None,
        at=delivery.received_at,
        recorded_at=now,
        delivery=delivery,
        content=content,
    )
