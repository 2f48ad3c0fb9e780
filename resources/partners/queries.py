"""Whom can be phoned? What a person asks starts at `visible_to`; what an act or a page of an incident asks is by unit."""

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import not_found
from resources.partners.models import Partner
from resources.partners.rules import in_order_of_calling
from resources.visibility import serving


def partners(reach: Reach, *, kind: str = "", text: str = "") -> QuerySet[Partner]:
    """The listed partners this person may look up, area by area."""
    rows = Partner.objects.visible_to(reach).listed().select_related("unit", "checked_by")
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(name__icontains=text)
    return rows.order_by("unit_path", "kind", "name", "pk")


def get_partner(reach: Reach, pk: int) -> Partner:
    """NotFound if there is none or this person may not see it. One that is off the list is found."""
    rows = Partner.objects.visible_to(reach).select_related("unit", "checked_by")
    partner = rows.filter(pk=pk).first()
    if partner is None:
        raise not_found()
    return partner


def partners_serving(unit: Unit) -> list[Partner]:
    """Whom to phone for something at this unit: its own partners and those of the units above, in the order in
    which they are phoned (one query). For a reader who sees what happens there."""
    rows = Partner.objects.listed().filter(serving(unit)).select_related("unit")
    return in_order_of_calling(rows)
