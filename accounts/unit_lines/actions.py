"""Saying where a unit's duty room is rung, and whom it works under locally. Lock, check, change, record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.permissions import check_holds
from accounts.scope import Reach
from common.errors import Invalid, WrongState
from common.text.personal_data import unsigned_personal_data_in
from journal.keys import key
from journal.record import record


@transaction.atomic
def set_duty_phone(*, reach: Reach, unit_id: int, phone: str, now: datetime) -> Unit:
    """Write down the telephone of a unit's duty room; empty: it has none of its own.

    What was printed or sent keeps the number it went out with. Raises NotAllowed, WrongState for a unit that has ended.
    """
    unit = _lock_unit(reach, unit_id)
    phone = phone.strip()
    # That it changed, not the number: the journal is no place for telephone numbers.
    content = {"had": bool(unit.phone), "has": bool(phone)}
    return _change(unit, {"phone": phone}, reach, now, "unit.duty_phone_set", content)


@transaction.atomic
def set_local_superior(*, reach: Reach, unit_id: int, name: str, phone: str, now: datetime) -> Unit:
    """Write down the local superior of a unit and its telephone; both empty: it has none of its own.

    What was reported keeps the name it went to. Raises as `set_duty_phone`, and Invalid for a telephone of nobody.
    """
    unit = _lock_unit(reach, unit_id)
    name, phone = name.strip(), phone.strip()
    _check_given(name, phone)
    # Whose it is, not the number, as above.
    content = {"from": unit.local_superior, "to": name}
    given = {"local_superior": name, "local_phone": phone}
    return _change(unit, given, reach, now, "unit.local_superior_set", content)


def _lock_unit(reach: Reach, unit_id: int) -> Unit:
    """The unit, for whoever administers it, as long as it has not ended."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
    check_holds(reach, "units.manage", unit.path, _(
        "Nothing was changed: %(unit)s is not among the units you administer. Ask its administrator."
    ) % {"unit": unit})  # fmt: skip
    if unit.valid_to is not None:
        raise WrongState(
            "unit_closed",
            _("Nothing was changed: %(unit)s has ended. Change its successor.") % {"unit": unit},
        )
    return unit


def _check_given(name: str, phone: str) -> None:
    if phone and not name:
        raise Invalid(
            "whose_telephone",
            _("Nothing was changed: say whose telephone it is, or leave both empty."),
            fields={"name": [_("Say whose telephone it is.")]},
        )
    if unsigned_personal_data_in(name):
        raise Invalid(
            "personal_data",
            _("Nothing was changed: this looks like a number of a person. Write the office's name."),
            fields={"name": [_("Write the office's name alone.")]},
        )


def _change(
    unit: Unit, given: Mapping[str, str], reach: Reach, now: datetime, entry: str, content: Mapping[str, Any]
) -> Unit:
    """Write and record it; the same again changes nothing."""
    if all(getattr(unit, field) == value for field, value in given.items()):
        return unit
    for field, value in given.items():
        setattr(unit, field, value)
    unit.save(update_fields=list(given))
    record(
        entry,
        subject=key("unit", unit.pk),
        unit=unit,
        actor=reach.user,
        post=reach.title_for("units.manage", unit.path),
        at=now,
        content={"code": unit.code, **content},
    )
    return unit
