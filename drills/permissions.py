"""Who plans, conducts and evaluates a drill, and who may know what comes next. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed, is_allowed
from drills.choices import StaffRole
from drills.conduct.models import Drill, Participant


def check_can_look(reach: Reach) -> None:
    """The list and the library of scenarios."""
    if not (reach.has("drill.view") or Participant.objects.filter(person=reach.user).exists()):
        raise NotAllowed(
            "not_allowed",
            _("The list was not opened: none of your posts looks up drills, and you take part in none."),
        )


def check_can_plan(reach: Reach, unit: Unit) -> None:
    """Leaders and the duty room of the unit or of one above it."""
    if not reach.holds("drill.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was planned: drills of %(unit)s are planned by its leaders or its duty room. Ask them."
            )
            % {"unit": unit},
        )


def check_plans_any(reach: Reach) -> None:
    if not reach.has("drill.manage"):
        raise NotAllowed(
            "not_allowed",
            _("The page was not opened: drills are planned by leaders and the duty room. Ask one of them."),
        )


def check_can_conduct(reach: Reach, drill: Drill) -> None:
    """Who plans drills there and does not play in this one."""
    if not reach.holds("drill.manage", drill.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "%(number)s was not changed: it is conducted by leaders or the duty room of its unit. Ask them."
            )
            % {"number": drill.number},
        )
    if plays(reach, drill):
        raise NotAllowed(
            "plays_in_it",
            _("%(number)s was not changed: you play in it. Its controller conducts it.")
            % {"number": drill.number},
        )


def check_can_evaluate(reach: Reach, drill: Drill) -> None:
    """Its evaluators, and whoever may conduct it."""
    if StaffRole.EVALUATOR in roles_of(reach, drill):
        return
    if not is_allowed(check_can_conduct, reach, drill):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was written down: %(number)s is evaluated by its evaluators or its controller.")
            % {"number": drill.number},
        )


def sees_script(reach: Reach, drill: Drill) -> bool:
    """Whether this person may read what is still to come. A player may not, until it is over."""
    return (not drill.is_under_way and drill.state != "planned") or not plays(reach, drill)


def check_sees_scenario(reach: Reach, scenario: str) -> None:
    """The whole script of a scenario: not for whoever plays in a drill of it that is planned or under way."""
    check_plans_any(reach)
    if number := closed_scenarios(reach).get(scenario):
        raise NotAllowed(
            "plays_in_it",
            _("The script stays closed: you play in %(number)s. It opens when that drill is over.")
            % {"number": number},
        )


def closed_scenarios(reach: Reach) -> dict[str, str]:
    """The scenarios whose script stays closed to this person, each with the drill they play in."""
    ahead = Drill.objects.filter(state__in=["planned", "running", "paused"], participants__person=reach.user)
    drills = ahead.exclude(scenario="").distinct().prefetch_related("participants")
    return {drill.scenario: drill.number for drill in drills if plays(reach, drill)}


def plays(reach: Reach, drill: Drill) -> bool:
    """In a role of the scenario, and neither as controller nor as evaluator beside it."""
    roles = roles_of(reach, drill)
    return bool(roles) and not roles & set(StaffRole.values)


def roles_of(reach: Reach, drill: Drill) -> set[str]:
    """The roles of this person in the drill, read from what is loaded where it is."""
    return {one.role for one in drill.participants.all() if one.person_id == reach.user.pk}
