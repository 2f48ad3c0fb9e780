"""The counted part of a written report: what the platform knows of a unit and everything below it. Never persons."""

from datetime import datetime

from django.db.models import Count, Q, Sum

from accounts.exclusions.queries import accused_at, accused_pks
from accounts.models import Unit
from cases.demands.models import Demand
from cases.hotline.queries import totals_by_class
from cases.matters.models import Matter
from clocks.models import Clock
from common.dates.periods import Period
from incidents.choices import State
from incidents.models import Incident
from plans.engine.evaluation import levels_of
from plans.lifecycle.models import PlanVersion
from zero_reports.counts.models import Tally
from zero_reports.filing.models import ReportItem, ZeroReport
from zero_reports.rollups.queries import INCIDENT
from zero_reports.rounds.models import Silence
from zero_reports.rounds.rules import ITEMS, NIL, Counts

#: Incidents nobody has signed a warning for.
UNSIGNED = {"zh": "未签发预警", "en": "No warning signed"}


def figures(unit: Unit, period: Period, now: datetime) -> dict:
    """Everything up to `now`, as plain data that can be kept. A fixed number of queries, whatever the size."""
    counts = _zero_reports(unit, period)
    return {
        "as_of": now.isoformat(timespec="seconds"),
        "zero_reports": {**counts._asdict(), "missing": counts.missing},
        "classes": _classes(unit, period),
        "matters": _matters(unit, period),
        "demands": _demands(unit, period, now),
        "hotline": totals_by_class(unit, period.day, period.last_day),
        "incidents": _incidents(unit, period),
        **_clocks(unit, period),
    }


def _days(period: Period) -> dict:
    return {"day__gte": period.day, "day__lte": period.last_day}


def _zero_reports(unit: Unit, period: Period) -> Counts:
    """The tallies of everything below, and what the unit itself answered or left silent."""
    below = Tally.objects.filter(unit=unit, **_days(period)).aggregate(
        *[Sum(name) for name in Counts._fields]
    )
    whole = Counts(*(below[f"{name}__sum"] or 0 for name in Counts._fields))
    mine = list(ZeroReport.objects.filter(unit=unit, current=True, counted=True, **_days(period)))
    for report in mine:
        said = (int(report.answer == NIL), int(report.answer == ITEMS))
        whole = whole.plus(Counts(1, 1, *said, int(report.is_late)))
    silent = set(Silence.objects.filter(unit=unit, **_days(period)).values_list("cadence", "day"))
    answered = {(report.cadence, report.day) for report in mine}
    return whole.plus(Counts(expected=len(silent - answered)))


def _classes(unit: Unit, period: Period) -> dict[str, int]:
    rows = ReportItem.objects.filter(
        report__unit__path__under=unit.path,
        report__current=True,
        report__counted=True,
        report__day__gte=period.day,
        report__day__lte=period.last_day,
    ).order_by("dispute_class")
    return {name or INCIDENT: many for name, many in rows.values_list("dispute_class").annotate(Sum("count"))}


def _matters(unit: Unit, period: Period) -> dict[str, int]:
    """Registered and filed within the period; still open whenever they were registered."""
    within = (period.starts_at, period.ends_at)
    begun = Q(registered_at__gte=within[0], registered_at__lt=within[1])
    ended = Q(filed_at__gte=within[0], filed_at__lt=within[1])
    rows = Matter.objects.filter(unit_path__under=unit.path, registered_at__lt=within[1])
    rows = rows.exclude(pk__in=accused_pks(unit, "matter"))
    return rows.aggregate(
        registered=Count("pk", filter=begun),
        filed=Count("pk", filter=ended),
        open=Count("pk", filter=Q(filed_at__isnull=True) | Q(filed_at__gte=within[1])),
    )


def _incidents(unit: Unit, period: Period) -> list[dict]:
    """By the level signed for, in the words of the plan each was opened under; those without a warning last."""
    rows = (
        Incident.objects.real()
        .filter(
            unit_path__under=unit.path,
            recorded_at__gte=period.starts_at,
            recorded_at__lt=period.ends_at,
        )
        .exclude(state__in=[State.RETRACTED, State.MERGED])
    )
    found = list(rows.order_by().values_list("plan_id", "level").annotate(Count("pk")))
    versions = PlanVersion.objects.in_bulk({plan for plan, _level, _many in found})
    counted: dict[tuple[int, str, str], int] = {}
    for plan, level, many in found:
        levels = {one.id: one for one in levels_of(versions[plan].document)}
        said = levels.get(level)
        name = (said.rank, said.words.zh, said.words.en) if said else (99, UNSIGNED["zh"], UNSIGNED["en"])
        counted[name] = counted.get(name, 0) + many
    return [{"zh": zh, "en": en, "count": many} for (_rank, zh, en), many in sorted(counted.items())]


def _demands(unit: Unit, period: Period, now: datetime) -> dict[str, int]:
    """Of the unit, below it, or led there: registered and replied to within the period; open and overdue at its end,
    or at `now` where it has not ended."""
    here = Q(unit_path__under=unit.path) | Q(lead_path__under=unit.path)
    end = period.ends_at
    is_open = Q(closed_at__isnull=True) | Q(closed_at__gte=end)
    rows = Demand.objects.filter(here, registered_at__lt=end).exclude(pk__in=accused_pks(unit, "demand"))
    return rows.aggregate(
        registered=Count("pk", filter=Q(registered_at__gte=period.starts_at)),
        replied=Count("pk", filter=Q(replied_at__gte=period.starts_at, replied_at__lt=end)),
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(due_at__lt=min(end, now))),
    )


def _clocks(unit: Unit, period: Period) -> dict[str, int]:
    """Done within the period in time; found passed within it."""
    rows = Clock.objects.real().filter(unit_path__under=unit.path).exclude(subject__in=accused_at(unit))
    within = (period.starts_at, period.ends_at)
    return rows.aggregate(
        met=Count("pk", filter=Q(breached_at=None, stopped_at__gte=within[0], stopped_at__lt=within[1])),
        breached=Count("pk", filter=Q(breached_at__gte=within[0], breached_at__lt=within[1])),
    )
