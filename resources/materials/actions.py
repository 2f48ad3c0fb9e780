"""What happens to the stock. Lock, check, change, record."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Unit, User
from accounts.scope import Reach
from common import revisions
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from incidents.models import Incident
from journal.record import record
from resources.materials import queries, rules
from resources.materials.choices import KitAnswer, Movement
from resources.materials.models import KitCheck, KitCheckLine, Material, MaterialMovement
from resources.permissions import check_can_keep
from resources.transitions import check_unit_open, check_words, record_act

#: More at once is a slip of the finger.
MOST = 100_000


@transaction.atomic
def add_material(
    *,
    reach: Reach,
    unit: Unit,
    name: str,
    measure: str,
    place: str,
    minimum: int,
    now: datetime,
    kit_item: str = "",
    keeper: User | None = None,
    expires_on: date | None = None,
) -> Material:
    """Begin an item of the unit's stock, with nothing of it on hand yet. `kit_item` is "KIT/ITEM" of its plans.

    Without another keeper it is kept by who writes it down.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)

    check_can_keep(reach, unit)
    check_unit_open(unit)
    check_words(name=name, measure=measure, place=place)
    kit, item = _of_kit(unit, kit_item, now)

    material = Material.objects.create(
        unit=unit, unit_path=unit.path, name=name, measure=measure, place=place, minimum=minimum,
        kit=kit, kit_item=item, keeper=keeper or reach.user, expires_on=expires_on, added_at=now,
    )  # fmt: skip

    _record("material.added", material, reach, now)
    return material


@transaction.atomic
def change_material(
    *,
    reach: Reach,
    material_id: int,
    name: str,
    measure: str,
    place: str,
    minimum: int,
    now: datetime,
    kit_item: str = "",
    expires_on: date | None = None,
    rev: int | None = None,
) -> Material:
    """Correct what is written of an item; who changes it keeps it from then on. Its quantity is changed by movements."""
    material = _lock(material_id)

    _check_can_change(reach, material, rev)
    check_words(name=name, measure=measure, place=place)
    kit, item = _of_kit(material.unit, kit_item, now, present=material)

    new = {
        "name": name, "measure": measure, "place": place, "minimum": minimum, "kit": kit, "kit_item": item,
        "expires_on": expires_on, "keeper": reach.user,
    }  # fmt: skip
    changed = [field for field, value in new.items() if getattr(material, field) != value]
    if not changed:
        return material
    for field in changed:
        setattr(material, field, new[field])
    revisions.save(material, *changed)

    _record("material.changed", material, reach, now, fields=changed)
    return material


@transaction.atomic
def move_material(
    *,
    reach: Reach,
    material_id: int,
    verb: str,
    quantity: int,
    now: datetime,
    incident: Incident | None = None,
    squad: str = "",
    note: str = "",
    rev: int | None = None,
) -> MaterialMovement:
    """Write one movement into the ledger. Raises WrongState where there is not so much on hand, or not so much out.

    The item's row is locked: of two who take the last one, the second is told what is left.
    Source: district plan §5.4 (issued and registered by a person named for it).
    """
    material = _lock(material_id)

    _check_can_change(reach, material, rev)
    check_words(note=note, squad=squad)
    _check_said(verb, quantity, incident, squad, note)
    stock = _stock_after(material, verb, quantity)

    material.on_hand, material.out = stock
    revisions.save(material, "on_hand", "out")
    movement = MaterialMovement.objects.create(
        material=material, verb=verb, quantity=quantity, on_hand_after=stock.on_hand, out_after=stock.out,
        at=now, by=reach.user, post=reach.title_for("resource.keep", material.unit_path), incident=incident,
        squad=squad, note=note,
    )  # fmt: skip

    _record(
        "material.moved", material, reach, now, verb=verb, quantity=quantity, on_hand=stock.on_hand, out=stock.out,
        incident=incident.number if incident else "", squad=squad, note=note,
    )  # fmt: skip
    if incident is not None:
        _record_on_incident(movement, incident, reach)
    crash_point("materials.before_commit")
    return movement


@transaction.atomic
def end_material(*, reach: Reach, material_id: int, now: datetime, rev: int | None = None) -> Material:
    """Keep the item no longer. Raises WrongState while any of it is on hand or out. A second time changes nothing."""
    material = _lock(material_id)

    check_can_keep(reach, material.unit)
    if not material.is_kept:
        return material
    _check_rev(material, rev)
    if any(material.stock):
        raise WrongState(
            "stock_left",
            _("%(material)s stays in the ledger: %(on_hand)s on hand, %(out)s out. Write these off first.")
            % {"material": material, "on_hand": material.on_hand, "out": material.out},
        )

    material.ended_at = now
    revisions.save(material, "ended_at")

    _record("material.ended", material, reach, now)
    return material


