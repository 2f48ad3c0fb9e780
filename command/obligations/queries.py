"""What is owed in a response, by whom, and what this person may do about it."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.activation.models import Response
from command.obligations import permissions
from command.obligations.choices import DutyState
from command.obligations.models import Obligation
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.queries import OpenItem
from plans.document.sections import role_of
from plans.people.holders import Bench


class Duty(NamedTuple):
    """A duty as a page shows it."""

    row: Obligation
    #: Who is responsible: the plan's roles in the reader's language, with the people behind them.
    who: list[str]
    may_settle: bool
    #: Open, and its time limit has passed.
    is_late: bool


def still_owed(response: Response) -> list[Obligation]:
    """What keeps the response from ending."""
    return list(response.obligations.filter(state=DutyState.OPEN))


def duties_of(reach: Reach, response: Response, bench: Bench, now: datetime) -> list[Duty]:
    """Every duty: what is open first, the most urgent at the top (one query beside the bench's own)."""
    rows = list(response.obligations.select_related("plan", "settled_by"))
    found = []
    for row in rows:
        row.response = response
        may = (
            response.is_active and row.is_open and is_allowed(permissions.check_can_settle, reach, row, bench)
        )
        is_late = bool(row.is_open and row.due_at and row.due_at < now)
        found.append(Duty(row, _who(row, bench), may, is_late))
    return sorted(found, key=_urgency)


def get_duty(response: Response, pk: int) -> Obligation:
    """The duty of that response; NotFound if it is none of its."""
    found = response.obligations.filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def _who(row: Obligation, bench: Bench) -> list[str]:
    found = []
    for name in row.roles:
        role = role_of(row.plan.document, name)
        people = "、".join(str(holder.person) for holder in bench.holders(role))
        words = role.words.in_language(get_language())
        found.append(f"{words}（{people}）" if people else words)
    return found or [_("the duty room")]


def _urgency(duty: Duty) -> tuple:
    row = duty.row
    return (not row.is_open, row.due_at is None, row.due_at or row.owed_at, row.pk)


def held_open(incident: Incident) -> list[OpenItem]:
    """What a response of the incident still owes: done, or not needed and why."""
    rows = Obligation.objects.filter(response__incident=incident, state=DutyState.OPEN)
    return [
        OpenItem(
            "obligation",
            f"{row.response.number}/{row.pk}",
            _("Owed by the response: %(what)s") % {"what": row.title},
            reverse("response", args=[row.response.number]),
        )
        for row in rows.select_related("response").order_by("pk")
    ]
