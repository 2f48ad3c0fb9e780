"""The sheet of a drill: expected beside done, what evaluators wrote, and the last real event of the same kind."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Min

from accounts.scope import Reach
from drills.conduct import rules as clock_rules
from drills.conduct.models import Drill
from drills.conduct.queries import MselLine, lines
from drills.evaluation import rules
from drills.evaluation.models import Rating, Remark
from drills.evaluation.rules import Done, Match, Milestones, Score, Wanted
from drills.scenarios.document import Expected, Objective
from incidents.choices import State
from incidents.models import Incident
from journal.keys import key
from journal.models import Entry
from plans.engine.conditions import holds
from plans.engine.facts import Facts

#: So many closed incidents are looked through for the last one of the same kind.
LOOKED_THROUGH = 300


class ExpectedRow(NamedTuple):
    expected: Expected
    match: Match


class InjectRow(NamedTuple):
    """An inject on the sheet."""

    line: MselLine
    expected: list[ExpectedRow]
    remarks: list[Remark]


class ObjectiveRow(NamedTuple):
    objective: Objective
    score: Score
    rating: Rating | None


class Beside(NamedTuple):
    """The key times of an incident, in minutes after its report."""

    incident: Incident
    times: Milestones


class Sheet(NamedTuple):
    rows: list[InjectRow]
    score: Score
    objectives: list[ObjectiveRow]
    remarks: list[Remark]


def sheet(drill: Drill) -> Sheet:
    """Everything there is to read of a drill that has started (a constant number of queries)."""
    found = lines(drill)
    played = [line for line in found if line.minute is not None]
    wanted = [
        Wanted(one.id, one.entries, one.within, line.minute or 0)
        for line in played
        for one in line.inject.expects
    ]
    matches = rules.matched(wanted, done_in(drill, found))
    remarks = list(drill.remarks.select_related("by"))
    rows = [_row(line, matches, remarks) for line in found]
    shown = {remark.pk for row in rows for remark in row.remarks}
    return Sheet(
        rows,
        rules.score(matches.values()),
        _objectives(drill, rows),
        [remark for remark in remarks if remark.pk not in shown],
    )


def done_in(drill: Drill, found: Iterable[MselLine]) -> list[Done]:
    """What people did in the incidents of the drill. What the player did itself is not among it: it stands in the
    journal at the very moment of its inject and in the controller's name."""
    threads = [key("incident", pk) for pk in drill.incidents().values_list("pk", flat=True)]
    threads += [key("linkage", pk) for pk in drill.orders.values_list("order", flat=True)]
    if not threads:
        return []
    own = {(line.row.by_id or drill.controller_id, line.row.played_at) for line in found}
    runs = list(drill.runs.all())
    entries = Entry.objects.filter(thread__in=threads, actor__isnull=False).order_by("pk")
    columns = entries.values_list("pk", "kind", "at", "recorded_at", "actor_id", "actor_name", "post")
    return [
        Done(pk, kind, clock_rules.minutes(runs, at, drill.speed), at, post, name)
        for pk, kind, at, recorded_at, actor, name, post in columns
        if (actor, recorded_at) not in own
    ]


def _row(line: MselLine, matches: Mapping[str, Match], remarks: list[Remark]) -> InjectRow:
    expected = [ExpectedRow(one, matches[one.id]) for one in line.inject.expects if one.id in matches]
    return InjectRow(line, expected, [one for one in remarks if one.number == line.row.number])


def _objectives(drill: Drill, rows: list[InjectRow]) -> list[ObjectiveRow]:
    scenario = drill.played
    ratings = {one.objective: one for one in drill.ratings.select_related("by")}
    expected = [one for row in rows for one in row.expected]
    return [
        ObjectiveRow(
            objective,
            rules.score(one.match for one in expected if one.expected.objective == objective.id),
            ratings.get(objective.id),
        )
        for objective in (scenario.objectives if scenario else ())
    ]


def of_drill(drill: Drill) -> Beside | None:
    """The key times of the incident that the drill opened first, in real minutes."""
    opened = drill.incidents().select_related("unit").first()
    return _beside(opened) if opened else None


def last_real(reach: Reach, drill: Drill) -> Beside | None:
    """The last real event like the scenario that is closed, of those this person may see at the drill's unit, below it
    or above it. What "like" means is the scenario's (`like`)."""
    if drill.played is None:
        return None
    like = drill.played.like
    rows = Incident.objects.visible_to(reach).filter(drill=False, state=State.CLOSED)
    rows = rows.filter(unit_path__under=drill.unit_path).select_related("unit")
    for incident in rows.order_by("-recorded_at", "-pk")[:LOOKED_THROUGH]:
        if holds(like, Facts.from_dict(_worst(incident)), "headcount_high"):
            return _beside(incident)
    return None


def _worst(incident: Incident) -> dict:
    """The gravest of each fact over all observations: at its end a crowd has gone home."""
    facts = Facts()
    for observed in incident.observations.values_list("facts", flat=True):
        facts = facts.united_with(Facts.from_dict(observed))
    return facts.as_dict()


def _beside(incident: Incident) -> Beside:
    kinds = [kind for names in rules.MILESTONES.values() for kind in names]
    firsts = dict(
        Entry.objects.filter(thread=incident.key, kind__in=kinds)
        .order_by()
        .values_list("kind")
        .annotate(Min("at"))
    )
    return Beside(incident, rules.milestones(incident.recorded_at, firsts))
