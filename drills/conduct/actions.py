"""What happens to a drill. Each action: lock, check, change, record."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Appointment, Unit, User
from accounts.naming import Names
from accounts.scope import Reach
from common.database.numbers import next_of_year
from common.dates.local_time import day_of
from common.errors import Invalid
from common.revisions import save
from drills import permissions
from drills.choices import DrillVerb, InjectState, ScenarioKind, StaffRole
from drills.conduct import alerts, rules
from drills.conduct.ending import clear
from drills.conduct.models import Drill, DrillInject, DrillRun, Participant
from drills.conduct.playing import play, play_words
from drills.conduct.transitions import check_move, check_rev, check_words, lock, move, record_act
from drills.scenarios import library
from drills.scenarios.document import Scenario, scenario_of


class Plan(NamedTuple):
    """What is planned. Without a scenario it is a line of the yearly plan; with one it can be started."""

    scenario: str = ""
    kind: str = ""
    month: date | None = None
    objectives: str = ""
    speed: int = 1
    #: User name → role of the scenario, controller or evaluator; "": the role that their post fits.
    participants: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def plan_drill(*, reach: Reach, unit: Unit, plan: Plan, now: datetime) -> Drill:
    """Put a drill into the yearly plan of a unit. Source: district plan §6.2 (a drill plan), city plan §1.4(5)."""
    permissions.check_can_plan(reach, unit)
    chosen = _checked(plan, unit, now)

    drill = Drill(
        number=next_of_year(prefix="D-", now=now), unit=unit, unit_path=unit.path, planned_at=now,
        planned_by=reach.user, **chosen.columns,
    )  # fmt: skip
    drill.save(force_insert=True)
    _take_part(drill, chosen.people)

    record_act(
        rules.DRILLS.begin.entry, drill, reach.user, now=now, reach=reach, scenario=drill.scenario,
        month=f"{drill.month:%Y-%m}", people=len(chosen.people),
    )  # fmt: skip
    return drill


@transaction.atomic
def change_drill(*, reach: Reach, drill_id: int, plan: Plan, now: datetime, rev: int | None = None) -> Drill:
    """Change what is planned, until it has started."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = check_move(drill, DrillVerb.CHANGE)
    chosen = _checked(plan, drill.unit, now)

    for name, value in chosen.columns.items():
        setattr(drill, name, value)
    save(drill, *chosen.columns)
    drill.participants.all().delete()
    _take_part(drill, chosen.people)

    record_act(
        done.entry, drill, reach.user, now=now, reach=reach, scenario=drill.scenario,
        month=f"{drill.month:%Y-%m}", people=len(chosen.people),
    )  # fmt: skip
    return drill


@transaction.atomic
def start_drill(*, reach: Reach, drill_id: int, now: datetime, rev: int | None = None) -> Drill:
    """Let the scenario's clock run. From now on the player acts in the name of whoever starts it."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = check_move(drill, DrillVerb.START)
    scenario = _playable(drill)
    _check_roles_taken(drill, scenario)

    drill.state, drill.started_at, drill.controller = done.to or drill.state, now, reach.user
    save(drill, "state", "started_at", "controller")
    DrillInject.objects.bulk_create(
        DrillInject(drill=drill, number=inject.number, at_minute=inject.at) for inject in scenario.injects
    )
    DrillRun.objects.create(drill=drill, began_at=now)

    record_act(done.entry, drill, reach.user, now=now, reach=reach, scenario=scenario.id, speed=drill.speed)
    alerts.tell_started(drill, now)
    return drill


@transaction.atomic
def pause_drill(*, reach: Reach, drill_id: int, now: datetime, rev: int | None = None) -> Drill:
    """Stop the scenario's clock. The clocks of the plan run on: they are real (ADR 0176)."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = move(drill, DrillVerb.PAUSE)

    save(drill, "state")
    _stop_clock(drill, now)

    record_act(done.entry, drill, reach.user, now=now, reach=reach)
    return drill


