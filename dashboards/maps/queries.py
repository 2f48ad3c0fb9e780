"""Which incidents and units are on the map of this reader."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Unit
from accounts.scope import Reach
from dashboards.maps.layers import Layer
from incidents.lists.urgency import ByUrgency
from incidents.models import Incident

#: More signs nobody tells apart; the list of incidents has the rest.
MOST = 300


#: A map says "清河县" of what the office there is called by.
_OFFICES = ("", "司法局", "司法所")


class OnMap(NamedTuple):
    """The most urgent first. `rest`: how many more there are."""

    incidents: list[Incident]
    rest: int

    @property
    def unplaced(self) -> int:
        return sum(one.latitude is None for one in self.incidents)


def open_on_map(reach: Reach, now: datetime, *, drill: bool) -> OnMap:
    """Open incidents this reader may see: those of drills by themselves, never among real ones (two queries)."""
    rows = Incident.objects.visible_to(reach).open().filter(drill=drill)
    shown = ByUrgency(rows, now)[:MOST]
    return OnMap(shown, shown[0].total - len(shown) if shown else 0)


def has_drills(reach: Reach) -> bool:
    return Incident.objects.visible_to(reach).open().filter(drill=True).exists()


def paths_by_name(reach: Reach, shown: Iterable[Layer]) -> dict[str, str]:
    """Names and codes that stand on the map → paths of the units within the reader's scope that bear them. A name that
    several bear says nothing: a code does."""
    names = [name for layer in shown if layer.outline for name in layer.outline.names]
    said = {one.text for one in names} | {one.code for one in names if one.code}
    if not said:
        return {}
    offices = [name + office for name in said for office in _OFFICES]
    rows = Unit.objects.filter(Q(name__in=offices) | Q(code__in=said), valid_to__isnull=True)
    units = list(rows.filter(reach.filter("wall.view", field="path")))
    names_borne = [(name, unit.path) for unit in units for name in {unit.name, _bare(unit.name)}]
    many = Counter(name for name, _path in names_borne)
    found = {name: path for name, path in names_borne if many[name] == 1}
    return found | {unit.code: unit.path for unit in units}


def _bare(name: str) -> str:
    return next((name.removesuffix(office) for office in _OFFICES[1:] if name.endswith(office)), name)
