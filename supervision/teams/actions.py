"""What happens to supervision teams. Each action: lock, check, change, record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from common import revisions
from common.errors import Invalid
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from journal.record import record
from supervision.teams import permissions, rules
from supervision.teams.choices import TeamVerb
from supervision.teams.models import Team, TeamArea, TeamMember
from supervision.teams.queries import staff_of


class Makeup(NamedTuple):
    """Who is of a team, and what it looks after."""

    name: str
    leader: User
    members: Sequence[User] = ()
    areas: Sequence[Unit] = ()


@transaction.atomic
def set_up_team(*, reach: Reach, unit: Unit, makeup: Makeup, now: datetime) -> Team:
    """Let a team of this bureau look after the units of its areas, each with everything below it.

    Raises Invalid for people who are not the bureau's, units that are not below it, and where another team of the
    bureau looks after one already. Source: campaign rules §八1.
    """
    _lock_bureau(unit)

    permissions.check_can_set_up(reach, unit)
    name = _check(unit, makeup, now)

    team = Team(name=name, unit=unit, unit_path=unit.path, set_up_by=reach.user, set_up_at=now)
    team.save(force_insert=True)
    _write(team, makeup)

    _record(team, rules.TRANSITIONS.begin.entry, reach, now, makeup)
    return team


@transaction.atomic
def change_team(*, team_id: int, reach: Reach, makeup: Makeup, now: datetime, rev: int | None = None) -> Team:
    """Give it another name, other people or other areas; who it was before stays in the journal."""
    team = lock_team(team_id)

    permissions.check_can_set_up(reach, team.unit)
    row = check_move(team, rules.TRANSITIONS, TeamVerb.CHANGE, lambda: _has_ended(team))
    _check_rev(team, rev)
    team.name = _check(team.unit, makeup, now, besides=team)

    _write(team, makeup)
    revisions.save(team, "name")

    _record(team, row.entry, reach, now, makeup)
    return team


@transaction.atomic
def end_team(*, team_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Team:
    """It looks after nothing any more. What it has found stays to be put right; its visits stay on record."""
    team = lock_team(team_id)

    permissions.check_can_set_up(reach, team.unit)
    check_move(team, rules.TRANSITIONS, TeamVerb.END, lambda: _has_ended(team))
    _check_rev(team, rev)

    row = move(team, rules.TRANSITIONS, TeamVerb.END)
    team.ended_at = now
    team.areas.all().delete()
    revisions.save(team, "state", "ended_at")

    _record(team, row.entry, reach, now)
    return team


def lock_team(team_id: int) -> Team:
    return Team.objects.select_for_update(of=("self",)).select_related("unit").get(pk=team_id)


def _lock_bureau(unit: Unit) -> None:
    """Two teams set up at the same moment see each other's areas."""
    list(Unit.objects.filter(pk=unit.pk).select_for_update(no_key=True))


def _write(team: Team, makeup: Makeup) -> None:
    team.members.all().delete()
    team.areas.all().delete()
    people = [makeup.leader, *(one for one in makeup.members if one != makeup.leader)]
    TeamMember.objects.bulk_create(
        TeamMember(team=team, person=one, leads=place == 0) for place, one in enumerate(dict.fromkeys(people))
    )
    TeamArea.objects.bulk_create(
        TeamArea(team=team, bureau=team.unit, unit=one, unit_path=one.path)
        for one in dict.fromkeys(makeup.areas)
    )


def _check(unit: Unit, makeup: Makeup, now: datetime, besides: Team | None = None) -> str:
    """The name as it is kept."""
    name = fit_to_keep(makeup.name.strip())
    standing = Team.objects.standing().filter(unit=unit).exclude(pk=besides.pk if besides else None)
    if not name:
        raise _bad("name", "name_missing", _("Give the team a name."))
    if standing.filter(name=name).exists():
        raise _bad("name", "name_taken", _("Another team of %(unit)s has this name.") % {"unit": unit})
    wanted = {makeup.leader.pk: makeup.leader, **{one.pk: one for one in makeup.members}}
    there = set(staff_of(unit, now).filter(person__in=wanted).values_list("person_id", flat=True))
    if strangers := [str(one) for pk, one in wanted.items() if pk not in there]:
        sentence = _("No post at %(unit)s or below: %(people)s.")
        raise _bad("members", "not_of_bureau", sentence % {"unit": unit, "people": ", ".join(strangers)})
    _check_areas(unit, makeup.areas, standing)
    return name


def _check_areas(unit: Unit, areas: Sequence[Unit], standing: Any) -> None:
    if not areas:
        raise _bad("areas", "areas_missing", _("Choose at least one unit."))
    for one in areas:
        if not one.path.startswith(unit.path) or one == unit or one.valid_to is not None:
            raise _bad(
                "areas", "not_below", _("%(area)s is no unit below %(unit)s.") % {"area": one, "unit": unit}
            )
    paths = {one.path: one for one in areas}
    for path, one in paths.items():
        if rules.overlap([path], set(paths) - {path}):
            raise _bad(
                "areas",
                "twice",
                _("%(area)s is in the list twice, by itself and by the one above it.") % {"area": one},
            )
    taken = dict(TeamArea.objects.filter(team__in=standing).values_list("unit_path", "team__name"))
    if found := rules.overlap(paths, taken):
        raise _bad(
            "areas",
            "taken",
            _("Another team looks after %(area)s or a unit below it already.") % {"area": paths[found]},
        )


def _check_rev(team: Team, rev: int | None) -> None:
    revisions.check_rev(
        team, rev, _("The team was not changed: somebody changed it after you opened the page. Look again.")
    )


def _has_ended(team: Team) -> str:
    return _("“%(team)s” was not changed: it has ended. Set up another team.") % {"team": team}


def _bad(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _record(team: Team, kind: str, reach: Reach, now: datetime, makeup: Makeup | None = None) -> None:
    content: dict[str, Any] = {"name": team.name}
    if makeup is not None:
        content |= {
            "leader": str(makeup.leader),
            "members": [str(one) for one in makeup.members],
            "areas": [one.code for one in makeup.areas],
        }
    record(
        kind,
        subject=team.key,
        unit=team.unit,
        actor=reach.user,
        post=reach.title_for("supervision.manage", team.unit_path),
        at=now,
        content=content,
    )
