"""Official forms this person may see, and what a form can be filled with beforehand."""

from calendar import monthrange
from datetime import date, datetime, time

from django.db.models import Q, QuerySet, Sum

from accounts.exclusions.queries import accused_pks
from accounts.models import Unit
from accounts.scope import Reach
from cases.matters.choices import MatterState
from cases.matters.models import Matter
from cases.official_forms.choices import FOUND
from cases.official_forms.models import OfficialForm
from clocks.models import Clock
from common.dates.local_time import LOCAL
from common.errors import not_found
from zero_reports.filing.classes import classes_at


def get_form(reach: Reach, number: str) -> OfficialForm:
    found = OfficialForm.objects.visible_to(reach).filter(number=number)
    form = found.select_related("unit__parent", "matter", "begun_by", "sent_by").first()
    if form is None:
        raise not_found()
    return form


def forms(reach: Reach, unit: Unit | None = None, kind: str = "") -> QuerySet[OfficialForm]:
    """The newest first."""
    rows = OfficialForm.objects.visible_to(reach).select_related("unit", "matter")
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-begun_at", "-pk")


def clocks_of(forms: list[OfficialForm], stop_kinds: dict[str, str]) -> dict[int, Clock]:
    """Form → the clock that its sending stops (one query). `stop_kinds`: kind of form → starting entry."""
    subjects = {form.subject for form in forms if form.kind in stop_kinds}
    rows = Clock.objects.filter(subject__in=subjects, start_entry__kind__in=set(stop_kinds.values()))
    found: dict[tuple[str, str], Clock] = {}
    for clock in rows.select_related("start_entry").order_by("id"):
        assert clock.start_entry is not None  # asked for by its kind
        found[clock.subject, clock.start_entry.kind] = clock
    mine = ((form, found.get((form.subject, stop_kinds.get(form.kind, "")))) for form in forms)
    return {form.pk: clock for form, clock in mine if clock is not None}


def first_values(unit: Unit, kind: str, day: date, matter: Matter | None) -> dict:
    """What the product knows already: nobody types it twice."""
    if kind == "F1":
        return _statistics(unit, day)
    if matter is None:
        return {}
    known = {"dispute_class": matter.dispute_class, "what": matter.note, "place": matter.unit.name}
    return {**known, "result": matter.result}


def _statistics(unit: Unit, day: date) -> dict:
    """The month's matters at and below the unit, by class."""
    first = day.replace(day=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    rows = Matter.objects.filter(unit_path__under=unit.path, day__range=(first, last))
    rows = rows.exclude(pk__in=accused_pks(unit, "matter"))
    by_class = dict(rows.order_by().values_list("dispute_class").annotate(Sum("count")))
    settled = Sum("count", filter=Q(state=MatterState.FILED))
    done = rows.aggregate(all=Sum("count"), settled=settled)
    listed = classes_at(unit, datetime.combine(last, time(), LOCAL))
    found = {FOUND + name: by_class.get(name, 0) for name in {**listed, **by_class} if name}
    return {**found, "settled": done["settled"] or 0, "open": (done["all"] or 0) - (done["settled"] or 0)}
