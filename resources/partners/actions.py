"""What happens to the directory of partners. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common import revisions
from common.errors import WrongState
from resources.partners.models import Partner
from resources.permissions import check_can_keep
from resources.transitions import check_unit_open, check_words, record_act


@transaction.atomic
def add_partner(
    *, reach: Reach, unit: Unit, kind: str, name: str, phone: str, note: str, now: datetime
) -> Partner:
    """Put an agency on the list of a unit: it serves that unit and all below it."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)

    check_can_keep(reach, unit)
    check_unit_open(unit)
    check_words(name=name, note=note)
    _check_not_listed(unit, kind, name)

    partner = Partner.objects.create(
        unit=unit, unit_path=unit.path, kind=kind, name=name, phone=phone, note=note, added_at=now
    )

    _record("partner.added", partner, reach, now)
    return partner


@transaction.atomic
def change_partner(
    *,
    reach: Reach,
    partner_id: int,
    kind: str,
    name: str,
    phone: str,
    note: str,
    now: datetime,
    rev: int | None = None,
) -> Partner:
    """Correct what is written of it. Another number has to be checked anew."""
    partner = _lock(partner_id)

    _check_can_change(reach, partner, rev)
    check_words(name=name, note=note)
    _check_not_listed(partner.unit, kind, name, besides=partner)

    new = {"kind": kind, "name": name, "phone": phone, "note": note}
    changed = [field for field, value in new.items() if getattr(partner, field) != value]
    if not changed:
        return partner
    for field in changed:
        setattr(partner, field, new[field])
    if "phone" in changed:
        partner.checked_at = partner.checked_by = None
    revisions.save(partner, *changed, "checked_at", "checked_by")

    # Which fields, not what they held: the journal is no place for telephone numbers.
    _record("partner.changed", partner, reach, now, fields=changed)
    return partner


@transaction.atomic
def check_partner(*, reach: Reach, partner_id: int, now: datetime, rev: int | None = None) -> Partner:
    """Put on record that its number was rung and the agency answered."""
    partner = _lock(partner_id)

    _check_can_change(reach, partner, rev)

    partner.checked_at, partner.checked_by = now, reach.user
    revisions.save(partner, "checked_at", "checked_by")

    _record("partner.checked", partner, reach, now)
    return partner


@transaction.atomic
def end_partner(*, reach: Reach, partner_id: int, now: datetime, rev: int | None = None) -> Partner:
    """Take it off the list. What was handed over to it stays. A second time changes nothing."""
    partner = _lock(partner_id)

    check_can_keep(reach, partner.unit)
    if not partner.is_listed:
        return partner
    _check_rev(partner, rev)

    partner.ended_at = now
    revisions.save(partner, "ended_at")

    _record("partner.ended", partner, reach, now)
    return partner


def _lock(partner_id: int) -> Partner:
    rows = Partner.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=partner_id)


def _check_can_change(reach: Reach, partner: Partner, rev: int | None) -> None:
    check_can_keep(reach, partner.unit)
    if not partner.is_listed:
        raise WrongState(
            "partner_ended",
            _("%(partner)s was not changed: it is off the list. Add it anew if it serves again.")
            % {"partner": partner},
        )
    _check_rev(partner, rev)


def _check_rev(partner: Partner, rev: int | None) -> None:
    sentence = _(
        "%(partner)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(partner, rev, sentence % {"partner": partner})


def _check_not_listed(unit: Unit, kind: str, name: str, besides: Partner | None = None) -> None:
    twins = Partner.objects.listed().filter(unit=unit, kind=kind, name=name)
    if besides is not None:
        twins = twins.exclude(pk=besides.pk)
    if twins.exists():
        raise WrongState(
            "partner_listed",
            _("Nothing was changed: %(name)s is on the list of %(unit)s already. Change that line instead.")
            % {"name": name, "unit": unit},
        )


def _record(kind: str, partner: Partner, reach: Reach, now: datetime, **more: object) -> None:
    record_act(
        kind, reach, subject=partner.key, unit=partner.unit, now=now,
        what=partner.name, partner=partner.kind, **more,
    )  # fmt: skip
