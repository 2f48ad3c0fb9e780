"""A step that no room records by an act of its own is noted on the incident, and the plans' clocks follow."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_with_clocks
from common.errors import Invalid, WrongState
from common.text.personal_data import unsigned_personal_data_in
from incidents import permissions, rules
from incidents.checklist.queries import holding_back
from incidents.models import Incident
from incidents.steps.queries import Step, steps_of
from incidents.transitions import lock_incident
from journal.kinds import Kind
from journal.models import Entry
from plans.document.steps import step_label


@transaction.atomic
def note_step(
    *, incident_id: int, reach: Reach, kind: str, now: datetime, at: datetime | None = None, note: str = ""
) -> Entry:
    """Note that a step of the plan happened at `at` (default: now). Its clocks start and stop at that moment.

    Raises Invalid for a step that no plan of this incident names, a moment in the future, or a note that holds
    what looks like somebody's number; WrongState for a step that has to wait for the rescue.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_observe(reach, incident)
    step = step_named(steps_of(incident, now), kind)
    happened = in_order(at, note, now)
    check_not_held_back(incident, step.kind)

    return record_with_clocks(
        step.kind.name,
        subject=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=reach.title_for("incident.observe", incident.unit_path),
        at=happened,
        recorded_at=now,
        level=incident.shown_level,
        plan=step.plan,
        drill=incident.drill,
        content={"note": note.strip()},
    ).entry


def step_named(steps: Iterable[Step], kind: str) -> Step:
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
    if found := unsigned_personal_data_in(note):
        raise _fault("note", _("Take out: %(text)s") % {"text": found[0].text})
    return happened


def check_not_held_back(incident: Incident, kind: Kind) -> None:
    """Rescue first, accountability later (city plan §1.4(2))."""
    if lines := holding_back(incident, kind.name):
        language = get_language()
        named_lines = "; ".join(line.item.words.in_language(language) for line in lines)
        raise WrongState(
            "life_safety_first",
            _(
                "“%(step)s” was not noted on %(number)s: rescue comes before accountability, and these lines are "
                "open: %(lines)s. Mark each as done, or as not needed with the reason."
            )
            % {"step": step_label(kind), "number": incident.number, "lines": named_lines},
            open=[line.item.id for line in lines],
        )


def _fault(field: str, sentence: str) -> Invalid:
    return Invalid(
        "step_not_in_order",
        _("The step was not noted: %(why)s") % {"why": sentence},
        fields={field: [sentence]},
    )
