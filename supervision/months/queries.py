"""How teams stand with the visits of a month."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from common.dates.local_time import day_of
from supervision.months import rules
from supervision.months.models import TeamMonth
from supervision.visits.models import Visit


class Standing(NamedTuple):
    """The visits of one team in one month, beside what its plan asks."""

    month: TeamMonth
    visits: int
    villages: int


def standings(teams: Iterable[int], day: date) -> dict[int, Standing]:
    """Team → how it stands in the month of that day; teams that no plan asks are left out (two queries)."""
    first, due = rules.month_of(day)
    months = TeamMonth.objects.filter(team__in=list(teams), day=first).order_by("-pk")
    rows = Visit.objects.filter(team__in=list(teams), visited_on__gte=first, visited_on__lte=day_of(due))
    made: dict[int, list[int]] = {}
    for team, villages in rows.values_list("team_id", "villages"):
        made.setdefault(team, []).append(villages)
    return {
        month.team_id: Standing(
            month,
            sum(villages >= month.least_villages for villages in made.get(month.team_id, [])),
            sum(made.get(month.team_id, [])),
        )
        for month in months
    }
