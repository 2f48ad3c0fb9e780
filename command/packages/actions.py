"""Sending out what the plan has prepared for a level: one act, one transaction, all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.activation.models import Response
from command.activation.transitions import check_open, check_rev, lock, record_entry
from command.orders import permissions as order_permissions
from command.orders.issuing import Asked, issue_on_locked
from command.orders.models import Order
from command.orders.targets import read_targets
from command.packages import rules
from command.packages.choices import LineKind
from command.packages.models import Package, PackageLine
from command.packages.queries import Ready, ready
from command.packages.rules import SentLine
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.text.personal_data import unsigned_personal_data_in
from plans.document.words import Words

#: A line with the order that came of it.
Sent = tuple[SentLine, Order]


@transaction.atomic
def issue_package(
    *,
    response_id: int,
    reach: Reach,
    level: str,
    lines: Sequence[SentLine],
    left_out: Mapping[str, str],
    now: datetime,
    rev: int | None = None,
) -> Package:
    """Send out a level's package. `left_out`: line or checklist of the plan → why it stays behind.

    Every line of the plan is either sent or left out with its reason. Raises Invalid where that is not so,
    WrongState where the response is not active or nothing is left to send, and whatever one of the orders raises:
    then none of them goes out.
    """
    response = lock(response_id)

    order_permissions.check_can_issue(reach, response.incident)
    check_rev(response, rev)
    check_open(response.incident)
    _check_active(response)
    prepared = ready(response, level, now)
    _check_something(response, prepared)
    lines = rules.matched(lines, ((one.line.id, one.to) for one in prepared.orders))
    _check_every_line(prepared, lines, left_out)
    _check_texts(lines, left_out)

    package = Package.objects.create(
        response=response,
        level=level,
        issued_at=now,
        issued_by=reach.user,
        issuer_post=reach.title_for("order.issue", response.unit_path),
    )
    orders = _issue(response, lines, reach, now)
    PackageLine.objects.bulk_create(_rows(package, prepared, orders, left_out))

    content = {
        "level": level,
        "orders": [order.number for _line, order in orders],
        "checklists": [one.id for one in prepared.checklists if one.id not in left_out],
        "left_out": [{"id": id_, "reason": reason} for id_, reason in left_out.items()],
        "changed": _changed(prepared, orders),
        "missing": [
            {"id": one.line.id, "items": [item.item.id for item in one.missing]}
            for one in prepared.orders
            if one.missing and one.line.id not in left_out
        ],
    }
    record_entry(
        response,
        "package.issued",
        reach,
        at=now,
        subject=package.key,
        post=package.issuer_post,
        content=content,
    )
    crash_point("packages.before_commit")
    return package


def _check_active(response: Response) -> None:
    if not response.is_active:
        raise WrongState(
            "response_not_active",
            _(
                "Nothing was sent out: response %(number)s is “%(state)s”. A package goes out while the response is active."
            )
            % {"number": response.number, "state": response.get_state_display()},
        )


def _check_something(response: Response, prepared: Ready) -> None:
    if not prepared:
        raise WrongState(
            "nothing_prepared",
            _(
                "Nothing was sent out for %(number)s: the plan has prepared nothing more for this level, or it has gone out already. Look at the orders."
            )
            % {"number": response.number},
        )


def _check_every_line(prepared: Ready, lines: Sequence[SentLine], left_out: Mapping[str, str]) -> None:
    orders = [one.line.id for one in prepared.orders]
    lists = [one.id for one in prepared.checklists]
    sent = [line.id for line in lines]
    if wrong := rules.unknown([*orders, *lists], sent, left_out) or rules.twice(sent, left_out):
        raise Invalid(
            "unknown_line",
            _("Nothing was sent out: line %(id)s is not to be sent, or stands twice. Load the package again.")
            % {"id": wrong[0]},
            fields={"orders": [_("There is no such line.")]},
        )
    if missing := rules.unsaid(orders, sent, left_out):
        raise Invalid(
            "line_unsaid",
            _("Nothing was sent out: say of line %(id)s that it goes out, or why it is left out.")
            % {"id": missing[0]},
            fields={"left_out": [_("Say why: %(ids)s") % {"ids": ", ".join(missing)}]},
        )
    if blank := [id_ for id_, reason in left_out.items() if not reason.strip()]:
        raise Invalid(
            "reason_missing",
            _("Nothing was sent out: say why %(id)s is left out.") % {"id": blank[0]},
            fields={"left_out": [_("Say why: %(ids)s") % {"ids": ", ".join(blank)}]},
        )


def _check_texts(lines: Sequence[SentLine], left_out: Mapping[str, str]) -> None:
    for text in (*(line.task for line in lines), *left_out.values()):
        if found := unsigned_personal_data_in(text):
            raise Invalid(
                "personal_data",
                _(
                    "Nothing was sent out: take out what looks like an identity, phone or card number: %(text)s"
                )
                % {"text": found[0].text},
                fields={"orders": [_("This looks like a person's number.")]},
            )


def _issue(response: Response, lines: Sequence[SentLine], reach: Reach, now: datetime) -> list[Sent]:
    targets = read_targets([line.to for line in lines])
    asked = [Asked(targets[line.to], line.task, line.arrive_by) for line in lines]
    orders = issue_on_locked(response.incident, asked, reach=reach, now=now)
    return list(zip(lines, orders, strict=True))


def _rows(
    package: Package, prepared: Ready, orders: Sequence[Sent], left_out: Mapping[str, str]
) -> list[PackageLine]:
    said = {one.line.id: one.line.words for one in prepared.orders}
    lists = {one.id: one.words for one in prepared.checklists}
    rows = [_row(package, LineKind.ORDER, line.id, said, order=order) for line, order in orders]
    rows += [
        _row(package, LineKind.ORDER, id_, said, left_out=reason.strip())
        for id_, reason in left_out.items()
        if id_ in said
    ]
    rows += [
        _row(package, LineKind.CHECKLIST, id_, lists, left_out=left_out.get(id_, "").strip()) for id_ in lists
    ]
    return rows


def _row(package: Package, kind: LineKind, item: str, said: Mapping[str, Words], **more: Any) -> PackageLine:
    words = said.get(item, Words("", ""))
    return PackageLine(
        package=package,
        response_id=package.response_id,
        kind=kind,
        item=item,
        title_zh=words.zh[:300],
        title_en=words.en[:400],
        **more,
    )


def _changed(prepared: Ready, orders: Sequence[Sent]) -> list[str]:
    """Numbers of the orders that are not as the plan has them: another text or recipient, or added by hand."""
    planned = {one.line.id: (one.to, {*one.line.words}) for one in prepared.orders}
    return [
        order.number
        for line, order in orders
        if not line.id or line.to != planned[line.id][0] or line.task not in planned[line.id][1]
    ]
