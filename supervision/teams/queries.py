"""What may this person see of supervision teams, in what shape?"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.queries import units_for
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.errors import is_allowed, not_found
from supervision.months.queries import Standing, standings
from supervision.teams import permissions
from supervision.teams.choices import TeamState
from supervision.teams.models import Team, TeamArea

#: Posts that supervise nobody.
NOT_ASKED = (PostKind.SYSADMIN, PostKind.SECADMIN, PostKind.AUDITOR)


class TeamCard(NamedTuple):
    team: Team
    may_change: bool
    #: How it stands with the visits of this month; None where no plan asks it.
    month: Standing | None = None

    @property
    def leader(self) -> User | None:
        return next((one.person for one in self.team.members.all() if one.leads), None)

    @property
    def others(self) -> list[User]:
        return [one.person for one in self.team.members.all() if not one.leads]

    @property
    def areas(self) -> list[Unit]:
        return [one.unit for one in self.team.areas.all()]


def teams(reach: Reach, *, unit: Unit | None = None, show: str = TeamState.STANDING) -> QuerySet[Team]:
    """`unit`: those that look after it, and those of the bureaus at and below it. Any other `show` than a state: all."""
    rows = Team.objects.visible_to(reach).with_people()
    if show in TeamState.values:
        rows = rows.filter(state=show)
    if unit is not None:
        over = TeamArea.objects.filter(unit_path__in=prefixes(unit.path)).values("team")
        rows = rows.filter(Q(unit_path__under=unit.path) | Q(pk__in=over))
    return rows.order_by("unit_path", "name", "pk")


def cards(reach: Reach, rows: Iterable[Team], now: datetime) -> list[TeamCard]:
    """Two queries beside those that read the rows: the visits of the month."""
    rows = list(rows)
    months = standings([team.pk for team in rows], day_of(now))
    return [
        TeamCard(team, is_allowed(permissions.check_can_set_up, reach, team.unit), months.get(team.pk))
        for team in rows
    ]


def get_team(reach: Reach, pk: int) -> Team:
    """One that this person may see; NotFound otherwise."""
    found = Team.objects.visible_to(reach).with_people().filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def bureaus(reach: Reach) -> QuerySet[Unit]:
    """The units that this person may send teams from: those with units below them."""
    units = units_for(reach, "supervision.manage").filter(valid_to__isnull=True, children__isnull=False)
    return units.distinct().order_by("path")


def area_choices(bureau: Unit) -> list[tuple[str, str]]:
    """(code, words) of every unit below the bureau (one query)."""
    below = Unit.objects.filter(path__under=bureau.path, valid_to__isnull=True).exclude(pk=bureau.pk)
    return [(unit.code, f"{unit} {unit.code}") for unit in below.order_by("path")]


def people_choices(bureau: Unit, now: datetime) -> list[tuple[str, str]]:
    """(username, words) of the bureau's own people (one query)."""
    held = staff_of(bureau, now).filter(post__unit=bureau)
    found = {one.person.username: f"{one.person} {one.post}" for one in held.order_by("pk")}
    return list(found.items())


def staff_of(bureau: Unit, now: datetime) -> QuerySet[Appointment]:
    """Who may be of its teams: whoever holds a post at the bureau or below it, not an administrator's chair."""
    held = Appointment.objects.current(now).filter(
        post__unit__path__under=bureau.path, person__is_active=True
    )
    return held.exclude(post__kind__in=NOT_ASKED).select_related("person", "post")


def areas_at(paths: list[str]) -> Waiting:
    """Areas at and below the units with these paths, which are about to end: no team looks after a closed unit."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path) | Q(team__unit_path__under=path)
    return Waiting(_("areas of supervision teams"), TeamArea.objects.filter(where).count())
