"""A step that no room records by an act of its own is noted on the incident, and the plans' clocks follow."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid
from common.text import personal_data_in
from incidents import permissions, rules
from incidents.ground import lock_incident
from incidents.steps.queries import Step, steps_of
from journal.models import Entry
from journal.record import record


@transaction.atomic
def note_step(
    *, incident_id: int, reach: Reach, kind: str, now: datetime, at: datetime | None = None, note: str = ""
) -> Entry:
    """Note that a step of the plan happened at `at` (default: now). Its clocks start and stop at that moment.

    Raises Invalid for a step that no plan of this incident names, a moment in the future, or a note that holds
    what looks like somebody's number.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_observe(reach, incident)
    step = named(steps_of(incident, now), kind)
    happened = in_order(at, note, now)

    post = reach.post_for("incident.observe", incident.unit_path) or next(iter(reach.posts), None)
    return record(
        step.kind.name,
        subject=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=post.title if post else "",
        at=happened,
        recorded_at=now,
        level=incident.shown_level,
        plan=step.plan,
        drill=incident.drill,
        content={"note": note.strip()},
    )


def named(steps: Iterable[Step], kind: str) -> Step:
    """The step of that kind. Raises Invalid where it is not among them."""
    for step in steps:
        if step.kind.name == kind:
            return step
    raise _fault("kind", _("No plan of this incident has this step now. Choose one of the list."))


def in_order(at: datetime | None, note: str, now: datetime) -> datetime:
    """When the step happened. Raises Invalid for a moment in the future or a note that holds somebody's number."""
    happened = rules.known_time(at, now)
    if happened is None:
        raise _fault("at", _("This time lies in the future."))
    if found := personal_data_in(note):
        raise _fault("note", _("Take out: %(text)s") % {"text": found[0].text})
    return happened


def _fault(field: str, sentence: str) -> Invalid:
    return Invalid(
        "step_not_in_order",
        _("The step was not noted: %(why)s") % {"why": sentence},
        fields={field: [sentence]},
    )
