"""Naming who answers for a unit. Lock, check, change, record."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from common.errors import Invalid
from duty.responsibles import permissions
from duty.responsibles.choices import Part
from duty.responsibles.models import Responsible
from duty.responsibles.queries import current, is_there
from journal.keys import key
from journal.record import record

#: Part → who; None: nobody any more. A part that is not there stays as it is.
Named = Mapping[str, User | None]


@transaction.atomic
def name_responsibles(*, reach: Reach, unit: Unit, named: Named, now: datetime) -> dict[str, Responsible]:
    """Name who answers for the unit; who did before stays on record. Returns who is named now.

    Raises Invalid for somebody without a post at the unit or above it, and for a reporter who is their own stand-in.
    Source: campaign rules (plan 004) §四3.
    """
    list(Unit.objects.filter(pk=unit.pk).select_for_update(no_key=True))
    before = current(unit)

    permissions.check_can_name(reach, unit)
    _check(unit, named, before, now)

    changed = {part: who for part, who in named.items() if _pk(who) != _pk_of(before.get(part))}
    if not changed:
        return before
    Responsible.objects.filter(pk__in=[before[part].pk for part in changed if part in before]).update(
        ended_at=now
    )
    Responsible.objects.bulk_create(
        Responsible(
            unit=unit, unit_path=unit.path, part=part, person=who, named_by=reach.user, named_at=now
        )
        for part, who in changed.items()
        if who is not None
    )  # fmt: skip

    record(
        "responsible.named",
        subject=key("unit", unit.pk),
        unit=unit,
        actor=reach.user,
        post=reach.title_for("responsible.name", unit.path),
        at=now,
        content={"unit": unit.code, **{part: str(who) if who else "" for part, who in changed.items()}},
    )
    return current(unit)


@transaction.atomic
def take_in(*, reach: Reach, lines: Sequence[tuple[Unit, Named]], now: datetime) -> int:
    """The lines of a workbook, all or none. Returns how many units changed."""
    changed = 0
    for unit, named in lines:
        before = {part: row.pk for part, row in current(unit).items()}
        after = name_responsibles(reach=reach, unit=unit, named=named, now=now)
        changed += before != {part: row.pk for part, row in after.items()}
    return changed


def _pk(who: User | None) -> int | None:
    return who.pk if who else None


def _pk_of(row: Responsible | None) -> int | None:
    return row.person_id if row else None


def _check(unit: Unit, named: Named, before: Mapping[str, Responsible], now: datetime) -> None:
    new = {part: who for part, who in named.items() if who and who.pk != _pk_of(before.get(part))}
    for part, who in new.items():
        held = (
            who.appointments.current(now).values_list("post__unit__path", flat=True) if who.is_active else ()
        )
        if not is_there(unit, held):
            sentence = _("%(person)s holds no post at %(unit)s or above it.") % {"person": who, "unit": unit}
            raise _bad(part, "not_there", sentence)
    after = {
        **{part: row.person_id for part, row in before.items()},
        **{part: _pk(who) for part, who in named.items()},
    }
    reporter = after.get(Part.REPORTER)
    if reporter is not None and reporter == after.get(Part.STAND_IN):
        raise _bad(Part.STAND_IN, "own_stand_in", _("Nobody stands in for themself: name somebody else."))


def _bad(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nobody was named: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )
