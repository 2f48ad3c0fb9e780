"""What may this person see of supervision visits, in what shape?"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.scope import Reach
from accounts.verbs import VERBS
from cases.official_forms.choices import FormState
from clocks.models import Clock
from common.errors import is_allowed, not_found
from supervision.teams.models import Team
from supervision.visits import permissions, rules
from supervision.visits.choices import Show, VisitState, VisitVerb
from supervision.visits.models import Visit


class VisitCard(NamedTuple):
    visit: Visit
    #: What this person may do with it now.
    verbs: list[VisitVerb]
    #: The time limit of the record form; None where no plan gives one.
    clock: Clock | None = None

    @property
    def look(self) -> str:
        return rules.LOOKS[VisitState(self.visit.state)]

    @property
    def is_sent(self) -> bool:
        return self.visit.form.state == FormState.SENT


def visits(
    reach: Reach, *, show: str = Show.ALL, unit: Unit | None = None, team: int | None = None,
    since: date | None = None, until: date | None = None,
) -> QuerySet[Visit]:  # fmt: skip
    """The last one first. `unit`: there and below."""
    rows = Visit.objects.visible_to(reach).with_names()
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if team is not None:
        rows = rows.filter(team=team)
    if since is not None:
        rows = rows.filter(visited_on__gte=since)
    if until is not None:
        rows = rows.filter(visited_on__lte=until)
    if show == Show.UNANSWERED:
        rows = rows.exclude(state=VisitState.ANSWERED)
    if show == Show.NOT_SENT:
        rows = rows.filter(form__state=FormState.DRAFT)
    return rows.order_by("-visited_on", "-pk")


def to_answer(reach: Reach) -> QuerySet[Visit]:
    """Visits whose unit has not answered yet and where this person holds a post that answers."""
    own = [post.unit_id for post in reach.posts if post.kind in VERBS["supervision.answer"]]
    return Visit.objects.visible_to(reach).filter(unit__in=own).exclude(state=VisitState.ANSWERED)


def cards(reach: Reach, rows: Iterable[Visit]) -> list[VisitCard]:
    """One query beside those that read the rows: the time limits of their forms."""
    rows = list(rows)
    clocks = Clock.objects.filter(subject__in=[row.form.key for row in rows]).order_by("pk")
    by_form = {clock.subject: clock for clock in clocks}
    return [VisitCard(row, _verbs(reach, row), by_form.get(row.form.key)) for row in rows]


def _verbs(reach: Reach, visit: Visit) -> list[VisitVerb]:
    found = [verb for verb in rules.ON_A_VISIT if rules.TRANSITIONS.row(visit.state, verb)]
    if visit.form.state == FormState.SENT and VisitVerb.SEND_FORM in found:
        found.remove(VisitVerb.SEND_FORM)
    return [verb for verb in found if is_allowed(_CHECKS[verb], reach, visit)]


_CHECKS = {
    VisitVerb.SEND_FORM: permissions.check_can_send,
    VisitVerb.READ: permissions.check_can_answer,
    VisitVerb.ANSWER: permissions.check_can_answer,
}


def get_visit(reach: Reach, number: str) -> Visit:
    """One that this person may see; NotFound otherwise."""
    found = Visit.objects.visible_to(reach).with_names().filter(number=number).first()
    if found is None:
        raise not_found()
    return found


def teams_to_record_for(reach: Reach) -> list[Team]:
    """Standing teams for which this person may record a visit (with their areas)."""
    mine = Q(members__person=reach.user.pk) | reach.filter("supervision.manage")
    return list(Team.objects.standing().filter(mine).with_people().distinct())


def units_of(team: Team) -> list[tuple[str, str]]:
    """(code, words) of the units in the team's areas (one query)."""
    under = Q(pk__in=[])
    for area in team.areas.all():
        under |= Q(path__under=area.unit_path)
    rows = Unit.objects.filter(under, valid_to__isnull=True).order_by("path")
    return [(unit.code, f"{unit} {unit.code}") for unit in rows]


def visits_of_month(team: Team, day: date, least_villages: int) -> int:
    """How many visits of at least so many villages the team made in the month of that day."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Visit.objects.filter(
        team=team, visited_on__gte=first, visited_on__lt=after, villages__gte=least_villages
    ).count()


def still_to_answer(asked: set[int], now: datetime) -> set[int]:
    rows = Visit.objects.filter(pk__in=asked).exclude(state=VisitState.ANSWERED)
    return set(rows.values_list("pk", flat=True))
