"""Totals of the hotline, added up."""

from datetime import date

from django.db.models import QuerySet, Sum

from accounts.models import Unit
from accounts.scope import Reach
from cases.hotline.models import HotlineTotal


def totals_by_class(unit: Unit, first: date, last: date) -> dict[str, int]:
    """Class → calls about the unit and everything below it, in the months that begin within these days."""
    rows = HotlineTotal.objects.filter(unit_path__under=unit.path, month__gte=first, month__lte=last)
    return dict(rows.order_by().values_list("dispute_class").annotate(Sum("count")))


def totals(reach: Reach) -> QuerySet[HotlineTotal]:
    """What this person may see, the last month first."""
    return (
        HotlineTotal.objects.visible_to(reach)
        .select_related("unit")
        .order_by("-month", "unit_path", "dispute_class")
    )
