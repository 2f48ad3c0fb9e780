"""The figures of the yearly report (年报): each with what it counts. A unit with everything below it, without drills.

Source: Petition Work Regulations art. 41 (data on petition matters and what they are about; what was passed on, assigned
and supervised; proposals and what became of them), county rules §九. The regulations also ask which organs are complained
of most: this product ranks no unit, so that line is written by people.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.choices import DemandOrigin, DemandOutcome, DemandVerb
from cases.demands.models import Demand, DemandStep
from cases.hotline.classes import class_words
from cases.hotline.queries import totals_by_class
from cases.matters.models import Matter
from clocks.models import Clock
from command.improvements.choices import ImprovementState
from command.improvements.models import Improvement
from common.dates.periods import MONTHLY, Period
from incidents.choices import State
from incidents.models import Incident
from zero_reports.filing.classes import in_order

DATA = gettext_lazy("1. Data and what it is about")
HANDLED = gettext_lazy("2. Passed on, assigned, kept in time")
LEARNED = gettext_lazy("3. Proposals and what became of them")


class Figure(NamedTuple):
    """One line of the report. `name`: what the API calls it, whatever the language."""

    name: str
    group: Any
    label: str
    value: int
    definition: str


class Year(NamedTuple):
    """The bounds of a calendar year in Beijing."""

    first: Period
    last: Period

    def within(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.first.starts_at, f"{field}__lt": self.last.ends_at})


def year_of(number: int) -> Year:
    return Year(Period(MONTHLY, date(number, 1, 1)), Period(MONTHLY, date(number, 12, 1)))


def yearly_figures(reach: Reach, unit: Unit, number: int) -> list[Figure]:
    """All figures of one calendar year, in the order of the report. The same number of queries whatever the size."""
    year = year_of(number)
    return [
        *_demands(reach, unit, year),
        *_matters(reach, unit, year),
        *_hotline(unit, year),
        *_incidents(reach, unit, year),
        *_handled(reach, unit, year),
        *_clocks(reach, unit, year),
        *_learned(reach, unit, year),
    ]


def _of(unit: Unit) -> Q:
    return Q(unit_path__under=unit.path) | Q(lead_path__under=unit.path)


def _demands(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    rows = Demand.objects.visible_to(reach).filter(_of(unit))
    asked = {"registered": Count("pk", filter=year.within("registered_at"))}
    for origin in DemandOrigin:
        asked[f"from_{origin}"] = Count("pk", filter=year.within("registered_at") & Q(origin=origin))
    for outcome in DemandOutcome:
        asked[f"was_{outcome}"] = Count("pk", filter=year.within("replied_at") & Q(outcome=outcome))
    asked["closed"] = Count("pk", filter=year.within("closed_at"))
    asked["open"] = Count(
        "pk",
        filter=Q(registered_at__lt=year.last.ends_at)
        & (Q(closed_at=None) | Q(closed_at__gte=year.last.ends_at)),
    )
    found = rows.aggregate(**asked)
    begun = _("Demands registered in the year; one for each point, not for each person.")
    yield Figure("demands_registered", DATA, _("Demands registered"), found["registered"], begun)
    for origin in DemandOrigin:
        said = _("Of these, by where they came in.")
        yield Figure(
            f"demands_from_{origin}",
            DATA,
            _("– %(what)s") % {"what": origin.label},
            found[f"from_{origin}"],
            said,
        )
    for outcome in DemandOutcome:
        said = _("Demands whose written reply was issued in the year, by its outcome (art. 32).")
        yield Figure(
            f"replies_{outcome}",
            DATA,
            _("Replies: %(what)s") % {"what": outcome.label},
            found[f"was_{outcome}"],
            said,
        )
    said = _("Demands closed in the year: reply delivered and numbered in the petition system.")
    yield Figure("demands_closed", DATA, _("Demands closed"), found["closed"], said)
    said = _("Registered by the end of the year and not closed by then.")
    yield Figure("demands_open", DATA, _("Demands open at the end of the year"), found["open"], said)


def _matters(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    rows = Matter.objects.visible_to(reach).filter(year.within("registered_at"), unit_path__under=unit.path)
    found = {name: (many, things) for name, many, things in rows.order_by().values_list("dispute_class").annotate(
        many=Count("pk"), things=Sum("count"))}  # fmt: skip
    whole = sum(many for many, _things in found.values())
    said = _("Matters registered in the year from what units reported.")
    yield Figure("matters_registered", DATA, _("Matters registered"), whole, said)
    for name in in_order(set(found) - {""}):
        said = _("Of these, by class in the order of the plan.")
        yield Figure(
            f"matters_of_{name}", DATA, _("– %(what)s") % {"what": class_words(name)}, found[name][0], said
        )


def _hotline(unit: Unit, year: Year) -> Iterator[Figure]:
    found = totals_by_class(unit, year.first.day, year.last.last_day)
    said = _(
        "Imported from the hotline's monthly tables; counted by the hotline's rules and never added to our figures."
    )
    yield Figure("hotline_calls", DATA, _("Calls to 12345 (imported)"), sum(found.values()), said)


def _incidents(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    rows = Incident.objects.visible_to(reach).real().exclude(state__in=[State.RETRACTED, State.MERGED])
    found = rows.filter(year.within("recorded_at"), unit_path__under=unit.path).aggregate(
        all=Count("pk"),
        signed=Count("pk", filter=~Q(highest_level="")),
        closed=Count("pk", filter=Q(state=State.CLOSED)),
    )
    said = _("Recorded in the year; without those taken back, those merged into another, and drills.")
    yield Figure("incidents", DATA, _("Incidents"), found["all"], said)
    yield Figure(
        "incidents_signed",
        DATA,
        _("– with a signed warning"),
        found["signed"],
        _("Of these, with a level that was signed."),
    )
    yield Figure("incidents_closed", DATA, _("– closed"), found["closed"], _("Of these, closed by now."))


def _handled(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    """Acts on demands in the year: one query."""
    seen = Demand.objects.visible_to(reach).filter(_of(unit)).values("pk")
    rows = DemandStep.objects.filter(year.within("at"), demand__in=seen)
    verbs = (
        DemandVerb.ASSIGN,
        DemandVerb.TRANSFER,
        DemandVerb.EXTEND,
        DemandVerb.FOLLOWED,
        DemandVerb.DELIVER,
    )
    found = dict(rows.filter(verb__in=verbs).order_by().values_list("verb").annotate(Count("pk")))
    for verb in verbs:
        said = _("Acts of this kind on demands in the year; the same demand may have several.")
        yield Figure(f"acts_{verb}", HANDLED, str(verb.label), found.get(verb.value, 0), said)


def _clocks(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    rows = Clock.objects.visible_to(reach).real().filter(year.within("due_at"), unit_path__under=unit.path)
    passed = Q(breached_at__isnull=False) | Q(stopped_at__gt=F("due_at"))
    found = rows.aggregate(
        met=Count("pk", filter=Q(stopped_at__lte=F("due_at"))), passed=Count("pk", filter=passed)
    )
    said = _("Time limits whose last moment lies in the year, done by then.")
    yield Figure("limits_met", HANDLED, _("Time limits met"), found["met"], said)
    said = _("Time limits whose last moment lies in the year, not done by then.")
    yield Figure("limits_missed", HANDLED, _("Time limits missed"), found["passed"], said)


def _learned(reach: Reach, unit: Unit, year: Year) -> Iterator[Figure]:
    rows = Improvement.objects.visible_to(reach).filter(drill=False, unit_path__under=unit.path)
    found = rows.aggregate(
        set=Count("pk", filter=year.within("set_at")),
        done=Count("pk", filter=year.within("ended_at") & Q(state=ImprovementState.CONFIRMED)),
        dropped=Count("pk", filter=year.within("ended_at") & Q(state=ImprovementState.DROPPED)),
    )
    yield Figure(
        "improvements_set",
        LEARNED,
        _("Improvement tasks set"),
        found["set"],
        _("Set in the year after incidents; drills left out."),
    )
    yield Figure(
        "improvements_done",
        LEARNED,
        _("– done"),
        found["done"],
        _("Confirmed as done in the year, whenever they were set."),
    )
    yield Figure(
        "improvements_dropped",
        LEARNED,
        _("– dropped"),
        found["dropped"],
        _("Given up in the year with a reason."),
    )
