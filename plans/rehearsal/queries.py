"""Where may this person rehearse?"""

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.scope import Reach


def units_to_try(reach: Reach) -> QuerySet[Unit]:
    """Open units whose people this person may see: a rehearsal names who holds which post there."""
    seen = reach.filter("people.view", field="path") | reach.filter("incident.view", field="path")
    return Unit.objects.filter(seen, valid_to__isnull=True).order_by("path")
