"""Who may leave a voice note. Who may hear it: whoever may see the incident (incidents.queries.get_incident)."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed, WrongState
from incidents.models import Incident


def check_can_leave(reach: Reach, incident: Incident) -> None:
    """Who raised the alarm, while it is open; never in a drill, whose voices nobody needs."""
    if not settings.VOICE_NOTES:
        raise WrongState(
            "voice_notes_off",
            _("The voice note was not taken: this bureau takes none. The alarm stands; say it by telephone."),
        )
    if incident.reported_by_id != reach.user.pk:
        raise NotAllowed(
            "not_your_alarm",
            _(
                "The voice note was not taken: only who raised %(number)s adds one. Add an observation instead."
            )
            % {"number": incident.number},
        )
    if incident.drill or not incident.is_open:
        raise WrongState(
            "incident_not_open",
            _("The voice note was not taken: %(number)s is no longer open, or a drill.")
            % {"number": incident.number},
        )
