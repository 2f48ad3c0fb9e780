"""Who hears that a time limit of a plan has passed: whoever is responsible by the plan, and who leads there.

The role's holders are told; where the role is nobody here (another authority, "any staff") the desk stands in for
it. The duty leader follows, except where the plan's own effect has already asked the next one.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from accounts.choices import PostKind
from accounts.models import Appointment
from accounts.posts.duty import answering
from accounts.queries import Holder
from clocks.breaches.overdue import each_breach
from clocks.models import Clock
from common.database.paths import prefixes
from common.dates.time_format import written
from common.hooks import NamedHook
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.relevance.ending import end_notices
from notices.sending.message_templates import Message
from plans.document.sections import role_of
from plans.lifecycle.models import PlanVersion
from plans.people.holders import Bench

PURPOSE = "clock.breached"
CHANNELS = (Channel.APP, Channel.SMS)
#: A limit of hours is news at any hour; one of days waits for the morning.
SHORT = timedelta(hours=24)

#: Roles that are a person of the thing itself: fn(clock, now) → who.
Responsible = Callable[[Clock, datetime], Iterable[Recipient]]
#: By the role, such as "order_recipient" or "signatory".
RESPONSIBLE: NamedHook[Responsible] = NamedHook()


def tell_breaches(now: datetime, limit: int = 100) -> int:
    """Tell of up to `limit` breaches, and take back as many that were answered since. Returns how many clocks."""
    return each_breach(now, limit, tell=_tell, over=_over)


def _tell(clock: Clock, now: datetime) -> None:
    """Told by screen and text message. A clock of no plan (a shift's own) has an effect that tells."""
    if not clock.plan:
        return
    people = {one.person.pk: one for one in _who_is_late(clock, now)}
    if not clock.effect:
        for one in _leaders(clock, now, besides=set(people)):
            people.setdefault(one.person.pk, one)
    queue_notices(
        Occasion(f"{PURPOSE}.{clock.pk}", clock.subject, clock.unit, clock.thread, clock.drill),
        Message(wording=PURPOSE, facts=_facts(clock)),
        recipients=people.values(),
        channels=CHANNELS,
        priority=ORDER if clock.due_at and clock.due_at - clock.started_at <= SHORT else ROUTINE,
        now=now,
    )


def _over(clock: Clock, now: datetime) -> None:
    end_notices(subject=clock.subject, purpose=f"{PURPOSE}.{clock.pk}", now=now)


def while_running(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """ "clock.breached.17" is true while clock 17 is not answered."""
    asked = {_pk(row) for row in rows}
    running = set(Clock.objects.running().filter(pk__in=asked).values_list("pk", flat=True))
    return {row.pk: validity.OVER for row in rows if _pk(row) not in running}


def _pk(row: validity.Told) -> int:
    return int(row.purpose.removeprefix(f"{PURPOSE}."))


def _who_is_late(clock: Clock, now: datetime) -> list[Recipient]:
    found: list[Recipient] = []
    version = PlanVersion.objects.select_related("text").filter(ref=clock.plan).first()
    bench = Bench(clock.unit, now) if clock.unit else None
    for name in clock.role.split():
        if name in RESPONSIBLE:
            found += RESPONSIBLE[name](clock, now)
        elif version and bench:
            found += map(_behind, bench.holders(role_of(version.document, name)))
    return found or _nearest(PostKind.DUTY_OFFICER, clock, now)


def _leaders(clock: Clock, now: datetime, besides: set[int]) -> list[Recipient]:
    """The nearest duty leader on duty who is not the late one."""
    return _nearest(PostKind.DUTY_LEADER, clock, now, besides=besides)


def _nearest(kind: str, clock: Clock, now: datetime, besides: Iterable[int] = ()) -> list[Recipient]:
    held = (
        Appointment.objects.current(now)
        .filter(post__unit__path__in=prefixes(clock.unit_path), post__kind=kind)
        .select_related("person", "post__unit")
        .annotate(path=F("post__unit__path"))
        .order_by("-path", "pk")
    )
    rows = [one for one in answering(held, now) if one.person.pk not in set(besides)]
    return [
        Recipient(one.person, one.post.title, one.post.pk)
        for one in rows
        if one.post.unit_id == rows[0].post.unit_id
    ]


def _behind(holder: Holder) -> Recipient:
    return Recipient(holder.person, holder.post.title, holder.post.pk)


def _facts(clock: Clock) -> dict:
    unit = clock.unit
    return {
        "title": {"zh": clock.title_zh, "en": clock.title_en or clock.title_zh},
        "until": written(clock.due_at),
        "unit": {"zh": unit.name, "en": unit.name_en or unit.name} if unit else "",
    }
