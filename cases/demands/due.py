"""`due_at` follows the clocks, whoever moves them: a signature, a calendar, another version of a plan.

The rows that nobody holds are written with the change itself. One that somebody is acting on is not waited for, because
that act may be waiting for a clock of this transaction: it is written after the commit.
"""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.demands.models import Demand
from cases.demands.queries import dues_of
from journal.keys import pks_of


def follow_clocks(subjects: frozenset[str]) -> None:
    """Write anew by when the demands behind these subjects are due. Other subjects cost nothing."""
    own, incidents = pks_of(subjects, "demand"), pks_of(subjects, "incident")
    if not own and not incidents:
        return
    meant = Demand.objects.filter(Q(pk__in=own) | Q(incident__in=incidents, closed_at=None))
    ids = set(meant.values_list("pk", flat=True))
    left = ids - _write(_lock(ids).select_for_update(of=("self",), skip_locked=True))
    if left:
        transaction.on_commit(partial(_write_later, left), robust=True)


def _lock(ids: Iterable[int]) -> QuerySet[Demand]:
    return Demand.objects.filter(pk__in=ids).select_related("incident").order_by("pk")


def _write(rows: Iterable[Demand]) -> set[int]:
    """The ids of the rows it had."""
    demands = list(rows)
    dues = dues_of(demands) if demands else {}
    moved = [demand for demand in demands if demand.due_at != dues[demand.pk]]
    for demand in moved:
        demand.due_at = dues[demand.pk]
    Demand.objects.bulk_update(moved, ["due_at"])
    return set(dues)


@transaction.atomic
def _write_later(ids: set[int]) -> None:
    _write(_lock(ids).select_for_update(of=("self",)))