@transaction.atomic
def resume_drill(*, reach: Reach, drill_id: int, now: datetime, rev: int | None = None) -> Drill:
    """Let the scenario's clock run on from where it stopped."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = move(drill, DrillVerb.RESUME)

    save(drill, "state")
    DrillRun.objects.create(drill=drill, began_at=now)

    record_act(done.entry, drill, reach.user, now=now, reach=reach)
    return drill


@transaction.atomic
def inject_by_hand(
    *,
    reach: Reach,
    drill_id: int,
    now: datetime,
    number: int | None = None,
    text: str = "",
    role: str = "",
    rev: int | None = None,
) -> DrillInject:
    """Play an inject now: one of the list before its time or once more after it failed, or words of the controller's own
    for a role."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    check_move(drill, DrillVerb.INJECT)
    if number is None:
        _check_own_words(drill, text, role)
        return play_words(drill, text=text, role=role, reach=reach, now=now)
    inject = drill.injects.filter(number=number).exclude(state=InjectState.PLAYED).first()
    if inject is None:
        raise _no_such_inject(drill, number)

    play(drill, inject, reach=reach, by=reach.user, now=now)
    return inject


@transaction.atomic
def finish_drill(*, reach: Reach, drill_id: int, now: datetime, rev: int | None = None) -> Drill:
    """End the drill, and clear what it set in motion. Raises WrongState with the list of what only somebody's signature
    ends: then nothing has changed (ADR 0178)."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = check_move(drill, DrillVerb.FINISH)
    cleared = clear(drill, reach, now)

    drill.state, drill.ended_at = done.to or drill.state, now
    save(drill, "state", "ended_at")
    _stop_clock(drill, now)

    record_act(done.entry, drill, reach.user, now=now, reach=reach, cleared=cleared)
    alerts.tell_ended(drill, now)
    return drill


@transaction.atomic
def cancel_drill(*, reach: Reach, drill_id: int, reason: str, now: datetime, rev: int | None = None) -> Drill:
    """Give a drill up, with the reason: for good; what was set in motion is cleared as at its end."""
    drill = lock(drill_id)

    permissions.check_can_conduct(reach, drill)
    check_rev(drill, rev)
    done = check_move(drill, DrillVerb.CANCEL)
    if not reason.strip():
        raise Invalid(
            "reason_missing",
            _("%(number)s was not cancelled: say why, in a few words.") % {"number": drill.number},
            fields={"reason": [_("Say why, in a few words.")]},
        )
    check_words(reason=reason)
    was_under_way = drill.is_under_way
    cleared = clear(drill, reach, now) if was_under_way else []

    drill.state, drill.ended_at, drill.reason = done.to or drill.state, now, reason.strip()
    save(drill, "state", "ended_at", "reason")
    _stop_clock(drill, now)

    record_act(done.entry, drill, reach.user, now=now, reach=reach, reason=reason, cleared=cleared)
    if was_under_way:
        alerts.tell_ended(drill, now)
    return drill


class _Chosen(NamedTuple):
    columns: Mapping[str, Any]
    people: list[tuple[User, str]]


def _checked(plan: Plan, unit: Unit, now: datetime) -> _Chosen:
    document = _document(plan.scenario)
    scenario = scenario_of(document) if document else None
    kind = scenario.kind if scenario else plan.kind
    if kind not in ScenarioKind.values:
        raise _bad_field(
            "kind", "kind_missing", _("Choose a scenario, or say which kind of drill it will be.")
        )
    if not rules.SLOWEST <= plan.speed <= rules.FASTEST:
        raise _bad_field("speed", "bad_speed", _("The speed is a whole number from 1 to 600."))
    check_words(objectives=plan.objectives)
    month = (plan.month or day_of(now)).replace(day=1)
    columns = {
        "scenario": plan.scenario, "script": document, "kind": kind, "month": month,
        "objectives": plan.objectives.strip(), "speed": plan.speed,
    }  # fmt: skip
    return _Chosen(columns, _people(plan, scenario, unit, now))


def _document(scenario: str) -> dict[str, Any] | None:
    if not scenario:
        return None
    found = library.documents().get(scenario)
    if found is None:
        raise _bad_field(
            "scenario",
            "unknown_scenario",
            _("There is no scenario “%(id)s” that can be played.") % {"id": scenario},
        )
    return found


def _people(plan: Plan, scenario: Scenario | None, unit: Unit, now: datetime) -> list[tuple[User, str]]:
    """Everybody who takes part, with the role; each once in each role."""
    found: dict[tuple[int, str], tuple[User, str]] = {}
    near = Names.in_line_with(unit).find_people([name for name, _role in plan.participants], now)
    for username, role in plan.participants:
        person = near.get(username)
        if person is None:
            raise _bad_field(
                "participants",
                "unknown_person",
                _("There is no account “%(name)s” with a post at %(unit)s, below it or above it.")
                % {"name": username, "unit": unit},
            )
        role = role or _fitting_role(person, scenario, now)
        known = (
            {*StaffRole.values, *(one.id for one in scenario.roles)} if scenario else set(StaffRole.values)
        )
        if role not in known:
            raise _bad_field(
                "participants",
                "unknown_role",
                _("For %(person)s there is no role “%(role)s” in this scenario. Give one of its roles, controller or evaluator.")
                % {"person": person, "role": role},
            )  # fmt: skip
        found[person.pk, role] = (person, role)
    return list(found.values())


def _fitting_role(person: User, scenario: Scenario | None, now: datetime) -> str:
    """The first role of the scenario whose kind of post (and squad) the person holds."""
    held = {
        (kind, squad)
        for kind, squad in Appointment.objects.current(now)
        .filter(person=person)
        .values_list("post__kind", "post__squad")
    }
    for role in scenario.roles if scenario else ():
        if any(kind == role.post and role.squad in ("", squad) for kind, squad in held):
            return role.id
    return ""


def _take_part(drill: Drill, people: Iterable[tuple[User, str]]) -> None:
    Participant.objects.bulk_create(
        Participant(drill=drill, person=person, role=role) for person, role in people
    )


def _playable(drill: Drill) -> Scenario:
    if drill.played is None:
        raise Invalid(
            "no_scenario",
            _("%(number)s was not started: no scenario is chosen yet. Choose one, then start.")
            % {"number": drill.number},
            fields={"scenario": [_("Choose a scenario.")]},
        )
    return drill.played


def _check_roles_taken(drill: Drill, scenario: Scenario) -> None:
    taken = set(drill.participants.values_list("role", flat=True))
    if missing := [role.words.zh for role in scenario.roles if role.id not in taken]:
        raise Invalid(
            "role_not_taken",
            _("%(number)s was not started: nobody plays: %(roles)s. Name somebody for each role.")
            % {"number": drill.number, "roles": "、".join(missing)},
            fields={"participants": [_("Name somebody for each role.")]},
        )


def _check_own_words(drill: Drill, text: str, role: str) -> None:
    check_words(text=text)
    if not text.strip():
        raise _bad_field("text", "text_missing", _("Say what happens, or choose an inject of the list."))
    scenario = drill.played
    if scenario is None or scenario.role(role) is None:
        raise _bad_field("role", "unknown_role", _("Choose the role that hears of it."))


def _no_such_inject(drill: Drill, number: int) -> Invalid:
    return _bad_field(
        "number",
        "no_such_inject",
        _("%(number)s has no inject %(inject)s that is still to come.")
        % {"number": drill.number, "inject": number},
    )


def _stop_clock(drill: Drill, now: datetime) -> None:
    for run in drill.runs.filter(ended_at__isnull=True):
        run.ended_at = max(now, run.began_at)
        run.save(update_fields=["ended_at"])


def _bad_field(field: str, code: str, why: str) -> Invalid:
    return Invalid(code, _("Nothing was changed: %(why)s") % {"why": why}, fields={field: [why]})
