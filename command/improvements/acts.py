"""From a verb at a door to its action."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.improvements import actions, queries
from command.improvements.actions import Owner
from command.improvements.choices import ImprovementVerb as V
from command.improvements.models import Improvement
from common.errors import Invalid

#: What each verb takes of what a door hands in.
_TAKES: dict[str, tuple[Callable[..., Improvement], tuple[str, ...]]] = {
    V.REPORT: (actions.report_done, ("report",)),
    V.CONFIRM: (actions.confirm_done, ()),
    V.SEND_BACK: (actions.send_back, ("reason",)),
    V.CHANGE_DATE: (actions.change_date, ("due_date", "reason")),
    V.HAND_ON: (actions.hand_on, ("owner", "reason")),
    V.DROP: (actions.drop_improvement, ("reason",)),
}


def act_on(
    row: Improvement, verb: str, *, reach: Reach, now: datetime, rev: int | None = None, **given: Any
) -> Improvement:
    """`given`: report, reason, due_date, owner as text. Raises Invalid for an owner or a day that is missing."""
    action, takes = _TAKES[verb]
    taken = {name: given[name] for name in takes}
    if "owner" in taken:
        taken["owner"] = owner_of(taken["owner"], row.set_for)
    if "due_date" in taken:
        taken["due_date"] = _day(taken["due_date"])
    return action(improvement_id=row.pk, reach=reach, now=now, rev=rev, **taken)


def owner_of(text: str, unit: Unit) -> Owner:
    found = queries.read_owner(text, unit)
    if found is None:
        raise _missing("owner", _("Choose a post or a person of the list."))
    return found


def _day(given: date | None) -> date:
    if given is None:
        raise _missing("due_date", _("Give a day."))
    return given


def _missing(field: str, sentence: str) -> Invalid:
    return Invalid(
        f"{field}_missing",
        _("Nothing was saved: %(sentence)s") % {"sentence": sentence},
        fields={field: [sentence]},
    )
