"""Which units' resources may this person see? The own ones, those below, and those above: a township calls on its county's."""

from django.db.models import Q, QuerySet

from accounts.models import Unit
from accounts.queries import open_unit
from accounts.scope import Reach
from common.database.paths import prefixes
from common.errors import not_found


def near(reach: Reach, field: str = "unit_path") -> Q:
    """A filter over `field`; matches nothing for somebody without a post that looks resources up."""
    above = {path for own in reach.paths("resource.view") for path in prefixes(own)}
    return reach.filter("resource.view", field) | Q(**{f"{field}__in": sorted(above)})


def serving(unit: Unit) -> Q:
    """What serves a unit: its own, and that of the units above it."""
    return Q(unit_path__in=prefixes(unit.path))


def units_kept(reach: Reach) -> QuerySet[Unit]:
    """The units whose resources this person keeps, in tree order."""
    rows = Unit.objects.filter(reach.filter("resource.keep", field="path"), valid_to__isnull=True)
    return rows.order_by("path")


def unit_looked_up(reach: Reach, code: str) -> Unit:
    """The open unit of that code, where this person looks up its resources. Raises NotFound."""
    unit = open_unit(code)
    paths = reach.paths("resource.view")
    if unit is None or not any(unit.path.startswith(path) or path.startswith(unit.path) for path in paths):
        raise not_found()
    return unit
