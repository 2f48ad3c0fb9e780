"""What is handed to a centre that has an address: the row is written with the act, and sent by the engine later."""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.linkage import rules
from command.linkage.choices import DeliveryState, ReportWay
from command.linkage.models import LinkageDelivery, LinkageOrder, LinkageReport
from command.linkage.transitions import record_entry
from common.errors import Invalid
from common.states import move
from common.text.typed import plain


class Centre(NamedTuple):
    """Where the system of a joint command centre takes reports, and the secret that we sign them with."""

    url: str
    secret: str


def centre_of(order: LinkageOrder) -> Centre | None:
    """None: what goes back to it is sent by hand. What is a drill never leaves the bureau by itself."""
    if order.drill:
        return None
    found = {plain(name): given for name, given in settings.LINKAGE_CENTRES.items()}.get(order.centre)
    if not isinstance(found, dict) or not found.get("url") or not found.get("secret"):
        return None
    return Centre(str(found["url"]), str(found["secret"]))


def way_or_usual(order: LinkageOrder, way: str) -> ReportWay:
    """How it is sent where nobody says: by itself where that can be."""
    chosen = ReportWay(way) if way else (ReportWay.AUTO if centre_of(order) else ReportWay.SYSTEM)
    if chosen == ReportWay.AUTO and centre_of(order) is None:
        raise Invalid(
            "centre_without_address",
            _("Nothing was sent to the centre: no address of its system is set up here. Send it by hand and say how."),
            fields={"way": [_("No address of this centre is set up.")]},
        )  # fmt: skip
    return chosen


def queue_duty(order: LinkageOrder, reach: Reach, note: str, now: datetime) -> None:
    """That somebody reported for duty; nothing where the centre has no address."""
    if centre_of(order) is None:
        return
    said = {"text": note, "reported_to": order.checked_in_to, "at": _written(order.checked_in_at)}
    _queue(order, None, reach, {"kind": "report-for-duty", **said}, f"{order.number}/duty", now)


def queue_report(order: LinkageOrder, report: LinkageReport, reach: Reach, now: datetime) -> None:
    """A report, for the first time or again after the centre has refused it."""
    if found := LinkageDelivery.objects.select_for_update().filter(report=report).first():
        _again(order, found, reach, now)
        return
    said = {"text": report.text, "reported_to": order.report_to, "at": _written(report.written_at)}
    key = f"{order.number}/{report.kind}/{report.pk}"
    _queue(order, report, reach, {"kind": str(report.kind), **said}, key, now)


def call_off(order: LinkageOrder, report: LinkageReport | None = None) -> None:
    """Nothing more is sent by itself: of one report, or of the whole order."""
    rows = LinkageDelivery.objects.filter(order=order, state__in=rules.DELIVERIES[rules.CALL_OFF].at)
    rows = rows.filter(report=report) if report else rows
    rows.update(state=DeliveryState.CALLED_OFF)


def _queue(
    order: LinkageOrder,
    report: LinkageReport | None,
    reach: Reach,
    said: dict[str, Any],
    key: str,
    now: datetime,
) -> None:
    body = {
        "reference": key,
        "outside_number": order.outside_number,
        "order": order.number,
        "unit": order.unit.code,
        "unit_name": order.unit.name,
        "post": reach.title_for("incident.view", order.unit_path),
        **said,
    }
    made = LinkageDelivery.objects.create(
        order=order, report=report, idempotency_key=key, body=body, queued_at=now, queued_by=reach.user, next_at=now
    )  # fmt: skip
    _recorded(order, made, reach, now)


def _again(order: LinkageOrder, found: LinkageDelivery, reach: Reach, now: datetime) -> None:
    """Sooner than it would be tried by itself, or once more."""
    if found.state != DeliveryState.QUEUED:
        move(found, rules.DELIVERIES, rules.QUEUE, lambda: _("Nothing was sent again: the centre has it, or it was settled by hand. Reload the page."))  # fmt: skip
    found.next_at, found.queued_by = now, reach.user
    found.save(update_fields=["state", "next_at", "queued_by"])
    _recorded(order, found, reach, now)


def _recorded(order: LinkageOrder, row: LinkageDelivery, reach: Reach, now: datetime) -> None:
    content = {"title": row.title, "text": row.body["text"]}
    record_entry(order, rules.DELIVERIES[rules.QUEUE].entry, reach, at=now, now=now, content=content)


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""
