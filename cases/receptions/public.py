"""The public list of the hours at which leaders receive: posts and hours, nobody's name. Off by default."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.access.rate import is_too_often
from accounts.choices import PostKind
from accounts.models import Unit
from accounts.sign_in.devices import address_of
from common.dates.local_time import day_of
from common.web.public import OpenPage
from rosters.models import Shift

#: Looks from one address in a minute, at one web process.
LOOKS = 120
#: So many days are shown, from today.
DAYS = 14


def hours_of(unit: Unit, now: datetime) -> list[Shift]:
    """What the unit's published roster says of the coming days. A swap takes the hour along, not the name."""
    rows = Shift.objects.in_force().overlapping(now, now + timedelta(days=DAYS))
    rows = rows.filter(post__unit=unit, post__kind=PostKind.RECEIVING_LEADER, ends_at__gt=now)
    return list(rows.for_lists())


class ReceptionHours(OpenPage):
    """No sign-in, no cookie, no script; for a door, a poster, the bureau's own website."""

    template_name = "cases/receptions/public.html"

    def found(self, request, code):
        status, unit = self._found(request, code)
        return status, {
            "unit": unit,
            "hours": hours_of(unit, request.now) if unit else [],
            "today": day_of(request.now),
        }

    def _found(self, request, code):
        if not settings.PUBLIC_RECEPTION_PAGE:
            return 404, None
        if is_too_often(f"reception-hours:{address_of(request)}", LOOKS):
            return 429, None
        unit = Unit.objects.filter(code=code, valid_to=None).first()
        return (200, unit) if unit else (404, None)
