"""The figures of a bureau at a glance, for the line on top of the boards and for the wall."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count

from accounts.models import Unit
from accounts.scope import Reach
from clocks.models import Clock
from clocks.queries import open_clocks
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from common.templatetags.levels import COLOUR_WORDS, look_of
from early_warnings.queries import to_sign
from incidents.models import Incident
from plans.lifecycle.models import PlanVersion
from rosters.queries import OnDuty, on_duty
from zero_reports.counts.queries import UnitRow, summary, top_units
from zero_reports.rounds.rules import Counts

#: A time limit further away is for the ledgers: at a glance it hides that the day is calm.
NEAR = timedelta(hours=24)
#: The highest first; what a plan without colours calls otherwise comes last.
TONES = (*COLOUR_WORDS, "neutral")


class ToneCount(NamedTuple):
    """Open incidents of one colour: how many by a signed level, and how many only proposed."""

    tone: str
    in_force: int
    proposed: int


class Standing(NamedTuple):
    """The open incidents of a unit by colour."""

    path: str
    in_force: Counter
    proposed: Counter

    @property
    def highest(self) -> str:
        return next((tone for tone in TONES if self.in_force[tone]), "")

    @property
    def total(self) -> int:
        return self.in_force.total() + self.proposed.total()


def standings(reach: Reach) -> dict[str, Standing]:
    """Unit path → its open real incidents by colour (two queries, however many)."""
    rows = (
        Incident.objects.visible_to(reach)
        .open()
        .real()
        .values_list("unit_path", "plan_id", "level", "proposed_level")
        .order_by()
        .annotate(many=Count("pk"))
    )
    rows = list(rows)
    documents = {
        plan.pk: plan.document for plan in PlanVersion.objects.filter(pk__in={row[1] for row in rows})
    }
    found: dict[str, Standing] = {}
    for path, plan, level, proposed, many in rows:
        standing = found.setdefault(path, Standing(path, Counter(), Counter()))
        look = look_of(level or proposed, documents[plan])
        (standing.in_force if level else standing.proposed)[look.tone if look else "neutral"] += many
    return found


def tone_counts(rows: Iterable[Standing]) -> list[ToneCount]:
    """The four colours always; the others only where there is any."""
    in_force, proposed = Counter(), Counter()
    for row in rows:
        in_force += row.in_force
        proposed += row.proposed
    counts = [ToneCount(tone, in_force[tone], proposed[tone]) for tone in TONES]
    return [one for one in counts if one.tone != "neutral" or one.in_force or one.proposed]


def reports_today(reach: Reach, now: datetime) -> tuple[Counts, list[UnitRow]]:
    """How many of those asked have answered today: in all, and for each unit right below."""
    period = period_of(DAILY, day_of(now))
    summaries = [summary(root, period) for root in top_units(reach)]
    counts = Counts()
    for part in summaries:
        counts = counts.plus(part.counts)
    lines = [line for part in summaries for line in part.children if line.is_asked or line.has_below]
    return counts, [line for line in lines if line.counts.missing]


class Glance(NamedTuple):
    """What a board says first: is it calm, what waits, what runs out next, who is on duty, who has reported."""

    counts: list[ToneCount]
    to_sign: int
    #: Of the time limits that end within NEAR or have passed, the first.
    next_limit: Clock | None
    on_duty: list[OnDuty]
    reports: Counts


def glance_of(reach: Reach, now: datetime) -> Glance:
    """By the reader's posts alone. On duty: in the units of these posts, not in those below."""
    own = {post.unit_id for post in reach.posts}
    return Glance(
        counts=tone_counts(standings(reach).values()),
        to_sign=to_sign(reach, now).count(),
        next_limit=open_clocks(reach).filter(due_at__lte=now + NEAR).first(),
        on_duty=on_duty(Unit.objects.filter(pk__in=own), now),
        reports=reports_today(reach, now)[0],
    )
