"""Every figure the product counts, by the function that counts it. A new one belongs into one of the two tables."""

import ast
import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from cases.official_forms.queries import first_values
from cases.reconciliation.queries import agreements
from common.dates.local_time import day_of
from common.dates.periods import DAILY, MONTHLY, WEEKLY, period_of
from dashboards.boards.figures import reports_today, standings
from dashboards.ledgers.ledgers import LEDGERS
from dashboards.ledgers.queries import by_month, rows_of, year_of
from dashboards.promise import rules as promise
from dashboards.promise.queries import chains
from dashboards.statistics.burden import burdens
from dashboards.statistics.charts.queries import charts, months_until
from dashboards.statistics.history import history
from dashboards.statistics.yearly import yearly_figures
from incidents.replay_source import cases
from plans.lifecycle.queries import plan_in_force
from resources.experts.queries import pool_counts
from tests.rooms import ROOMS, TOP
from written_reports.paper.figures import figures
from written_reports.queries import first_lines
from zero_reports.counts.matrix import matrix
from zero_reports.counts.queries import incidents_to_offer
from zero_reports.questions.contradictions import zeros_of
from zero_reports.rollups.queries import classes_below, classes_of

Statistic = Callable[[Any, Any, datetime], Any]


def _days(now: datetime, cadence=DAILY):
    return period_of(cadence, day_of(now))


def _promise(reach, unit, now: datetime):
    start, end = now - timedelta(days=30), now + timedelta(days=1)
    return promise.measured(chains(reach, start, end, drill=False))


#: What is compared before and after a drill: fn(reach, unit, now) → figures.
STATISTICS: dict[str, Statistic] = {
    "written_reports.paper.figures, week": lambda _reach, unit, now: figures(unit, _days(now, WEEKLY), now),
    "written_reports.paper.figures, month": lambda _reach, unit, now: figures(unit, _days(now, MONTHLY), now),
    "written_reports.queries.first_lines": lambda _reach, unit, _now: first_lines(unit, "risks"),
    "dashboards.promise": _promise,
    "dashboards.boards.figures": lambda reach, _unit, now: (standings(reach), reports_today(reach, now)),
    "dashboards.statistics.burden": lambda _reach, unit, now: burdens(unit, day_of(now), now),
    "dashboards.statistics.history": lambda _reach, unit, now: history(unit, [_days(now)]),
    "dashboards.statistics.charts": lambda reach, unit, now: charts(reach, unit, months_until(day_of(now)), now),
    "dashboards.statistics.yearly": lambda reach, unit, now: yearly_figures(reach, unit, now.year),
    "dashboards.ledgers": lambda reach, unit, now: [by_month(rows_of(reach, one, year_of(unit, now.year), now), one) for one in LEDGERS],
    "zero_reports.counts.matrix": lambda _reach, unit, now: matrix(unit, [_days(now)], now).rows,
    "zero_reports.rollups.classes": lambda _reach, unit, now: (classes_of([unit], _days(now)), classes_below(unit, _days(now))),
    "zero_reports.counts.queries.incidents_to_offer": lambda reach, unit, now: incidents_to_offer(reach, unit, _days(now)),
    "zero_reports.questions.contradictions": lambda reach, unit, now: zeros_of(reach, [unit], now),
    "cases.reconciliation": lambda reach, unit, now: agreements(reach, unit, day_of(now)),
    "cases.official_forms": lambda _reach, unit, now: first_values(unit, "F1", day_of(now), None),
    "incidents.replay_source": lambda reach, unit, now: list(cases(reach, plan_in_force(unit, now), now - timedelta(days=30))),
    "resources.experts.pool_counts": lambda reach, unit, now: pool_counts(reach, unit, now),
}  # fmt: skip

