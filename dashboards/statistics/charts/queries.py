"""The figures of the pictures: of one unit with everything below it, as far as this person sees it, without drills.

One query each (levels: one more for the plans; reports: three). Nothing is counted for a person, and units are never put side by side.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.hotline.classes import OTHER, class_words
from cases.hotline.queries import totals_by_class
from clocks.models import Clock
from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, MONTHLY, Period
from common.templatetags.levels import COLOUR_WORDS, look_of
from dashboards.statistics.charts.chart import Chart, Series
from dashboards.statistics.history import counts_of
from incidents.choices import State
from incidents.models import Incident
from plans.lifecycle.models import PlanVersion
from zero_reports.filing.choices import DisputeClass
from zero_reports.filing.classes import in_order
from zero_reports.filing.models import ReportItem
from zero_reports.rounds.rules import Counts

#: So many months stand side by side.
MONTHS = 12
#: Days since the registration: up to this many, and more than the last.
AGES = (7, 15, 30, 60, 90)
#: So many days of reports, the last of them yesterday: today's are still coming in.
DAYS = 14
#: Series of levels that no colour of a plan names.
NO_COLOUR, UNSIGNED = "neutral", "off"


def months_until(last: date) -> list[Period]:
    """Twelve months, the one of `last` the last of them."""
    end = Period(MONTHLY, last.replace(day=1))
    return [end.shifted(-back) for back in range(MONTHS - 1, -1, -1)]


def charts(reach: Reach, unit: Unit, months: list[Period], now: datetime) -> list[Chart]:
    return [
        clocks_by_month(reach, unit, months),
        demands_by_age(reach, unit, now),
        causes_by_class(reach, unit, months),
        incidents_by_level(reach, unit, months),
        reports_by_day(unit, now),
    ]


def clocks_by_month(reach: Reach, unit: Unit, months: list[Period]) -> Chart:
    rows = (
        Clock.objects.visible_to(reach).real().filter(unit_path__under=unit.path, **_within("due_at", months))
    )
    passed = Q(breached_at__isnull=False) | Q(stopped_at__gt=F("due_at"))
    counted = (
        rows.order_by()
        .values_list(TruncMonth("due_at", tzinfo=LOCAL))
        .annotate(
            met=Count("pk", filter=Q(stopped_at__lte=F("due_at"))),
            passed=Count("pk", filter=passed),
            running=Count("pk", filter=~passed & Q(stopped_at=None, cancelled_at=None)),
        )
    )
    found = {day_of(month): figures for month, *figures in counted}
    met, late, running = zip(*(found.get(month.day, (0, 0, 0)) for month in months), strict=True)
    return Chart(
        "clocks",
        _("Time limits met and passed"),
        _(
            "Each time limit counts in the month in which its last moment lies. Met: done by then. Passed: not done by "
            "then, also where it was done later. Running: its last moment has not come, or nobody has looked since. Left "
            "out: those that were cancelled in time, those that stand still, and drills."
        ),
        _("Month"),
        [str(month) for month in months],
        [
            Series(_("Met"), "ok", list(met)),
            Series(pgettext_lazy("time limits", "Passed"), "bad", list(late)),
            Series(pgettext_lazy("ledger", "Running"), "wait", list(running)),
        ],
        over_time=True,
    )


def demands_by_age(reach: Reach, unit: Unit, now: datetime) -> Chart:
    """By calendar days in Beijing since the day of the registration."""
    rows = Demand.objects.visible_to(reach).open()
    rows = rows.filter(Q(unit_path__under=unit.path) | Q(lead_path__under=unit.path))
    asked = {}
    for place, band in enumerate(_bands(day_of(now))):
        asked[f"in_time_{place}"] = Count("pk", filter=band & Q(due_at__gte=now))
        asked[f"overdue_{place}"] = Count("pk", filter=band & Q(due_at__lt=now))
    found = rows.aggregate(**asked)
    places = range(len(AGES) + 1)
    return Chart(
        "demands",
        _("Age of the demands that are open"),
        _(
            "Demands of the unit, those it leads and those below it that are not closed at this moment, by the days "
            "since they were registered. Overdue: the earliest of what was promised and what the law or the plan allows "
            "has passed. A demand is one point that is to be answered; people are not counted."
        ),
        _("Days since the registration"),
        _age_words(),
        [
            Series(_("In time"), "ok", [found[f"in_time_{place}"] for place in places]),
            Series(_("Overdue"), "bad", [found[f"overdue_{place}"] for place in places]),
        ],
    )


def causes_by_class(reach: Reach, unit: Unit, months: list[Period]) -> Chart:
    rows = ReportItem.objects.filter(
        reach.filter("report.view", "report__unit__path"),
        report__unit__path__under=unit.path,
        report__current=True,
        report__counted=True,
        report__day__gte=months[0].day,
        report__day__lte=months[-1].last_day,
        incident=None,
    )
    reported = dict(rows.order_by().values_list("dispute_class").annotate(Sum("count")))
    calls = totals_by_class(unit, months[0].day, months[-1].last_day)
    names = in_order({*DisputeClass.values, *reported, *calls} - {"", OTHER})
    names += [OTHER] if OTHER in calls else []
    return Chart(
        "causes",
        _("Causes by class"),
        _(
            "Matters in the zero-reports of the unit and everything below it in these months: the sum of the numbers "
            "given, each report in its last version. The same matter reported again in another period counts again. "
            "12345: calls about these units by the totals that were imported from the hotline, which counts by its own "
            "rules; a matter may be in both. The classes stand in the order of the plan."
        ),
        _("Class"),
        [class_words(name) for name in names],
        [
            Series(_("Reported by our units"), "ok", [reported.get(name, 0) for name in names]),
            Series(_("12345 hotline (imported)"), "off", [calls.get(name, 0) for name in names]),
        ],
        adds=False,
    )


def incidents_by_level(reach: Reach, unit: Unit, months: list[Period]) -> Chart:
    rows = (
        Incident.objects.visible_to(reach)
        .real()
        .filter(unit_path__under=unit.path, **_within("recorded_at", months))
        .exclude(state__in=[State.RETRACTED, State.MERGED])
    )
    month = TruncMonth("recorded_at", tzinfo=LOCAL)
    found = list(rows.order_by().values_list(month, "plan_id", "highest_level").annotate(Count("pk")))
    versions = PlanVersion.objects.in_bulk({plan for _month, plan, _level, _many in found})
    counted: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for at, plan, level, many in found:
        look = look_of(level, versions[plan].document)
        counted[look.tone if look else UNSIGNED][day_of(at)] += many
    return Chart(
        "incidents",
        _("Incidents by level"),
        _(
            "Incidents by the month they were recorded in and the highest level that was ever signed for them, by the "
            "colour of the level in the plan each ran under. Left out: reports taken back, those merged into another, "
            "and drills."
        ),
        _("Month"),
        [str(month) for month in months],
        [
            Series(label, tone, [counted[tone][month.day] for month in months])
            for tone, label in _tones().items()
            if tone != NO_COLOUR or counted[NO_COLOUR]
        ],
        over_time=True,
    )


def reports_by_day(unit: Unit, now: datetime) -> Chart:
    """Of a unit whose reports the reader may see."""
    today = Period(DAILY, day_of(now))
    days = [today.shifted(-back) for back in range(DAYS, 0, -1)]
    counts = [found or Counts() for found in counts_of(unit, days)]
    return Chart(
        "reports",
        _("Daily reports, the last fourteen days"),
        _(
            "Units asked for a report of each day, of the unit and everything below it, until yesterday. Late: after "
            "the hour of the plan. Missing: not answered until now. A unit that nobody asked on a day is not counted."
        ),
        _("Day"),
        [str(day) for day in days],
        [
            Series(pgettext_lazy("reports", "In time"), "ok", [one.on_time for one in counts]),
            Series(pgettext_lazy("reports", "Late"), "wait", [one.late for one in counts]),
            Series(pgettext_lazy("reports", "Missing"), "bad", [one.missing for one in counts]),
        ],
        over_time=True,
    )


def _tones() -> dict:
    return {**COLOUR_WORDS, NO_COLOUR: _("A level without a colour"), UNSIGNED: _("No warning signed")}


def _within(field: str, months: list[Period]) -> dict:
    return {f"{field}__gte": months[0].starts_at, f"{field}__lt": months[-1].ends_at}


def _bands(today: date) -> list[Q]:
    """One condition for each age, the youngest first. Exactly seven days ago is still "0–7"."""
    edges = [datetime.combine(today - timedelta(days=days), time(), LOCAL) for days in AGES]
    first = [Q(registered_at__gte=edges[0])]
    between = [Q(registered_at__gte=older, registered_at__lt=younger) for younger, older in pairwise(edges)]
    return [*first, *between, Q(registered_at__lt=edges[-1])]


def _age_words() -> list[str]:
    starts = [0, *(days + 1 for days in AGES[:-1])]
    return [*(f"{first}–{last}" for first, last in zip(starts, AGES, strict=True)), f"> {AGES[-1]}"]
