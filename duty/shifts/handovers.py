"""From one shift to the next: given and signed by the one, taken and signed by the other."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from clocks.actions import start_own, stop_own
from clocks.models import Clock, ClockRule
from common.errors import NotAllowed, WrongState
from duty.shifts import alerts, rules
from duty.shifts.models import Handover, HandoverItem
from duty.shifts.queries import what_passes
from journal.keys import pk_of
from journal.models import Entry
from journal.record import record
from notices.relevance.ending import settle_threads
from rosters.models import Shift


def signatures(role: str) -> ClockRule:
    """The clock of both signatures; `role` is the kind of post that hands over."""
    return ClockRule(
        clock_id=rules.HANDOVER_CLOCK,
        title_zh="交接班双方签字",
        title_en="Both sign the handover",
        duration="given",
        role=role,
        effect="handover.ring",
        origin="proposal",
    )


def open_handover(*, shift: Shift, now: datetime) -> Handover | None:
    """Open the list between the shift that ends and the one that begins; None where nobody goes, or where a
    squad goes without an order.

    Runs in the transaction in which the shift begins.
    """
    if shift.post.kind not in rules.SIGNS_NOTHING_TOO and not what_passes(shift.post, now):
        return None
    before = _before(shift)
    if before is None:
        return None
    handover = Handover.objects.create(
        unit=shift.post.unit,
        unit_path=shift.post.unit.path,
        outgoing=before,
        incoming=shift,
        opened_at=now,
        due_at=now + rules.HANDOVER_WITHIN,
    )
    entry = _record(handover, rules.HANDOVERS.begin.entry, None, now)
    start_own(signatures(shift.post.kind), entry, due_at=handover.due_at)
    return handover


def _before(shift: Shift) -> Shift | None:
    """Whose shift ends here: of several who go, one who has nobody to hand over to yet.

    Who stays on (before and after) neither hands over nor takes over: they know the list.
    """
    gone = Shift.objects.in_force().filter(
        post=shift.post,
        ends_at__lte=shift.starts_at,
        ends_at__gt=shift.starts_at - rules.FOLLOWS_WITHIN,
    )
    if gone.filter(person=shift.person, ends_at=shift.starts_at).exists():
        return None
    stays = Shift.objects.in_force().filter(post=shift.post, starts_at=shift.starts_at).values("person")
    paired = Exists(Handover.objects.filter(outgoing=OuterRef("pk")))
    return gone.exclude(person__in=stays).alias(paired=paired).order_by("paired", "-ends_at", "-pk").first()


@transaction.atomic
def give_handover(*, reach: Reach, handover_id: int, now: datetime, note: str = "") -> Handover:
    """The outgoing side signs: what is open at this moment is the list. A leader signs for somebody who has left.

    Raises NotAllowed for anybody else, WrongState once it is signed.
    """
    handover = _lock(handover_id)

    _check_may_give(reach, handover)
    done = rules.HANDOVERS.row(handover.state, rules.GIVE)
    if done is None:
        raise WrongState(
            "already_given",
            _("Nothing was signed: the list was handed over at %(time)s. The incoming side signs next.")
            % {"time": f"{localtime(handover.given_at):%H:%M}" if handover.given_at else ""},
        )

    handover.given_at, handover.given_by, handover.note = now, reach.user, note.strip()
    handover.save(update_fields=["given_at", "given_by", "note"])
    HandoverItem.objects.bulk_create(
        HandoverItem(handover=handover, **thing._asdict())
        for thing in what_passes(handover.incoming.post, now)
    )

    _record(handover, done.entry, reach.user, now, items=handover.items.count(), note=handover.note)
    if incoming(handover, now).pk == handover.outgoing.person_id == reach.user.pk:
        # Whoever stays on in place of the next one takes over from themself: one signature is enough.
        everything = handover.items.values_list("pk", flat=True)
        handover = take_handover(reach=reach, handover_id=handover.pk, items=list(everything), now=now)
    return handover


@transaction.atomic
def take_handover(*, reach: Reach, handover_id: int, items: Collection[int], now: datetime) -> Handover:
    """The incoming side signs for the things it takes; what it leaves rings both. It may take the rest later.

    Raises NotAllowed for anybody else, WrongState before the outgoing side has signed.
    """
    handover = _lock(handover_id)

    _check_may_take(reach, handover, now)
    done = rules.HANDOVERS.row(handover.state, rules.TAKE)
    if done is None:
        raise WrongState(
            "not_given_yet",
            _(
                "Nothing was signed: %(person)s has not signed the list yet. Ask them to, or a leader to sign for them."
            )
            % {"person": handover.outgoing.person},
        )

    handover.items.filter(pk__in=items, taken_at__isnull=True).update(taken_at=now)
    left = list(handover.items.filter(taken_at__isnull=True))
    if handover.taken_at is None:
        handover.taken_at, handover.taken_by = now, reach.user
        handover.save(update_fields=["taken_at", "taken_by"])

    entry = _record(handover, done.entry, reach.user, now, left=len(left))
    if left:
        _leave_open(handover, left, now)
    else:
        stop_own(signatures(handover.incoming.post.kind), entry)
        settle_threads([handover.key], now)
    return handover


def ring_for_handover(clock: Clock, now: datetime) -> None:
    """Effect of the handover's clock: not signed by both, or something not taken: both are rung."""
    handover = _lock(pk_of(clock.subject))
    left = list(handover.items.filter(taken_at__isnull=True))
    if left or handover.taken_at is None:
        _leave_open(handover, left, now)