@transaction.atomic
def check_kit(
    *, reach: Reach, unit: Unit, kit_id: str, answers: dict[str, str], note: str, now: datetime
) -> KitCheck:
    """Put on record that somebody went through a kit: each item there, missing or past its date."""
    check_can_keep(reach, unit)
    kit = queries.kit_named(unit, kit_id, now)
    check_words(note=note)
    wanted = {item.id for item in kit.items}
    if set(answers) != wanted or not set(answers.values()) <= set(KitAnswer.values):
        raise Invalid(
            "kit_not_answered",
            _("The check was not kept: say of each item of the kit whether it is there."),
            fields={item: [_("Say whether it is there.")] for item in sorted(wanted - set(answers))},
        )

    check = KitCheck.objects.create(
        unit=unit, unit_path=unit.path, kit=kit.id, title_zh=kit.words.zh[:80], title_en=kit.words.en[:120],
        at=now, by=reach.user, post=reach.title_for("resource.keep", unit.path), note=note,
    )  # fmt: skip
    KitCheckLine.objects.bulk_create(
        KitCheckLine(check_of=check, kit_item=item.id, answer=answers[item.id]) for item in kit.items
    )

    lacking = sum(answer != KitAnswer.THERE for answer in answers.values())
    record_act(
        "kit.checked", reach, subject=check.key, unit=unit, now=now,
        title_zh=check.title_zh, title_en=check.title_en, items=len(answers), lacking=lacking, note=note,
    )  # fmt: skip
    return check


def _lock(material_id: int) -> Material:
    rows = Material.objects.select_for_update(of=("self",)).select_related("unit", "keeper")
    return rows.get(pk=material_id)


def _check_can_change(reach: Reach, material: Material, rev: int | None) -> None:
    check_can_keep(reach, material.unit)
    if not material.is_kept:
        raise WrongState(
            "material_ended",
            _("%(material)s was not changed: it is no longer kept. Add it anew.") % {"material": material},
        )
    _check_rev(material, rev)


def _check_rev(material: Material, rev: int | None) -> None:
    sentence = _(
        "%(material)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(material, rev, sentence % {"material": material})


def _of_kit(unit: Unit, kit_item: str, now: datetime, present: Material | None = None) -> tuple[str, str]:
    if not kit_item:
        return "", ""
    kit_id, _slash, item_id = kit_item.partition("/")
    known = {(kit.id, item.id) for kit in queries.kits_at(unit, now) for item in kit.items}
    if present is not None:
        known.add((present.kit, present.kit_item))
    if (kit_id, item_id) not in known:
        raise Invalid(
            "unknown_kit_item",
            _("Nothing was changed: no plan of %(unit)s has this item in a kit. Choose one of the list.")
            % {"unit": unit},
            fields={"kit_item": [_("Choose one of the list.")]},
        )
    return kit_id, item_id


def _check_said(verb: str, quantity: int, incident: Incident | None, squad: str, note: str) -> None:
    if not 1 <= quantity <= MOST:
        raise Invalid(
            "quantity_not_in_order",
            _("Nothing was moved: give a number from 1 to %(most)s.") % {"most": MOST},
            fields={"quantity": [_("Give a number from 1 to %(most)s.") % {"most": MOST}]},
        )
    is_said = bool(note) if verb == Movement.WRITTEN_OFF else bool(incident or squad or note)
    if verb in rules.NEEDS_NOTE and not is_said:
        raise Invalid(
            "note_missing",
            _("Nothing was moved: say for what or to whom it was issued, or why it is written off."),
            fields={"note": [_("Say it in a few words.")]},
        )


def _stock_after(material: Material, verb: str, quantity: int) -> rules.Stock:
    stock = rules.after(material.stock, verb, quantity)
    if stock is None:
        raise WrongState(
            "not_so_much",
            _(
                "Nothing of %(material)s was moved: %(on_hand)s %(measure)s are on hand, %(out)s out. Correct the number."
            )
            % {
                "material": material,
                "on_hand": material.on_hand,
                "out": material.out,
                "measure": material.measure,
            },
            on_hand=material.on_hand,
            out=material.out,
        )
    return stock


def _record_on_incident(movement: MaterialMovement, incident: Incident, reach: Reach) -> None:
    """What left the store, or came back, stands in the incident's own record as well."""
    material = movement.material
    words = {
        name: f"{_label(movement.verb, language)} {movement.quantity} {material.measure}"
        for name, language in (("title_zh", "zh-hans"), ("title_en", "en"))
    }
    record(
        "material.used",
        subject=material.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=movement.post,
        at=movement.at,
        drill=incident.drill,
        content={**words, "what": material.name, "note": movement.note},
    )


def _label(verb: str, language: str) -> str:
    with override(language):
        return str(Movement(verb).label)


def _record(kind: str, material: Material, reach: Reach, now: datetime, **more: Any) -> None:
    record_act(
        kind, reach, subject=material.key, unit=material.unit, now=now, what=material.name, **more
    )  # fmt: skip