#: Modules that count, whose figures are among those above.
COUNTED = {
    "cases.hotline.queries", "cases.official_forms.queries", "cases.reconciliation.queries", "dashboards.promise.queries", "dashboards.boards.figures",
    "dashboards.promise.rules", "dashboards.ledgers.documents", "dashboards.ledgers.queries",
    "dashboards.statistics.burden", "dashboards.statistics.charts.queries", "dashboards.statistics.yearly", "written_reports.paper.drafts", "dashboards.statistics.history", "dashboards.statistics.stages",
    "incidents.replay_source", "resources.experts.queries", "written_reports.paper.figures", "zero_reports.counts.matrix",
    "zero_reports.counts.tallies", "zero_reports.rollups.queries",
}  # fmt: skip
#: Modules that count something else than what happened, and what.
NO_STATISTIC = {
    "accounts.imports.units": "lines of a file",
    "accounts.push.actions": "devices of one person",
    "accounts.reform.queries": "people who hold a post",
    "accounts.sign_in.adapters": "ways of one person to sign in",
    "accounts.sign_in.throttles": "failed sign-ins",
    "accounts.tokens.actions": "live tokens of one person",
    "accounts.views": "live tokens of one person",
    "cases.answers_due.queries": "answers that are owed at this moment: no demand comes from a drill",
    "cases.leader_cases.queries": "cases at this moment: a drill proposes none",
    "cases.receptions.counter": "the places of one reception's points",
    "cases.receptions.points": "the places of one reception's points",
    "cases.receptions.queries": "points of a row, and what a unit that ends still has to settle",
    "cases.matters.queries": "what a unit that ends still has to settle",
    "clocks.actions": "the generation of the clock a row begins: a number within one thing",
    "clocks.queries": "the machine: deadlines that no sweep recorded",
    "command.activation.queries": "what one response still owes, on its own page",
    "command.linkage.queries": "what a unit that ends still has to settle",
    "command.enough.actions": "who has acknowledged of one call",
    "command.packages.api": "notices of one package",
    "command.packages.views": "orders of one package",
    "command.report_chain.actions": "the last entry read, of one incident",
    "command.review.actions": "the number of the next review of one incident",
    "command.review.key_times": "the moments of one incident",
    "common.documents.workbooks": "whether a file would hold them all",
    "common.database.cuts": "what a list cuts off",
    "command.statements.queries": "the first moments of one incident",
    "command.improvements.queries": "what a unit that ends still has to settle",
    "dashboards.boards.inbox": "one's own notices, drills marked among them",
    "drills.conduct.queries": "drills under way at a unit that ends",
    "drills.evaluation.queries": "expected against done in one drill",
    "duty.comms_checks.actions": "answers to one check of telephones",
    "duty.comms_checks.contacts": "the latest proof of a telephone number",
    "duty.shifts.handovers": "lines of one handover",
    "engine.monitoring.metrics": "the machine: entries without a number",
    "engine.monitoring.pages": "the machine: entries without a number, notices not sent",
    "incidents.emergency.queries": "accesses that wait for the auditor's statement",
    "incidents.lists.listing": "rows of a list that shows drills, marked",
    "incidents.lists.urgency": "rows of a list that shows drills, marked",
    "incidents.queries": "what a unit that ends still has to settle",
    "incidents.reporting.alerts": "alerts of one incident",
    "notices.push.sending": "threads that send",
    "notices.reading.queries": "the machine: notices not sent",
    "notices.reading.views": "one's own notices, drills marked among them",
    "notices.relevance.send_checks": "tries of a notice",
    "notices.sending.dispatcher": "rows of one message",
    "notices.sending.outbox": "threads that send",
    "notices.silence.callouts": "steps of one call-out",
    "plans.rehearsal.views": "cases on one page, real ones only",
    "resources.materials.queries": "things in stock",
    "resources.trainings.queries": "who came to a training",
    "resources.trainings.views": "who came to a training",
    "exchange.inbox": "refusals of one partner",
    "exchange.partners": "keys and documents of one partner; what is a drill never leaves",
    "exchange.queries": "documents that wait: what is a drill never leaves",
    "supervision.corrections.queries": "what a unit that ends still has to settle",
    "supervision.teams.queries": "what a unit that ends still has to settle",
    "supervision.visits.queries": "visits of a team: a drill makes none",
    "webhooks.actions": "webhooks of one person",
    "webhooks.queries": "messages of one webhook; one of a drill says so",
    "works.actions": "background tasks of one person",
    "written_reports.actions": "serial numbers of written reports",
    "zero_reports.counts.queries": "units, to choose how they are added up",
    "zero_reports.links.actions": "open links of one unit",
    "zero_reports.rollups.actions": "serial numbers of roll-ups",
}

_COUNTING = {"Count", "Sum", "Avg", "Min", "Max", "median", "mean", "quantiles", "percentile"}
_COUNTING_METHODS = {"count", "aggregate"}


def counting_modules() -> Iterator[str]:
    """Every module of the product that counts rows, adds up or takes the middle of figures."""
    for room in ROOMS:
        if room in ("bench", "demo", "config"):
            continue
        for file in sorted((TOP / room).rglob("*.py")):
            if "migrations" not in file.parts and _counts(ast.parse(file.read_text())):
                yield ".".join(file.relative_to(settings.BASE_DIR).with_suffix("").parts)


def _counts(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in _COUNTING:
            return True
        # "text".count("x") has something to look for; rows are counted without.
        is_method = isinstance(called, ast.Attribute) and called.attr in _COUNTING_METHODS
        if is_method and (called.attr != "count" or not node.args):
            return True
    return False


def source_of(module: str) -> str:
    return (Path(settings.BASE_DIR) / f"{module.replace('.', '/')}.py").read_text()


def plain(value):
    """Figures as values whose text says the same each time."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(vars(value)) if hasattr(value, "__dict__") else repr(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
