"""What an emergency access would open, and who looks at which."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.emergency.models import EmergencyAccess, OpenedThing
from accounts.queries import open_unit
from accounts.scope import Reach
from common.errors import NotFound, WrongState, not_found
from incidents.models import Incident


def meant(reach: Reach, asked: str) -> list[Incident]:
    """The open incident of that number, or those of the unit with that code, that this person does not see yet.

    Raises WrongState where everything of it is open to them already. Whether there is nothing, or something that is
    closed to this person by a recusal or an accusation, is one answer: nobody learns here what they are kept from.
    """
    rows = (
        Incident.objects.open().select_related("unit").order_by("pk").filter(reach.open_rows(incident="pk"))
    )
    found = list(rows.filter(number=asked))
    if not found and (unit := open_unit(asked)):
        found = list(rows.filter(unit=unit))
    if not found:
        raise NotFound(
            "nothing_to_open",
            _(
                "Nothing was opened: emergency access finds no open incident there. Check the number of the incident or "
                "the code of the unit; if somebody is in danger, raise the alarm or phone 110, 119, 120."
            ),
        )
    seen = set(
        Incident.objects.visible_to(reach)
        .filter(pk__in=[one.pk for one in found])
        .values_list("pk", flat=True)
    )
    new = [one for one in found if one.pk not in seen]
    if not new:
        raise WrongState(
            "open_already",
            _("Nothing was opened: you see %(numbers)s already.")
            % {"numbers": "、".join(one.number for one in found[:5])},
        )
    return new


def listed(reach: Reach) -> QuerySet[EmergencyAccess]:
    """This person's own, and those whose unit, or whose person's unit, they watch over as auditor or security
    administrator, but for those of incidents that are closed to them; the newest first."""
    watched = reach.filter("emergency.end") | reach.filter("emergency.end", field="post_path")
    rows = EmergencyAccess.objects.filter(watched | Q(person=reach.user), ~_of_closed(reach))
    rows = rows.select_related("person", "unit", "ended_by", "reviewed_by").prefetch_related("things")
    return rows.order_by("-since", "-pk")


def to_review(reach: Reach) -> int:
    """How many wait for this auditor's statement. No query for anybody else."""
    if not reach.has("emergency.review"):
        return 0
    over = reach.filter("emergency.review") | reach.filter("emergency.review", field="post_path")
    rows = EmergencyAccess.objects.filter(over, ~_of_closed(reach), verdict="")
    return rows.exclude(person=reach.user).count()


def _of_closed(reach: Reach) -> Q:
    """Those that opened something which is closed to this person by a recusal or an accusation."""
    if not reach.closed:
        return Q(pk__in=[])
    return Q(Exists(OpenedThing.objects.filter(access=OuterRef("pk"), subject__in=sorted(reach.closed))))


def get_access(reach: Reach, pk: int) -> EmergencyAccess:
    """Own ones, and those this person watches over; NotFound for any other."""
    found = listed(reach).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def unreviewed(asked: set[int], now: datetime) -> set[int]:
    """Of these the ones about which no auditor has stated anything: until then it is not over for whoever was told."""
    return set(EmergencyAccess.objects.filter(pk__in=asked, verdict="").values_list("pk", flat=True))
