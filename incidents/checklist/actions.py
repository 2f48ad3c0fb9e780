"""A line of the checklist is done, or found not needed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid
from common.text.personal_data import unsigned_personal_data_in
from incidents import permissions
from incidents.checklist.queries import line_of
from incidents.choices import MarkOutcome
from incidents.models import ChecklistMark, Incident
from incidents.transitions import lock_incident, record_entry
from plans.document.life_safety import LIFE_IDS, LifeLine


@transaction.atomic
def mark_item(
    *, incident_id: int, reach: Reach, item: str, outcome: str, now: datetime, note: str = ""
) -> ChecklistMark:
    """Mark a line as done or not needed. A second mark of the same line changes nothing.

    Raises Invalid for a line that is not on this incident's list, and for "not needed" without a reason where a
    life, or a step that waits, hangs on the line.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_mark_checklist(reach, incident)
    line = _line(incident, item)
    check_answer(incident, line, outcome, note)

    if found := incident.checklist_marks.filter(item__in=line.ids).first():
        return found
    return keep_mark(incident, reach, line.item.id, outcome, note.strip(), now)


def keep_mark(
    incident: Incident, reach: Reach, item: str, outcome: str, note: str, now: datetime, **more: Any
) -> ChecklistMark:
    """Keep the mark and record it. The caller has locked the incident and knows that there is none yet."""
    mark = incident.checklist_marks.create(item=item, outcome=outcome, note=note, at=now, by=reach.user)
    content = {"item": item, "outcome": outcome, "note": note, **more}
    record_entry(incident, "incident.checked", reach, at=now, content=content)
    return mark


def ask_again(incident: Incident) -> list[str]:
    """A danger that begins opens the life lines once found not needed; the journal keeps that they were. Their ids."""
    marks = incident.checklist_marks.filter(item__in=LIFE_IDS, outcome=MarkOutcome.NOT_NEEDED)
    items = sorted(marks.values_list("item", flat=True))
    if items:
        marks.delete()
    return items


def check_answer(incident: Incident, line: LifeLine, outcome: str, note: str) -> None:
    if outcome == MarkOutcome.NOT_NEEDED and line.asks_why and not note.strip():
        raise _refused(incident, "note", _("Say why this line is not needed: a life may hang on it."))
    if found := unsigned_personal_data_in(note):
        raise _refused(incident, "note", _("Take out: %(text)s") % {"text": found[0].text})


def _line(incident: Incident, item: str) -> LifeLine:
    if line := line_of(incident, item):
        return line
    raise _refused(incident, "item", _("There is no such line on its checklist. Load the page again."))


def _refused(incident: Incident, field: str, why: str) -> Invalid:
    return Invalid(
        "checklist_not_in_order",
        _("Nothing was marked on %(number)s: %(why)s") % {"number": incident.number, "why": why},
        fields={field: [why]},
    )
