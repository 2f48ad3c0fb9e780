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
from clocks.breaches.overdue import each_breach, each_warning
from clocks.models import Clock
from clocks.terms.rules import warn_at
from common.database.paths import prefixes
from common.dates.time_format import written
from common.hooks import NamedHook
from journal.keys import kind_of
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
WARNING = "clock.ends_soon"
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
    # Of an inquiry only who leads it and who decides hear.
    if not clock.effect and kind_of(clock.subject) != "inquiry":
        for one in _leaders(clock, now, besides=set(people)):
            people.setdefault(one.person.pk, one)
    tell_of(clock, people.values(), now)


def tell_of(clock: Clock, people: Iterable[Recipient], now: datetime, step: str = "") -> None:
    """Tell these people that the clock is late. `step`: a later one of the steps that the plan gives it."""
    queue_notices(
        Occasion(
            f"{PURPOSE}.{clock.pk}{step and '.'}{step}", clock.subject, clock.unit, clock.thread, clock.drill
        ),
        Message(wording=PURPOSE, facts=_facts(clock)),
        recipients=people,
        channels=CHANNELS,
        priority=ORDER if clock.due_at and clock.due_at - clock.started_at <= SHORT else ROUTINE,
        now=now,
    )


def warn_of_ends(now: datetime, limit: int = 100) -> int:
    """Tell who is responsible that a time limit ends soon, at each step the plan names. Returns how many clocks."""
    return each_warning(now, limit, warn=_warn)


def _warn(clock: Clock, now: datetime) -> None:
    people = {one.person.pk: one for one in _who_is_late(clock, now)}
    step = int(clock.due_at.timestamp()) if clock.due_at else 0
    queue_notices(
        Occasion(f"{WARNING}.{clock.pk}.{step}.{_left(clock, now)}", clock.subject, clock.unit, clock.thread, clock.drill),
        Message(wording=WARNING, facts=_facts(clock)),
        recipients=people.values(),
        channels=CHANNELS,
        priority=ROUTINE,
        now=now,
    )  # fmt: skip


def _left(clock: Clock, now: datetime) -> int:
    """How many of the plan's steps are still to come."""
    steps = clock.warn_before.split()
    return sum(warn_at(due=clock.due_at, before=step, after=now) is not None for step in steps)


def _over(clock: Clock, now: datetime) -> None:
    end_notices(subject=clock.subject, purpose=f"{PURPOSE}.{clock.pk}", now=now)


def while_before_end(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """ "clock.ends_soon.17.…" is true while clock 17 runs."""
    asked = {row.pk: int(row.purpose.removeprefix(f"{WARNING}.").partition(".")[0]) for row in rows}
    running = set(Clock.objects.running().filter(pk__in=asked.values()).values_list("pk", flat=True))
    return {pk: validity.OVER for pk, clock in asked.items() if clock not in running}


def while_running(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """ "clock.breached.17", and "clock.breached.17.leader" after it, are true while clock 17 is not answered."""
    asked = {_pk(row) for row in rows}
    running = set(Clock.objects.running().filter(pk__in=asked).values_list("pk", flat=True))
    return {row.pk: validity.OVER for row in rows if _pk(row) not in running}


def _pk(row: validity.Told) -> int:
    return int(row.purpose.removeprefix(f"{PURPOSE}.").partition(".")[0])


def _who_is_late(clock: Clock, now: datetime) -> list[Recipient]:
    found: list[Recipient] = []
    version = PlanVersion.objects.select_related("text").filter(ref=clock.plan).first()
    bench = Bench(clock.unit, now) if clock.unit else None
    for name in clock.role.split():
        if name in RESPONSIBLE:
            found += RESPONSIBLE[name](clock, now)
        elif version and bench:
            found += map(_behind, bench.holders(role_of(version.document, name)))
    return found or ([] if kind_of(clock.subject) == "inquiry" else anybody(clock, now))


def anybody(clock: Clock, now: datetime) -> list[Recipient]:
    """Who stands in where a role is nobody: the nearest desk, its leader, the head of an office. Never nobody where
    any of these posts is held there or above."""
    for kind in (PostKind.DUTY_OFFICER, PostKind.DUTY_LEADER, PostKind.OFFICE_HEAD, PostKind.DIRECTOR):
        if found := nearest(kind, clock, now):
            return found
    return []


def _leaders(clock: Clock, now: datetime, besides: set[int]) -> list[Recipient]:
    """The nearest duty leader on duty who is not the late one."""
    return nearest(PostKind.DUTY_LEADER, clock, now, besides=besides)


def nearest(kind: str, clock: Clock, now: datetime, besides: Iterable[int] = ()) -> list[Recipient]:
    """Who answers at the nearest such post, at the clock's unit or above it."""
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
