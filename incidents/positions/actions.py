"""Putting the position of an incident right. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid
from common.revisions import save
from common.text.personal_data import unsigned_personal_data_in
from incidents import permissions
from incidents.models import FormerPosition, Incident
from incidents.reporting.actions import POSITION, Position, place_at
from incidents.transitions import check_open, check_rev, lock_incident, record_entry


@transaction.atomic
def correct_position(
    *, incident_id: int, reach: Reach, position: Position, reason: str, now: datetime, rev: int | None = None
) -> Incident:
    """Say where an open incident really is. The former position stays to be read; nothing is converted.

    Raises NotAllowed, Stale, WrongState where it is no longer open, Invalid without a reason, for a reason that holds
    what looks like somebody's number, or where it is the position it has.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_manage(reach, incident)
    check_rev(incident, rev)
    check_open(incident, _("The position of %(number)s was not changed: the incident is no longer open."))
    said = _checked(incident, position, reason.strip())

    FormerPosition.objects.create(
        incident=incident, corrected_at=now, corrected_by=reach.user, reason=said,
        **{name: getattr(incident, name) for name in POSITION},
    )  # fmt: skip
    before = incident.crs
    place_at(incident, position)
    save(incident, *POSITION)

    # Not the figures: they are destroyed with the incident's own, and the journal keeps everything.
    content = {"reason": said, "crs_before": before, "crs": position.crs}
    record_entry(incident, "incident.position_corrected", reach, at=now, content=content)
    return incident


def _checked(incident: Incident, position: Position, reason: str) -> str:
    if not reason:
        raise _fault("reason", _("Say why it is put right, and how you know."))
    if found := unsigned_personal_data_in(reason):
        raise _fault("reason", _("Take out: %(text)s") % {"text": found[0].text})
    same = all(getattr(incident, name) == getattr(position, name) for name in POSITION)
    if same:
        raise _fault("latitude", _("This is the position it has already."))
    return reason


def _fault(field: str, sentence: str) -> Invalid:
    return Invalid(
        "position_not_corrected",
        _("The position was not changed: %(why)s") % {"why": sentence},
        fields={field: [sentence]},
    )
