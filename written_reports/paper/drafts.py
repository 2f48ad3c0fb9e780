"""The first draft of a review's written parts, from the figures and the ledgers. Sentences to be read and corrected.

A draft says what is counted, what became more, and what falls due next. How grave it is and what should be done is
for people to write: a part of which nothing is counted stays empty. Source: county rules §二 4, unit plan §二(一).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.exclusions.queries import accused_pks
from accounts.models import Unit
from cases.demands.models import Demand
from cases.hotline.classes import class_words
from cases.matters.models import Matter
from command.improvements.models import Improvement
from common.dates.periods import Period
from written_reports.choices import Part
from written_reports.paper.figures import figures
from zero_reports.rollups.queries import INCIDENT


def drafts(unit: Unit, period: Period, now: datetime) -> dict[str, str]:
    """Part → sentences, one a line. The same number of queries whatever the size."""
    before, this = figures(unit, period.shifted(-1), now), figures(unit, period, now)
    found = {
        Part.ANALYSIS: analysis(this, before),
        Part.JUDGEMENT: judgement(this, before),
        Part.OUTLOOK: _outlook(unit, period, now),
    }
    return {part.value: "\n".join(lines) for part, lines in found.items()}


def analysis(this: Mapping, before: Mapping) -> list[str]:
    """What was counted, each figure with that of the period before."""
    zeros, demands, calls = this["zero_reports"], this["demands"], this["hotline"]
    said = [
        _("Zero-reports: %(received)d of %(expected)d answered, %(late)d of them late.") % zeros,
        _("Matters reported: %(now)d (before: %(before)d)%(classes)s.")
        % {
            "now": sum(_matters(this).values()),
            "before": sum(_matters(before).values()),
            "classes": _compared(_matters(this), _matters(before)),
        },
        _("Demands: %(registered)d registered, %(replied)d replied to, %(open)d open at the end, %(overdue)d of them "
          "overdue.") % demands,
        _("Incidents: %(now)d (before: %(before)d).") % {
            "now": _incidents(this), "before": _incidents(before)},
        _("Time limits: %(met)d met, %(breached)d passed (before: %(before)d passed).") % {
            "met": this["met"], "breached": this["breached"], "before": before["breached"]},
    ]  # fmt: skip
    if calls or before["hotline"]:
        said.append(
            _("12345 hotline (imported): %(now)d calls (before: %(before)d)%(classes)s.")
            % {
                "now": sum(calls.values()),
                "before": sum(before["hotline"].values()),
                "classes": _compared(calls, before["hotline"]),
            }
        )
    return said


def judgement(this: Mapping, before: Mapping) -> list[str]:
    """Only what the figures say by themselves: what became more, what was not kept."""
    more = [
        class_words(name) for name, many in _matters(this).items() if many > before["classes"].get(name, 0)
    ]
    said = []
    if more:
        said.append(_("More than in the period before: %(classes)s.") % {"classes": _(", ").join(more)})
    if this["demands"]["overdue"]:
        said.append(_("%(n)d demands have not been answered in time.") % {"n": this["demands"]["overdue"]})
    if this["breached"] > before["breached"]:
        said.append(_("More time limits were passed than in the period before."))
    if this["zero_reports"]["missing"]:
        said.append(_("%(n)d zero-reports are missing.") % {"n": this["zero_reports"]["missing"]})
    return said


def _outlook(unit: Unit, period: Period, now: datetime) -> list[str]:
    """What falls due in the next period, of what is open now."""
    following = period.shifted(1)
    here = Q(unit_path__under=unit.path)
    within = {"due_at__gte": following.starts_at, "due_at__lt": following.ends_at}
    asked = Demand.objects.open().exclude(pk__in=accused_pks(unit, "demand"))
    demands = asked.filter(here | Q(lead_path__under=unit.path), **within).count()
    matters = (
        Matter.objects.open()
        .exclude(pk__in=accused_pks(unit, "matter"))
        .filter(here, due_date__gte=following.day, due_date__lte=following.last_day)
        .count()
    )
    tasks = Improvement.objects.live().filter(here, drill=False, **within).count()
    said = {
        "from": following.day,
        "until": following.last_day,
        "demands": demands,
        "matters": matters,
        "tasks": tasks,
    }
    if not demands + matters + tasks:
        return []
    return [
        _(
            "From %(from)s to %(until)s fall due: %(demands)d demands, %(matters)d matters, %(tasks)d improvement tasks."
        )
        % said
    ]


def _compared(this: Mapping[str, int], before: Mapping[str, int]) -> str:
    """Class by class in the order they are counted in, with the period before."""
    parts = [
        _("%(class)s %(now)d (before: %(before)d)")
        % {"class": class_words(name), "now": many, "before": before.get(name, 0)}
        for name, many in this.items()
    ]
    return _(": %(parts)s") % {"parts": _(", ").join(parts)} if parts else ""


def _matters(data: Mapping) -> dict[str, int]:
    """By class, without the items that are incidents."""
    return {name: many for name, many in data["classes"].items() if name != INCIDENT}


def _incidents(data: Mapping) -> int:
    return sum(one["count"] for one in data["incidents"])
