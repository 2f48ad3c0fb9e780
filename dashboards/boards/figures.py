"""The figures of a bureau at a glance, for the line on top of the boards and for the wall."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count

from accounts.choices import Tier
from accounts.models import Unit
from accounts.scope import Reach
from cases.answers_due import queries as answers_due
from cases.answers_due.queries import Tally
from clocks.models import Clock
from clocks.queries import open_clocks
from command.orders.choices import OrderState
from command.orders.models import Order
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from common.templatetags.levels import COLOUR_WORDS, look_of
from early_warnings.queries import to_sign
from incidents.models import Incident
from plans.lifecycle.models import PlanVersion
from rosters.queries import OnDuty, on_duty
from supervision.corrections import queries as corrections
from supervision.corrections.choices import Show
from supervision.visits import queries as visits
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
    return Glance(
        counts=tone_counts(standings(reach).values()),
        to_sign=to_sign(reach, now).count(),
        next_limit=open_clocks(reach).filter(due_at__lte=now + NEAR).first(),
        on_duty=_on_duty_at_home(reach, now),
        reports=reports_today(reach, now)[0],
    )


def _on_duty_at_home(reach: Reach, now: datetime) -> list[OnDuty]:
    return on_duty(Unit.objects.filter(pk__in={post.unit_id for post in reach.posts}), now)


#: What a squad does with an order, in the order in which it does it; an order that is over is none of them.
TO_ANSWER = frozenset({OrderState.ISSUED})
ON_THE_WAY = frozenset({OrderState.ACKNOWLEDGED, OrderState.UNDER_WAY})
ON_THE_SPOT = frozenset({OrderState.ARRIVED, OrderState.ARRIVAL_CONFIRMED})


class SquadGlance(NamedTuple):
    """What those who are sent see first: how their orders stand, where they are waited for next, who is on duty."""

    to_answer: int
    on_the_way: int
    on_the_spot: int
    #: By when the next of them is to be on the spot; None where nobody is waited for.
    next_arrival: datetime | None
    on_duty: list[OnDuty]


def squad_glance(reach: Reach, now: datetime) -> SquadGlance:
    """Four queries, however many orders. Whoever is sent reads no incident's time limits: an order brings its own."""
    rows = list(Order.objects.real().addressed_to(reach).live().values_list("state", "arrive_by"))
    count = lambda states: sum(state in states for state, _by in rows)  # noqa: E731
    due = [by for state, by in rows if by and state in TO_ANSWER | ON_THE_WAY]
    return SquadGlance(
        count(TO_ANSWER), count(ON_THE_WAY), count(ON_THE_SPOT), min(due, default=None),
        _on_duty_at_home(reach, now),
    )  # fmt: skip


class ClerkGlance(NamedTuple):
    """What the desk of a station owes, by the reader's rights. None: no post of theirs has it."""

    #: Answers to people that its units lead.
    answers: Tally | None
    #: Hidden dangers to put right, and visits of a supervision team to answer.
    corrections: int | None
    visits: int | None
    #: Of the units below, how many have reported today.
    reports: Counts | None

    @property
    def is_empty(self) -> bool:
        return all(one is None for one in self)


def clerk_glance(reach: Reach, now: datetime) -> ClerkGlance:
    """Whoever only reports owes nothing else: nothing is asked of the database for them."""
    manages, answers = reach.has("matter.manage"), reach.has("supervision.answer")
    is_above = reach.has("report.view") and any(post.unit_tier != Tier.VILLAGE for post in reach.posts)
    return ClerkGlance(
        answers=answers_due.tally_of(reach, answers_due.own_units(reach), now) if manages else None,
        corrections=corrections.corrections(reach, Show.MINE, now).count() if answers else None,
        visits=visits.to_answer(reach).count() if answers else None,
        reports=reports_today(reach, now)[0] if is_above else None,
    )
