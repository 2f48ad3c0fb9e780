"""Who is told that a demand is theirs now, to lead or to help with: whoever answers at the unit."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Appointment, Unit, User
from accounts.posts.duty import meant
from accounts.queries import Holder
from accounts.verbs import VERBS
from cases.demands.models import Demand
from common.database.paths import prefixes
from common.dates.local_time import day_of
from notices.actions import queue_notices
from notices.choices import ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import Message

LED, SUPPORTED = "demand.led", "demand.supported"


def answering_at(unit: Unit, now: datetime) -> list[Recipient]:
    """Who answers at the unit, or at the nearest above where it has nobody; of a post that goes round, whose turn it is."""
    held = Appointment.objects.current(now).filter(
        post__unit__path__in=prefixes(unit.path), post__kind__in=VERBS["matter.manage"]
    )
    all_rows = list(held.select_related("person", "post__unit").order_by("pk"))
    nearest = max((len(row.post.unit.path) for row in all_rows), default=0)
    rows = [row for row in all_rows if len(row.post.unit.path) == nearest]
    found = meant([Holder(row.person, row.post, row.held_as) for row in rows], now)
    people = {one.person.pk: Recipient(one.person, one.post.title, one.post.pk) for one in found}
    return list(people.values())


def tell_lead(demand: Demand, besides: User, *, now: datetime) -> None:
    """The unit that has to answer it now."""
    _tell(demand, LED, [demand.lead_unit], besides, "由你单位主办答复", "Yours to answer", now)


def tell_supporters(demand: Demand, units: Iterable[Unit], besides: User, *, now: datetime) -> None:
    _tell(demand, SUPPORTED, units, besides, "由你单位协办", "Yours to help with", now)


def _tell(
    demand: Demand, purpose: str, units: Iterable[Unit], besides: User, zh: str, en: str, now: datetime
) -> None:
    until = f"{day_of(demand.due):%m-%d}" if demand.due else ""
    message = Message(
        f"诉求{zh}：{demand.point}（{demand.number}{until and f'，{until}前答复'}）"[:300],
        f"{en}: {demand.point} ({demand.number}{until and f', answer by {until}'})"[:300],
    )
    for unit in units:
        people = [one for one in answering_at(unit, now) if one.person != besides]
        queue_notices(
            Occasion(f"{purpose}.{demand.rev}", demand.key, unit),
            message,
            recipients=people,
            channels=[Channel.APP, Channel.SMS],
            priority=ROUTINE,
            now=now,
        )


#: Needed while the demand is open.
while_open = validity.while_live(
    lambda asked, _now: Demand.objects.open().filter(pk__in=asked).values_list("pk", flat=True)
)
