"""Saying whom a unit works under locally. Lock, check, change, record."""

from datetime import datetime

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
def set_local_superior(*, reach: Reach, unit_id: int, name: str, phone: str, now: datetime) -> Unit:
    """Write down the local superior of a unit and its telephone; both empty: it has none of its own.

    What was reported keeps the name it went to.
    """
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
    name, phone = name.strip(), phone.strip()

    check_holds(reach, "units.manage", unit.path, _(
        "Nothing was changed: %(unit)s is not among the units you administer. Ask its administrator."
    ) % {"unit": unit})  # fmt: skip
    if unit.valid_to is not None:
        raise WrongState(
            "unit_closed",
            _("Nothing was changed: %(unit)s has ended. Change its successor.") % {"unit": unit},
        )
    _check_given(name, phone)

    if (name, phone) == (unit.local_superior, unit.local_phone):
        return unit
    before, unit.local_superior, unit.local_phone = unit.local_superior, name, phone
    unit.save(update_fields=["local_superior", "local_phone"])

    # Whose it is, not the number: the journal is no place for telephone numbers.
    record(
        "unit.local_superior_set",
        subject=key("unit", unit.pk),
        unit=unit,
        actor=reach.user,
        post=reach.title_for("units.manage", unit.path),
        at=now,
        content={"code": unit.code, "from": before, "to": name},
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
