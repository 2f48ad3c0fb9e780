"""What happens to codes shown at a place, and what is done by typing one."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in import throttles
from command.orders import rules as order_rules
from command.orders.actions import move_order, wrong_state
from command.orders.choices import OrderState, OrderVerb
from command.orders.models import Order
from command.place_codes import alerts, permissions, rules
from command.place_codes.models import PlaceCode
from common.dates.time_format import written
from common.errors import Invalid, Refused, WrongState
from common.revisions import check_rev
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.transitions import check_open, lock_incident, record_entry


class TooManyTries(Refused):
    status = 429


@transaction.atomic
def show_code(*, incident_id: int, reach: Reach, now: datetime, place: str = "") -> PlaceCode:
    """Make a code for a place of the incident (its own where none is said); one that was shown there ends."""
    incident = lock_incident(incident_id)

    permissions.check_can_show(reach, incident)
    check_open(incident, _("No code is shown: %(number)s is no longer open."))
    where = fit_to_keep(place.strip()) or incident.place

    _end(PlaceCode.objects.filter(incident=incident, place=where, ended_at=None), reach, now)
    code = PlaceCode.objects.create(
        incident=incident,
        place=where,
        issued_at=now,
        issued_by=reach.user,
        post=reach.title_for("incident.observe", incident.unit_path),
        expires_at=now + rules.LASTS,
    )
    _record(incident, "place_code.shown", reach, now, code)
    return code


@transaction.atomic
def withdraw_code(*, incident_id: int, code_id: int, reach: Reach, now: datetime) -> PlaceCode:
    """Make it useless. Raises WrongState where it has been already."""
    incident = lock_incident(incident_id)
    code = PlaceCode.objects.get(pk=code_id, incident=incident)

    permissions.check_can_show(reach, incident)
    if not _end(PlaceCode.objects.filter(pk=code.pk, ended_at=None), reach, now):
        raise WrongState(
            "wrong_state", _("Nothing was changed: this code has been renewed or withdrawn already.")
        )
    _record(incident, "place_code.withdrawn", reach, now, code)
    return code


def confirm_by_code(
    *, order_id: int, reach: Reach, code: str, now: datetime, rev: int | None = None, by_link: bool = False
) -> Order:
    """Record the arrival, and its confirmation by the code that is shown there.

    Raises Invalid for a wrong code, which counts, and TooManyTries after five within five minutes; then the
    duty room is told.
    """
    order = (
        Order.objects.select_related("incident__plan", "incident__unit", "unit", "target_unit")
        .prefetch_related("steps")
        .get(pk=order_id)
    )
    permissions.check_can_type(reach, order)
    if order.state not in order_rules.CODE_AT:
        raise WrongState("wrong_state", wrong_state(order))
    check_rev(order, rev, _("Order %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat.") % {"number": order.number})  # fmt: skip

    attempt = _begin(order, now)
    found = _matching(order.incident, code, now)
    if found is None:
        attempt.wrong()
        throttles.after_request(lambda: _note_wrong(order, reach, now))
        raise Invalid(
            "wrong_place_code",
            _("The arrival was not confirmed: this is not the code shown at the place, or it has expired. Read it again, or have it renewed."),
            fields={"code": [_("Not the code that is shown at the place.")]},
        )  # fmt: skip
    attempt.right()
    return _arrive(order, found, reach, now, rev, by_link)


@transaction.atomic
def _arrive(
    order: Order, found: PlaceCode, reach: Reach, now: datetime, rev: int | None, by_link: bool
) -> Order:
    if order.state == OrderState.UNDER_WAY:
        move_order(order_id=order.pk, reach=reach, verb=OrderVerb.ARRIVE, now=now, rev=rev, by_link=by_link)
        rev = None
    return move_order(
        order_id=order.pk, reach=reach, verb=OrderVerb.CONFIRM_ARRIVAL, now=now, rev=rev, by_link=by_link,
        place=found.place,
    )  # fmt: skip


def _begin(order: Order, now: datetime) -> throttles.Attempt:
    try:
        return throttles.begin([_limit(order)], now=now)
    except throttles.TooMany as too_many:
        raise TooManyTries(
            "too_many",
            _(
                "The arrival was not confirmed: too many wrong codes were typed. Try again after %(time)s, or telephone the duty room; it has been told."
            )
            % {"time": written(too_many.until, "%H:%M")},
        ) from None


def _limit(order: Order) -> throttles.Limit:
    return throttles.Limit(f"place-code:{order.pk}", rules.WRONG_TRIES)


def _matching(incident: Incident, text: str, now: datetime) -> PlaceCode | None:
    """Every code is compared, whichever fits."""
    typed, found = rules.typed_code(text), None
    for one in PlaceCode.objects.live(now).filter(incident=incident):
        if constant_time_compare(rules.code_of(one.seed), typed):
            found = one
    return found


@transaction.atomic
def _note_wrong(order: Order, reach: Reach, now: datetime) -> None:
    """Count it where the code is shown; tell the duty room once when it was one too many."""
    PlaceCode.objects.live(now).filter(incident=order.incident).update(wrong_tries=F("wrong_tries") + 1)
    record_entry(
        order.incident, "place_code.wrong", reach, at=now, level=order.incident.shown_level,
        content={"order": order.number},
    )  # fmt: skip
    try:
        throttles.check([_limit(order)], now=now)
    except throttles.TooMany:
        alerts.tell_duty_room(order, now=now)


def _end(rows: QuerySet[PlaceCode], reach: Reach, now: datetime) -> int:
    return rows.update(ended_at=now, ended_by=reach.user)


def _record(incident: Incident, kind: str, reach: Reach, now: datetime, code: PlaceCode) -> None:
    record_entry(incident, kind, reach, at=now, level=incident.shown_level, content={"place": code.place})
