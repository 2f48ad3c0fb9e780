"""What happens to a unit's own templates. Lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.own_templates.models import OwnTemplate
from command.own_templates.permissions import check_can_keep
from common import revisions
from common.errors import WrongState
from journal.record import record
from resources.transitions import check_unit_open, check_words

_TEXTS = ("name", "task", "checklist")


@transaction.atomic
def add_template(*, reach: Reach, unit: Unit, now: datetime, **given: Any) -> OwnTemplate:
    """Have a task ready at a unit and all below it. `given`: name, task, checklist, minutes, squad."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)

    check_can_keep(reach, unit)
    check_unit_open(unit)
    check_words(**{name: given[name] for name in _TEXTS})
    _check_not_offered(unit, given["name"])

    template = OwnTemplate.objects.create(unit=unit, unit_path=unit.path, added_at=now, **given)

    _record("order_template.added", template, reach, now)
    return template


@transaction.atomic
def change_template(
    *, reach: Reach, template_id: int, now: datetime, rev: int | None = None, **given: Any
) -> OwnTemplate:
    """Replace what it says by its next version. Orders that went out keep what they said."""
    template = _lock(template_id)

    check_can_keep(reach, template.unit)
    _check_offered(template)
    _check_rev(template, rev)
    check_words(**{name: given[name] for name in _TEXTS})
    _check_not_offered(template.unit, given["name"], besides=template)

    changed = [name for name, value in given.items() if getattr(template, name) != value]
    if not changed:
        return template
    for name in changed:
        setattr(template, name, given[name])
    revisions.save(template, *changed)

    _record("order_template.changed", template, reach, now)
    return template


@transaction.atomic
def end_template(*, reach: Reach, template_id: int, now: datetime, rev: int | None = None) -> OwnTemplate:
    """Offer it no longer. A second time changes nothing."""
    template = _lock(template_id)

    check_can_keep(reach, template.unit)
    if not template.is_offered:
        return template
    _check_rev(template, rev)

    template.ended_at = now
    revisions.save(template, "ended_at")

    _record("order_template.ended", template, reach, now)
    return template


def _lock(template_id: int) -> OwnTemplate:
    rows = OwnTemplate.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=template_id)


def _check_offered(template: OwnTemplate) -> None:
    if not template.is_offered:
        raise WrongState(
            "template_ended",
            _("“%(template)s” was not changed: it is no longer offered. Add it anew if it is needed again.")
            % {"template": template},
        )


def _check_rev(template: OwnTemplate, rev: int | None) -> None:
    sentence = _(
        "“%(template)s” was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(template, rev, sentence % {"template": template})


def _check_not_offered(unit: Unit, name: str, besides: OwnTemplate | None = None) -> None:
    twins = OwnTemplate.objects.offered().filter(unit=unit, name=name)
    if besides is not None:
        twins = twins.exclude(pk=besides.pk)
    if twins.exists():
        raise WrongState(
            "template_offered",
            _("Nothing was changed: %(unit)s has a template “%(name)s” already. Change that one instead.")
            % {"name": name, "unit": unit},
        )


def _record(kind: str, template: OwnTemplate, reach: Reach, now: datetime) -> None:
    """With all that it says: a version is read in its entry."""
    record(
        kind,
        subject=template.key,
        unit=template.unit,
        actor=reach.user,
        post=reach.title_for("order_template.keep", template.unit_path),
        at=now,
        content={
            "what": template.name,
            "version": template.rev,
            "task": template.task,
            "checklist": template.checklist_lines,
            "minutes": template.minutes,
            "squad": template.squad,
        },
    )