def _leave_open(handover: Handover, left: list[HandoverItem], now: datetime) -> None:
    _record(
        handover, rules.HANDOVERS[rules.LEAVE_OPEN].entry, None, now, left=[item.subject for item in left]
    )
    alerts.ring_both(handover, [item.title_zh for item in left], sides(handover, now), now=now)


def sides(handover: Handover, now: datetime) -> list[User]:
    """Who went, and who is on duty instead."""
    return list(
        {person.pk: person for person in (handover.outgoing.person, incoming(handover, now))}.values()
    )


def incoming(handover: Handover, now: datetime) -> User:
    """Who takes over: the person on the shift, or the stand-in who came instead."""
    shift = handover.incoming
    first = shift.in_turn(now)[0]
    return shift.stand_in if shift.stand_in is not None and shift.stand_in_id == first else shift.person


def may_give(reach: Reach, handover: Handover) -> bool:
    return handover.outgoing.person_id == reach.user.pk or reach.holds("roster.publish", handover.unit_path)


def may_take(reach: Reach, handover: Handover, now: datetime) -> bool:
    return incoming(handover, now).pk == reach.user.pk


def _check_may_give(reach: Reach, handover: Handover) -> None:
    if not may_give(reach, handover):
        raise NotAllowed(
            "not_your_handover",
            _("Nothing was signed: %(person)s hands over, or a leader for them.")
            % {"person": handover.outgoing.person},
        )


def _check_may_take(reach: Reach, handover: Handover, now: datetime) -> None:
    if not may_take(reach, handover, now):
        raise NotAllowed(
            "not_your_handover",
            _("Nothing was signed: %(person)s takes over. Nobody signs for them.")
            % {"person": incoming(handover, now)},
        )


def _lock(handover_id: int) -> Handover:
    return (
        Handover.objects.select_for_update(of=("self",))
        .select_related(
            "unit", "outgoing__person", "incoming__person", "incoming__stand_in", "incoming__post__unit"
        )
        .get(pk=handover_id)
    )


def _record(
    handover: Handover,
    kind: str,
    actor: User | None,
    now: datetime,
    **content: Any,
) -> Entry:
    return record(
        kind,
        subject=handover.key,
        unit=handover.unit,
        actor=actor,
        post=handover.incoming.post.title,
        at=now,
        content={
            "from": str(handover.outgoing.person),
            "to": str(handover.incoming.person),
            "post": handover.incoming.post.title,
            **content,
        },
    )
