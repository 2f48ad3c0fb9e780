"""Keep totals that somebody was shown. Lock, check, change, record."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.hotline import permissions
from cases.hotline.files import Total
from cases.hotline.models import HotlineTotal
from common.errors import NotAllowed
from journal.keys import key
from journal.record import record


@transaction.atomic
def keep_totals(*, reach: Reach, totals: Sequence[Total], now: datetime) -> int:
    """Write the totals, each in the place of what stood there, and one entry for each unit. Returns how many.

    Raises NotAllowed if a unit is not this person's any more: then nothing is written.
    """
    rows = Unit.objects.filter(pk__in={one.unit_id for one in totals}).order_by("pk")
    units = {unit.pk: unit for unit in rows.select_for_update(no_key=True)}

    permissions.check_can_import(reach)
    if away := [unit for unit in units.values() if not reach.holds("matter.manage", unit.path)]:
        raise NotAllowed(
            "not_your_unit",
            _("No total was kept: %(unit)s is not yours to enter totals for. Hand in the file again.")
            % {"unit": away[0]},
        )

    for pk, unit in units.items():
        mine = [one for one in totals if one.unit_id == pk]
        post = reach.post_for("matter.manage", unit.path)
        for one in mine:
            HotlineTotal.objects.update_or_create(
                unit=unit, month=one.month, dispute_class=one.dispute_class,
                defaults={
                    "unit_path": unit.path, "count": one.many, "imported_at": now, "imported_by": reach.user,
                    "post": post.title if post else "",
                },
            )  # fmt: skip
        record(
            "hotline.imported",
            subject=key("hotline", pk), unit=unit, actor=reach.user, post=post.title if post else "", at=now,
            content={"totals": [[f"{one.month:%Y-%m}", one.dispute_class, one.many] for one in mine]},
        )  # fmt: skip
    return len(totals)
