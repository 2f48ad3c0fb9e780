"""Test notices and the proof of numbers. Each action: lock, check, change, record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.contacts.actions import GOOD_FOR, new_code, verify_number
from accounts.contacts.models import Proof
from accounts.contacts.queries import has_gateway
from accounts.models import Unit, User
from accounts.scope import Reach
from common.alone import Loop
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.states import move
from duty.comms_checks import permissions, rules
from duty.comms_checks.choices import CheckOutcome, CheckState
from duty.comms_checks.contacts import contacts_of
from duty.comms_checks.models import CommsCheck, CommsCheckAnswer
from duty.comms_checks.queries import people_to_check
from journal.keys import key
from journal.record import record
from notices.actions import queue_notices
from notices.choices import TEST, Channel, State
from notices.number_tests import Result, queue_test, results
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message


@transaction.atomic
def plan_comms_check(
    *,
    reach: Reach,
    unit: Unit,
    due_at: datetime,
    window_minutes: int,
    whom: str,
    channels: Sequence[str],
    repeat_days: int,
    now: datetime,
) -> CommsCheck:
    """Have test notices sent at a time, with so long to answer. Raises Invalid for a past time or no channel."""
    permissions.check_can_test(reach, unit)
    if due_at < now - timedelta(minutes=1):
        sentence = _("Give a time that has not passed.")
        raise Invalid(
            "due_in_the_past", _("No test was planned: its time has passed."), fields={"due_at": [sentence]}
        )
    if not channels:
        sentence = _("Choose at least one channel.")
        raise Invalid(
            "no_channel", _("No test was planned: no channel is chosen."), fields={"channels": [sentence]}
        )

    check = CommsCheck.objects.create(
        unit=unit,
        unit_path=unit.path,
        due_at=due_at,
        window_minutes=window_minutes,
        whom=whom,
        channels=[channel for channel in rules.TESTED if channel in channels],
        repeat_days=repeat_days,
        made_at=now,
        made_by=reach.user,
    )

    _record(check, rules.TRANSITIONS.begin.entry, reach.user, now, due_at=due_at, repeat_days=repeat_days)
    return check


@transaction.atomic
def cancel_comms_check(*, reach: Reach, check_id: int, now: datetime) -> CommsCheck:
    """Take a planned test back; one that has begun goes to its end."""
    check = CommsCheck.objects.select_for_update(of=("self",)).select_related("unit").get(pk=check_id)

    permissions.check_can_test(reach, check.unit)
    if rules.TRANSITIONS.row(check.state, rules.CANCEL) is None:
        raise WrongState(
            "test_begun", _("The test was not cancelled: it has begun or is over. Wait for its result list.")
        )

    done = move(check, rules.TRANSITIONS, rules.CANCEL)
    check.save(update_fields=["state"])

    _record(check, done.entry, reach.user, now, cancelled=True)
    return check


# Stored beside the rows they set aside, so they keep their names.
BEGINNING, ENDING = Loop("tests.begin"), Loop("tests.end")


def run_comms_checks(now: datetime) -> int:
    """Send what is due, count what is over. Any number of processes may; each check is sent and counted once."""
    due = CommsCheck.objects.filter(state=CheckState.PLANNED, due_at__lte=now).order_by("due_at", "pk")
    over = CommsCheck.objects.filter(state=CheckState.RUNNING, ends_at__lte=now).order_by("ends_at", "pk")
    begun = BEGINNING.each(
        BEGINNING.pick(due, now, 20), lambda pk: begin_comms_check(check_id=pk, now=now), now
    )
    return begun + ENDING.each(
        ENDING.pick(over, now, 20), lambda pk: end_comms_check(check_id=pk, now=now), now
    )


@transaction.atomic
def begin_comms_check(*, check_id: int, now: datetime) -> bool:
    """Send the test notices. A number that is not verified, or that nobody has, is listed and not rung."""
    check = _lock(check_id, CheckState.PLANNED)
    if check is None:
        return False

    done = move(check, rules.TRANSITIONS, rules.BEGIN)
    check.began_at = now
    check.ends_at = now + timedelta(minutes=check.window_minutes)
    check.save(update_fields=["state", "began_at", "ends_at"])
    people = people_to_check(check.unit, check.whom, now)
    contacts, gateway = contacts_of([person for person, _post in people]), has_gateway()
    for channel in check.channels:
        asked = []
        for person, post in people:
            contact = contacts[person.pk]._replace(silent_on=frozenset())
            lack = rules.lack_on(channel, contact, has_gateway=gateway)
            outcome = CheckOutcome.NOT_ASKED if lack else CheckOutcome.ASKED
            CommsCheckAnswer.objects.create(
                comms_check=check, person=person, post=post, channel=channel, outcome=outcome, lack=lack
            )
            if not lack:
                asked.append(Recipient(person, post))
        queue_test(
            recipients=asked,
            channels=[channel],
            subject=_subject(check, channel),
            unit=check.unit,
            now=now,
            answer_by=check.ends_at,
        )

    _record(check, done.entry, None, now, people=len(people), channels=check.channels)
    crash_point("readiness.before_begin_commit")
    return True


@transaction.atomic
def end_comms_check(*, check_id: int, now: datetime) -> bool:
    """Count what came back; an answer from a telephone proves its number. Plans the next one where it repeats."""
    check = _lock(check_id, CheckState.RUNNING)
    if check is None:
        return False

    done = move(check, rules.TRANSITIONS, rules.END)
    check.save(update_fields=["state"])
    for channel in check.channels:
        came = {result.person.pk: result for result in results(_subject(check, channel))}
        for answer in check.answers.filter(channel=channel, outcome=CheckOutcome.ASKED).select_related(
            "person"
        ):
            _settle(answer, came.get(answer.person_id), now)
    if check.repeat_days:
        _plan_next(check, now)

    counts = {outcome: check.answers.filter(outcome=outcome).count() for outcome in CheckOutcome.values}
    _record(check, done.entry, None, now, **counts)
    return True


def _settle(answer: CommsCheckAnswer, result: Result | None, now: datetime) -> None:
    if answer.channel == Channel.CHAT and result is not None and result.state in TAKEN:
        answer.outcome = CheckOutcome.TAKEN
    elif result is None or result.answered_at is None:
        failed = result is not None and result.state == State.FAILED
        answer.outcome = CheckOutcome.FAILED if failed else CheckOutcome.SILENT
    else:
        answer.outcome = CheckOutcome.ANSWERED if result.in_time else CheckOutcome.LATE
        answer.answered_at = result.answered_at
        if answer.channel != Channel.APP and answer.person.phone:
            verify_number(person=answer.person, proof=Proof.ANSWER, actor=None, now=now)
    answer.save(update_fields=["outcome", "answered_at"])


#: Of a chat message: the service has it.
TAKEN = (State.SENT, State.DELIVERED, State.HEARD, State.ACKNOWLEDGED)


def _plan_next(check: CommsCheck, now: datetime) -> None:
    """The same hour, so many days on; days nobody was there to turn are not made up for."""
    step = timedelta(days=check.repeat_days)
    due = check.due_at + step
    while due <= now:
        due += step
    CommsCheck.objects.create(
        unit=check.unit,
        unit_path=check.unit_path,
        due_at=due,
        window_minutes=check.window_minutes,
        whom=check.whom,
        channels=check.channels,
        repeat_days=check.repeat_days,
        made_at=now,
        made_by=check.made_by,
    )


def _lock(check_id: int, state: str) -> CommsCheck | None:
    rows = CommsCheck.objects.select_for_update(of=("self",), skip_locked=True).filter(
        pk=check_id, state=state
    )
    return rows.select_related("unit", "made_by").first()


def _subject(check: CommsCheck, channel: str) -> str:
    """A subject of its own for each channel: an answer on screen must not stand for the telephone."""
    return f"{check.key}.{channel}"


def _record(check: CommsCheck, kind: str, actor: User | None, now: datetime, **content: Any) -> None:
    record(
        kind,
        subject=check.key,
        unit=check.unit,
        actor=actor,
        at=now,
        content={"unit": check.unit.code, **content},
    )


@transaction.atomic
def send_code(*, person: User, now: datetime) -> None:
    """Send a code to the person's own number by text message. Raises WrongState where there is no gateway."""
    if not has_gateway():
        raise WrongState(
            "no_gateway",
            _(
                "No code was sent: no gateway for text messages is set up. Ask the system administrator; until then the "
                "duty room rings by hand."
            ),
        )
    code = new_code(person=person, now=now)
    queue_notices(
        Occasion(purpose=f"contact.code.{now:%m%d%H%M%S}", subject=key("user", person.pk), unit=None),
        Message(
            text_zh=f"核实码 {code}，10 分钟内有效。请勿转告他人。",
            text_en=f"Code {code}, good for 10 minutes. Tell nobody.",
        ),
        recipients=[Recipient(person, "")],
        channels=[Channel.SMS],
        priority=TEST,
        expires_at=now + GOOD_FOR,
        now=now,
    )
