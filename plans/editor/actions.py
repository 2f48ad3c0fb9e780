"""An edited plan is saved as a new draft: its text changed in place, under the next number. Lock, check, change."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Invalid, Stale
from plans.editor.changes import Change, Put
from plans.editor.text import NotInPlace, changed_text
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import Plan, PlanVersion
from plans.lifecycle.permissions import check_can_manage
from plans.versions.actions import check_reason
from plans.versions.queries import newest_number


@transaction.atomic
def save_draft(
    *, version_id: int, changes: Iterable[Change], seen: int, reason: str, actor: User, now: datetime
) -> PlanVersion:
    """Save the changes of a version as a new draft of its plan.

    `seen` is the newest version when the editor opened the form. Raises Stale if somebody has saved another one
    since; Invalid with every problem if the changed plan does not hold together; Invalid if nothing changed.
    """
    version = PlanVersion.objects.select_related("plan__owner_unit", "text").get(pk=version_id)
    Plan.objects.select_for_update(of=("self",)).get(pk=version.plan_id)

    check_can_manage(actor, version.plan.owner_unit, now)
    said = check_reason(reason, _("The plan was not saved."))
    newest = newest_number(version)
    if newest != seen:
        raise _overtaken(version, newest)
    steps = list(changes)
    if not steps:
        raise Invalid(
            "nothing_changed",
            _("The plan was not saved: nothing was changed. Change something, or leave the page."),
        )

    text = _text(version, [*steps, Put(("version",), newest + 1)])
    return load_plan(text=text, actor=actor, now=now, owner=version.plan.owner_unit, reason=said)


def _text(version: PlanVersion, steps: list[Change]) -> str:
    try:
        return changed_text(version.text.source, steps)
    except NotInPlace as fault:
        raise Invalid(
            "not_in_place",
            _(
                "The plan was not saved: its text is laid out in a way that this form cannot change. Change the "
                "text itself and load it as a new version."
            ),
        ) from fault


def _overtaken(version: PlanVersion, newest: int) -> Stale:
    return Stale(
        "plan_edited_meanwhile",
        _(
            "The plan was not saved: version %(newest)s was saved while you were editing. What you typed is still "
            "here. Look at the difference, then save your changes on top of it."
        )
        % {"newest": newest},
        newest=newest,
    )
