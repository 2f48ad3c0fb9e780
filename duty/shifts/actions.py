"""A shift begins, is confirmed, or gets a stand-in. Each action: lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import HeldAs, PostKind
from accounts.contacts.actions import verify_number
from accounts.contacts.models import Proof
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from accounts.verbs import VERBS
from clocks.actions import cancel_for_subject, start_own, stop_own
from clocks.models import Clock, ClockRule
from command.obligations.reminding import remind_of_unlimited
from common.alone import Loop
from common.database.paths import prefixes
from common.errors import NotAllowed, WrongState
from common.failpoints import crash_point
from duty.shifts import alerts, handovers, rules
from duty.shifts.models import DowntimePack
from journal.keys import pk_of
from journal.models import Entry
from journal.record import record
from notices.actions import acknowledge_about
from notices.choices import Channel
from notices.number_tests import results
from notices.recipients import Recipient
from plans.document.notifying import channels_of
from plans.lifecycle.queries import plan_in_force
from rosters.models import Rotation, Shift
from rosters.queries import on_duty

#: The product's own sentence about time: no plan gives it, the rotation says how many minutes.
CONFIRMATION = ClockRule(
    clock_id=rules.CONFIRM_CLOCK,
    title_zh="到岗确认",
    title_en="Confirm the shift",
    duration="given",
    role="duty_officer",
    effect="shift.stand_in",
    origin="proposal",
)


BEGINNING, CHECKING = Loop("shifts.begin"), Loop("shifts.numbers")


def begin_due(now: datetime, limit: int = 50) -> int:
    """Begin every shift whose hour has come. Any number of processes may; each shift begins once."""
    due = Shift.objects.in_force().filter(began_at__isnull=True, starts_at__lte=now, ends_at__gt=now)
    # Nobody is rung up at once through a leader who receives: the hour is on the roster, and a swap is told before.
    due = due.exclude(post__kind=PostKind.RECEIVING_LEADER)
    pks = BEGINNING.pick(due.order_by("starts_at", "pk"), now, limit)
    return BEGINNING.each(pks, lambda pk: begin_shift(shift_id=pk, now=now), now)


@transaction.atomic
def begin_shift(*, shift_id: int, now: datetime) -> bool:
    """Ask who comes on duty to confirm, test the number, open the handover, order the downtime pack.

    Returns False where another process was faster or the shift has lost its place meanwhile.
    """
    shift = _lock_to_begin(shift_id)
    if shift is None:
        return False
    rotation = Rotation.objects.filter(post=shift.post_id).first()

    shift.began_at = now
    shift.confirm_by = rules.confirm_by(now, rotation.confirm_minutes if rotation else None)
    shift.save(update_fields=["began_at", "confirm_by"])

    entry = _record(shift, rules.SHIFTS[rules.BEGIN].entry, None, now)
    start_own(CONFIRMATION, entry, due_at=shift.confirm_by)
    channel = (rotation.test_channel if rotation else "") or _plans_channel(shift.post.unit, now)
    alerts.test_number(shift, channel, now=now, answer_by=shift.confirm_by)
    handovers.open_handover(shift=shift, now=now)
    remind_of_unlimited(
        shift=shift.key,
        unit=shift.post.unit,
        comer=Recipient(shift.person, shift.post.title, shift.post_id),
        with_others=shift.post.kind == PostKind.DUTY_OFFICER,
        now=now,
    )
    if shift.post.kind == PostKind.DUTY_OFFICER:
        DowntimePack.objects.get_or_create(
            unit=shift.post.unit,
            for_at=shift.starts_at,
            defaults={"unit_path": shift.post.unit.path, "asked_at": now},
        )
    crash_point("shifts.before_begin_commit")
    return True


def _plans_channel(unit: Unit, now: datetime) -> str:
    """Where the plan in force reaches people first by telephone; a text message where no plan says so."""
    try:
        document = plan_in_force(unit, now).document
    except WrongState:  # no plan: the shift begins all the same
        return Channel.SMS
    return rules.test_channel(channels_of(document))


def _lock_to_begin(shift_id: int) -> Shift | None:
    rows = Shift.objects.select_for_update(of=("self",), skip_locked=True).filter(
        pk=shift_id, in_force=True, began_at__isnull=True
    )
    return rows.select_related("post__unit", "person", "stand_in").first()


@transaction.atomic
def confirm_shift(*, reach: Reach, shift_id: int, now: datetime) -> Shift:
    """Say "I am on duty". Late, it still counts from now on, and the stand-in is free.

    Raises NotAllowed for somebody else's shift, WrongState before the hour or after the end.
    """
    shift = _lock(shift_id)

    if shift.person_id != reach.user.pk:
        raise NotAllowed(
            "not_your_shift",
            _("The shift was not confirmed: it is the duty of %(person)s. Only they can confirm it.")
            % {"person": shift.person},
        )
    state = _state_of(shift, now)
    if state == rules.CONFIRMED:
        return shift
    if rules.SHIFTS.row(state, rules.CONFIRM) is None:
        raise WrongState(
            "not_under_way",
            _(
                "The shift was not confirmed: it is not under way. Look at the roster; it may have been changed."
            ),
        )

    _confirm(shift, reach.user, now, how="screen")
    acknowledge_about(subject=shift.key, actor=reach.user, now=now)
    return shift


def check_numbers(now: datetime, limit: int = 50) -> int:
    """Look at the number tests of shifts that have begun: an answer confirms the shift and proves the number.

    Past its time an unanswered one is settled too; confirmed on screen only, the leaders are told. Returns how
    many were settled.
    """
    waiting = Shift.objects.filter(began_at__isnull=False, number_checked_at__isnull=True)
    pks = CHECKING.pick(waiting.order_by("confirm_by", "pk"), now, limit)
    return CHECKING.each(pks, lambda pk: check_number(shift_id=pk, now=now), now)


@transaction.atomic
def check_number(*, shift_id: int, now: datetime) -> bool:
    """Settle one shift's number test; False while there is still time for an answer."""
    shift = _lock(shift_id)
    if shift.number_checked_at or shift.confirm_by is None:
        return False
    _confirm_if_pressed(shift, now)
    tests = [one for one in results(shift.number_key) if one.person.pk == shift.person_id]
    answered = next((one for one in tests if one.answered_at), None)
    if answered is None and now <= shift.confirm_by:
        return False

    shift.number_checked_at = now
    shift.save(update_fields=["number_checked_at"])
    if answered is not None:
        verify_number(person=shift.person, proof=Proof.ANSWER, actor=None, now=now)
        if rules.SHIFTS.row(_state_of(shift, now), rules.CONFIRM):
            _confirm(shift, shift.person, now, how=answered.channel)
    elif tests and shift.confirmed_at:
        alerts.tell_number_silent(shift, leaders_of(shift, now), now=now)
    return True


