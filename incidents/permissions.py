"""Who may do what with an incident. Each check raises with the reason; buttons and API derive from it."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed
from incidents import rules
from incidents.models import Incident, IncidentGroupPermission, IncidentUserPermission


def check_can_report(reach: Reach, unit: Unit) -> None:
    """Any member of staff reports for own units, what lies below them, and the units above (§4.1).

    A village informant who stands in the county's hall must be able to raise the alarm there.
    """
    below = reach.holds("incident.report", unit.path)
    above = any(path.startswith(unit.path) for path in reach.paths("incident.report"))
    if not (below or above):
        raise not_your_unit(unit.code)


def not_your_unit(code: str) -> NotAllowed:
    """Of a unit elsewhere, and of one that there is not, alike."""
    return NotAllowed(
        "not_your_unit",
        _(
            "The incident was not recorded: there is no unit %(code)s among yours, those below and those above. Choose your own unit, or phone the duty room."
        )
        % {"code": code},
    )


def check_can_observe(reach: Reach, incident: Incident) -> None:
    """Who manages or sees it by post, who reported it, and squads sent there."""
    if reach.holds("incident.observe", incident.unit_path) or incident.reported_by_id == reach.user.pk:
        return
    if not _is_granted(reach, incident, "observe_incident"):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was added to %(number)s: you may read this incident but not add to it. Phone its duty room."
            )
            % {"number": incident.number},
        )


def check_can_add_observation(reach: Reach, incident: Incident) -> None:
    """They, and who came in by emergency access: what is seen at night must not be lost, and a danger to life is raised
    by it. Steps, evidence, offers to people are not theirs."""
    if not reach.has_opened(incident.key):
        check_can_observe(reach, incident)


def check_can_manage(reach: Reach, incident: Incident) -> None:
    """Take over, correct, link."""
    if not reach.holds("incident.manage", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed on %(number)s: this is done by the duty room or a leader of its unit. Phone them."
            )
            % {"number": incident.number},
        )


def check_can_share(reach: Reach, incident: Incident) -> None:
    """Show it to a unit or a person outside the scope, and take that back."""
    if not reach.holds("incident.share", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed on %(number)s: this is done by the duty room or a leader of its unit. Phone them."
            )
            % {"number": incident.number},
        )


def check_can_mark_checklist(reach: Reach, incident: Incident) -> None:
    """Whoever is on the spot marks what was done; life comes before rank."""
    check_can_add_observation(reach, incident)


def check_can_close(reach: Reach, incident: Incident) -> None:
    if not reach.holds("incident.close", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("%(number)s was not closed: this is done by the duty room or a leader of its unit.")
            % {"number": incident.number},
        )


def check_can_switch_plan(reach: Reach, incident: Incident) -> None:
    """Who leads the incident's unit, or a unit above it."""
    if not reach.holds("incident.switch_plan", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("%(number)s keeps its plan: going over to another version is decided by a leader of its unit.")
            % {"number": incident.number},
        )


def check_can_retract(reach: Reach, incident: Incident, now: datetime) -> None:
    """The reporter for a moment after the alarm, the desk at any time."""
    if reach.holds("incident.manage", incident.unit_path):
        return
    if incident.reported_by_id == reach.user.pk and rules.may_still_retract(incident.recorded_at, now):
        return
    raise NotAllowed(
        "too_late_to_retract",
        _(
            "%(number)s was not retracted: the moment for taking an alarm back has passed. Phone the duty room; they can retract it."
        )
        % {"number": incident.number},
    )


def _is_granted(reach: Reach, incident: Incident, codename: str) -> bool:
    grants = {"content_object": incident, "permission__codename": codename}
    return (
        IncidentGroupPermission.objects.filter(group__name__in=reach.group_names, **grants).exists()
        or IncidentUserPermission.objects.filter(user=reach.user, **grants).exists()
    )
