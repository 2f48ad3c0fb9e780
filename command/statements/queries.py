"""What the incident's page and the API show of statements, and the three firsts of every incident."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Min
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.models import Clock
from clocks.rulebook import rules_for
from command.statements import permissions, rules
from command.statements.choices import First, FirstState, StatementState, StatementVerb
from command.statements.models import Statement
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.queries import OpenItem
from journal.models import Entry


class StatementLine(NamedTuple):
    statement: Statement
    #: What this person may do with it now.
    verbs: list[StatementVerb]

    @property
    def look(self) -> str:
        return rules.LOOKS[StatementState(self.statement.state)]


class OfStatements(NamedTuple):
    lines: list[StatementLine]
    may_draft: bool


class FirstTimer(NamedTuple):
    """One of the three firsts: since the incident was recorded, until it happened or now."""

    first: First
    since: datetime
    done_at: datetime | None
    #: The plan's time limit, None where no plan sets one for this incident now.
    due_at: datetime | None
    cite: str
    state: FirstState
    now: datetime

    @property
    def look(self) -> str:
        return rules.FIRST_LOOKS[self.state]

    @property
    def lasted(self) -> timedelta:
        return max((self.done_at or self.now) - self.since, timedelta(0))

    @property
    def minutes(self) -> int:
        return int(self.lasted.total_seconds() // 60)


def of_incident(reach: Reach, incident: Incident) -> OfStatements:
    """The statements about an incident, oldest first (one query)."""
    may = is_allowed(check_can_manage, reach, incident)
    rows = Statement.objects.filter(incident=incident).select_related(
        "drafted_by", "approved_by", "released_by"
    )
    lines = []
    for row in rows:
        row.incident = incident
        lines.append(StatementLine(row, _verbs(reach, row, may)))
    return OfStatements(lines, may and incident.is_open)


def _verbs(reach: Reach, row: Statement, may: bool) -> list[StatementVerb]:
    if not row.incident.is_open:
        return []
    may_approve = is_allowed(permissions.check_can_approve, reach, row)
    found = [StatementVerb(verb) for verb in rules.TRANSITIONS.verbs_for(row.state)]
    return [verb for verb in found if (may_approve if verb == StatementVerb.APPROVE else may)]


def firsts_of(incident: Incident, now: datetime, clocks: Iterable[Clock] | None = None) -> list[FirstTimer]:
    """The three firsts, each with the plan's time limit where one runs or ran (two queries; one where the `clocks` of
    the incident are at hand)."""
    kinds = [kind for some in rules.FIRSTS.values() for kind in some]
    entries = Entry.objects.filter(thread=incident.key, kind__in=kinds).values("kind")
    done = dict(entries.annotate(first=Min("at")).values_list("kind", "first"))
    clocks = Clock.objects.filter(thread=incident.key) if clocks is None else clocks
    limited = [one for one in clocks if one.due_at and not one.cancelled_at]
    limits = sorted(limited, key=lambda one: (one.due_at, one.pk))
    return [_timer(first, incident, done, limits, now) for first in First]


def _ends_with(clock: Clock, kinds: tuple[str, ...]) -> bool:
    """Whether the plan's clock ends with one of these entries."""
    stops = rules_for(clock.plan).stops
    return any(rule.clock_id == clock.clock_id for kind in kinds for rule in stops.get(kind, ()))


def _timer(
    first: First, incident: Incident, done: dict[str, datetime], limits: list[Clock], now: datetime
) -> FirstTimer:
    kinds = rules.FIRSTS[first]
    done_at = min((done[kind] for kind in kinds if kind in done), default=None)
    limit = next((clock for clock in limits if _ends_with(clock, kinds)), None)
    due_at = limit.due_at if limit else None
    state = rules.state_of_first(done_at=done_at, due_at=due_at, now=now)
    return FirstTimer(
        first, incident.recorded_at, done_at, due_at, limit.cite if limit else "", state,
        now if incident.is_open else incident.closed_at or now,
    )  # fmt: skip


def get_statement(reach: Reach, pk: int) -> Statement:
    """A statement about an incident this person may see; NotFound otherwise."""
    found = Statement.objects.filter(pk=pk).select_related("incident").first()
    if found is None or not Incident.objects.visible_to(reach).filter(pk=found.incident_id).exists():
        raise not_found()
    return found


def held_open(incident: Incident) -> list[OpenItem]:
    """A statement that somebody began: it goes out, or is discarded."""
    rows = Statement.objects.filter(incident=incident, state__in=rules.TRANSITIONS.live).order_by("pk")
    return [
        OpenItem(
            "statement", row.key, _("Official statement: %(state)s") % {"state": row.get_state_display()}
        )
        for row in rows
    ]