def _confirm_if_pressed(shift: Shift, now: datetime) -> None:
    """Confirming the notice on screen, in any list of notices, is saying "I am on duty" too."""
    if rules.SHIFTS.row(_state_of(shift, now), rules.CONFIRM) is None:
        return
    if any(one.answered_at and one.person.pk == shift.person_id for one in results(shift.key)):
        _confirm(shift, shift.person, now, how=Channel.APP)


def _confirm(shift: Shift, person: User, now: datetime, *, how: str) -> None:
    shift.confirmed_at = now
    shift.save(update_fields=["confirmed_at"])
    entry = _record(shift, rules.SHIFTS[rules.CONFIRM].entry, person, now, how=how)
    stop_own(CONFIRMATION, entry)


def _state_of(shift: Shift, now: datetime) -> str:
    return rules.shift_state(
        is_over=not shift.in_force or shift.ends_at <= now,
        has_begun=shift.began_at is not None,
        is_confirmed=shift.confirmed_at is not None,
        is_stood_in=shift.stood_in_at is not None,
    )


def _lock(shift_id: int) -> Shift:
    return (
        Shift.objects.select_for_update(of=("self",))
        .select_related("post__unit", "person", "stand_in")
        .get(pk=shift_id)
    )


def stand_in(clock: Clock, now: datetime) -> None:
    """Effect of the confirmation's clock: nobody said "I am on duty", so the stand-in is, and the leader knows.

    Called inside the sweep's transaction. Whoever has confirmed meanwhile keeps the duty.
    """
    shift = _lock(pk_of(clock.subject))
    if rules.SHIFTS.row(_state_of(shift, now), rules.STAND_IN) is None:
        return
    person = _who_stands_in(shift, now)
    if person is not None:
        shift.stand_in, shift.stood_in_at = person, now
        shift.save(update_fields=["stand_in", "stood_in_at"])
    # The question is answered either way; the same clock must not ask again for this shift.
    cancel_for_subject(subject=shift.key, now=now, reason="stood in" if person else "nobody stands in")

    _record(
        shift,
        rules.SHIFTS[rules.STAND_IN].entry,
        None,
        now,
        stand_in=str(person) if person else "",
        instead_of=str(shift.person),
    )
    alerts.tell_stood_in(shift, person, leaders_of(shift, now), now=now)


def _who_stands_in(shift: Shift, now: datetime) -> User | None:
    held = Appointment.objects.current(now).filter(post=shift.post).select_related("person").order_by("pk")
    people = {row.person_id: row.person for row in held}
    busy = Shift.objects.at(now).filter(person__in=people).exclude(pk=shift.pk)
    absent = {shift.person_id, *busy.values_list("person_id", flat=True)}
    candidates = [(row.person_id, row.held_as == HeldAs.DEPUTY) for row in held]
    pk = rules.stand_in_of(candidates, shift.stand_in_id, absent)
    return people.get(pk) if pk else None


def leaders_of(shift: Shift, now: datetime) -> list[User]:
    """Who leads where the chair is empty: the leader on duty; for a leader's own shift the directors and the
    leader on duty one level up."""
    unit: Unit = shift.post.unit
    if shift.post.kind != PostKind.DUTY_LEADER:
        found = on_duty([unit], now, kinds=[PostKind.DUTY_LEADER])
        if found:
            return [duty.person for duty in found]
    above = list(Unit.objects.filter(path__in=prefixes(unit.path)[:-1]).order_by("-path")[:1])
    leaders = [duty.person for duty in on_duty(above, now, kinds=[PostKind.DUTY_LEADER])]
    directors = Appointment.objects.current(now).filter(
        post__unit=unit, post__kind__in=VERBS["roster.publish"] - {PostKind.DUTY_LEADER}
    )
    people = {row.person_id: row.person for row in directors.select_related("person").order_by("pk")}
    return list({person.pk: person for person in [*people.values(), *leaders]}.values())


def _record(
    shift: Shift,
    kind: str,
    actor: User | None,
    now: datetime,
    **content: Any,
) -> Entry:
    return record(
        kind,
        subject=shift.key,
        unit=shift.post.unit,
        actor=actor,
        post=shift.post.title,
        at=now,
        content={"post": shift.post.title, "person": str(shift.person), "until": shift.ends_at, **content},
    )
