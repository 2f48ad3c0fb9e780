"""What of a handover may this reader read? Each thing under the rights on the thing itself, now and once it is signed.

A handover is seen by everybody who may look at the roster; squads, responders and experts among them. What it names
belongs to other rooms, and whoever may not open a thing does not read its place and text in the list either.
"""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.models import Unit
from accounts.scope import Reach
from clocks.models import Clock
from command.linkage.models import LinkageOrder
from command.orders.models import Order
from duty.shifts.choices import ItemKind
from duty.shifts.models import Handover, HandoverItem
from duty.shifts.queries import Passing
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from journal.keys import pk_of
from resources.materials.models import Material

Thing = Passing | HandoverItem


def _of(rows: Any) -> Callable[[Reach, set[int]], set[int]]:
    def seen(reach: Reach, pks: set[int]) -> set[int]:
        return set(rows.visible_to(reach).filter(pk__in=pks).values_list("pk", flat=True))

    return seen


def _silent(reach: Reach, pks: set[int]) -> set[int]:
    """Units whose reports this person may look at."""
    units = Unit.objects.filter(reach.filter("report.view", field="path"), pk__in=pks)
    return set(units.values_list("pk", flat=True))


#: Of each kind of thing, which of these keys may this person see? Whoever adds a kind says it here.
_SEEN: dict[str, Callable[[Reach, set[int]], set[int]]] = {
    ItemKind.INCIDENT: _of(Incident.objects),
    ItemKind.WARNING: _of(EarlyWarning.objects),
    ItemKind.CLOCK: _of(Clock.objects),
    ItemKind.ORDER: _of(Order.objects),
    ItemKind.LINKAGE: _of(LinkageOrder.objects),
    ItemKind.SILENT: _silent,
    ItemKind.MATERIAL: _of(Material.objects),
}


def readable(reach: Reach, things: Iterable[Thing]) -> list[Thing]:
    """Those of the things that this person may see, in their order; a query for each kind among them."""
    things = list(things)
    seen = {
        kind: _SEEN[kind](reach, {pk_of(thing.subject) for thing in things if thing.kind == kind})
        for kind in {thing.kind for thing in things}
    }
    return [thing for thing in things if pk_of(thing.subject) in seen[thing.kind]]


def reads_note(reach: Reach, handover: Handover) -> bool:
    """The note is free text about what passes over: for both sides, who holds the post, and who sees incidents."""
    on_the_post = handover.incoming.post_id in {held.post_id for held in reach.posts}
    side = {handover.outgoing.person_id, handover.incoming.person_id, handover.incoming.stand_in_id}
    return on_the_post or reach.user.pk in side or reach.holds("incident.view", handover.unit_path)
