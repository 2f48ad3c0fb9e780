"""The answers that a person or a unit owes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from accounts.verbs import VERBS
from cases.answers_due.models import DigestHour
from cases.demands.models import Demand
from common.dates.local_time import day_of
from common.errors import NotAllowed, not_found


class Tally(NamedTuple):
    """How much is owed at one moment: all of it, what is past its day, what ends within seven days after today."""

    owed: int
    overdue: int
    week: int


def own_units(reach: Reach) -> list[Unit]:
    """The units at which this person holds a post that answers: theirs, not those below."""
    ids = {post.unit_id for post in reach.posts if post.kind in VERBS["matter.manage"]}
    return list(Unit.objects.filter(pk__in=ids).order_by("path")) if ids else []


def unit_asked(reach: Reach, code: str) -> Unit:
    """A unit whose reports this person reads. NotFound for any other."""
    found = Unit.objects.filter(code=code, valid_to=None).first()
    if found is None or not reach.holds("report.view", found.path):
        raise not_found()
    return found


def answers_due(reach: Reach, units: Iterable[Unit]) -> QuerySet[Demand]:
    """Open demands that these units lead and this person is not kept from, those first that are due first: the promise, or a limit that ends before it."""
    paths = [unit.path for unit in units]
    rows = Demand.objects.open().filter(reach.open_rows(demand="pk"), lead_path__in=paths)
    rows = rows.select_related("unit", "lead_unit")
    return rows.order_by("due_at", "id")


def supported(reach: Reach, units: Iterable[Unit]) -> QuerySet[Demand]:
    """Open demands that others lead and these units help with."""
    rows = Demand.objects.open().filter(reach.open_rows(demand="pk"), supporters__in=list(units))
    rows = rows.select_related("unit", "lead_unit")
    return rows.distinct().order_by("due_at", "id")


def tally_of(reach: Reach, units: Iterable[Unit], now: datetime) -> Tally:
    end_of_week = now + timedelta(days=7)
    found = answers_due(reach, units).aggregate(
        owed=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        week=Count("pk", filter=Q(due_at__gte=now, due_at__lte=end_of_week)),
    )
    return Tally(**found)


def digest_of(unit: Unit) -> DigestHour | None:
    return DigestHour.objects.filter(unit=unit).first()


def check_can_choose(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it."""
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The hour was not changed for %(unit)s: this is done by leaders, duty room or clerk of the unit or of "
                "one above. Ask them."
            )
            % {"unit": unit},
        )


def day_words(demand: Demand) -> str:
    return f"{day_of(demand.due_at):%m-%d}" if demand.due else ""
