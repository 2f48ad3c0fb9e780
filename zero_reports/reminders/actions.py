"""Following up silence: the steps are written down, then taken one by one. Lock, check, change, record.

Any number of processes may do it. The notices of a step and how far it got commit together, so a process that
dies in between leaves the rest to the next one, and nobody is told twice.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from common.alone import Loop, is_of_the_row
from common.failpoints import crash_point
from journal.keys import key
from journal.models import Entry
from journal.numbering import head
from journal.record import record
from notices.choices import ON_SCREEN, Channel, State
from notices.models import Notice
from notices.rules import quiet_hours
from plans.document.reminding import NOT_SAID
from plans.document.sections import clocks_of
from plans.engine.evaluation import Document
from plans.lifecycle.models import PlanVersion
from zero_reports.reminders import alerts, queries, rules
from zero_reports.reminders.choices import TO_THE_UNIT, Do
from zero_reports.reminders.models import ReminderStep, TakenBack
from zero_reports.rounds.cadence import CLOCK_STOP, stated
from zero_reports.rounds.models import Round
from zero_reports.rounds.rules import REMIND, ROUNDS

#: Units per transaction: a chunk holds nothing up.
CHUNK = 500
#: Journal entries per look for those who have answered.
BATCH = 2000

ANSWERED = "answered meanwhile"
WRITING, TAKING = Loop("reminders.write"), Loop("reminders.take")
#: Of so many steps that are due, the first one that nobody is at is taken.
CANDIDATES = 20


# --- which steps a round has ---------------------------------------------------------------------------------


def write_steps(now: datetime) -> int:
    """Write down the steps of rounds that have none yet, as their plan says them. Returns how many."""
    written = ReminderStep.objects.filter(round=OuterRef("pk"))
    fresh = Round.objects.filter(~Exists(written), due_at__gt=now - rules.STILL_USEFUL)
    rounds = {found.pk: found for found in fresh}
    steps: list[ReminderStep] = []

    def write(pk: int) -> int:
        steps.extend(_steps_of(rounds[pk]))
        return 0

    WRITING.each_not_resting(rounds, write, now)
    ReminderStep.objects.bulk_create(steps, ignore_conflicts=True)
    return len(steps)


def _steps_of(over: Round) -> list[ReminderStep]:
    document, due = _document(over.plan), stated(over)
    asking = [c for c in clocks_of(document) if c.stop == CLOCK_STOP and c.recurrence == over.cadence]
    quiet = quiet_hours(settings.NOTICE_QUIET_HOURS)
    steps = []
    for clock, tiers in rules.lines_for(asking, due):
        remind = clock.remind if clock else NOT_SAID
        at = due[tiers[0]]
        wanted = (rules.before_the_night(step, at, quiet) for step in rules.steps_of(document, remind, at))
        for number, step in enumerate(wanted, start=1):
            steps.append(
                ReminderStep(
                    round=over,
                    clock=clock.id if clock else "",
                    number=number,
                    do=step.do,
                    tiers=tiers,
                    post=step.post,
                    post_tier=step.tier,
                    due_at=at,
                    at=step.at,
                )
            )
    return _numbered(steps)


def _numbered(steps: list[ReminderStep]) -> list[ReminderStep]:
    """A clock with several cut-offs has several runs of steps: each gets a number of its own."""
    last: dict[str, int] = {}
    for step in steps:
        step.number = last[step.clock] = last.get(step.clock, 0) + 1
    return steps


def _document(ref: str) -> Document:
    """The plan the round was opened under; a version's text never changes."""
    if not ref:
        return {}
    return PlanVersion.objects.get(ref=ref).document


# --- taking them ---------------------------------------------------------------------------------------------


def due_steps(now: datetime) -> QuerySet[ReminderStep]:
    return ReminderStep.objects.filter(done_at=None, at__lt=now)


def take_step(now: datetime) -> int:
    """Take one chunk of the step that is due the longest. 0 = nothing is due, or others are at it."""
    # A look without a lock: on SQLite every transaction takes the one write lock.
    due = TAKING.pick(due_steps(now).order_by("at", "pk"), now, CANDIDATES)
    step = None
    try:
        with transaction.atomic():
            step = _lock_first(due) if due else None
            if step is not None:
                _take(step, now)
    except Exception as error:
        if step is None or not is_of_the_row(error):
            raise
        TAKING.put(step.pk, error, now)
    return int(step is not None)


def _lock_first(due: list[int]) -> ReminderStep | None:
    mine = ReminderStep.objects.filter(pk__in=due, done_at=None).select_for_update(
        skip_locked=True, of=("self",)
    )
    return mine.select_related("round__unit").order_by("at", "pk").first()


def _take(step: ReminderStep, now: datetime) -> None:
    if rules.is_stale(step.do, step.due_at, now):
        is_done = True
    elif step.do in TO_THE_UNIT:
        is_done = _remind_some(step, now)
    else:
        is_done = _tell_above(step, now)

    step.done_at = now if is_done else None
    step.save(update_fields=["reached", "told", "done_at"])
    if is_done:
        _record(step, now)
    crash_point("reminders.before_commit")


def _remind_some(step: ReminderStep, now: datetime) -> bool:
    """Remind the next units in tree order. Returns whether these were the last."""
    units = list(queries.silent_for(step).filter(path__gt=step.reached)[:CHUNK])
    people = queries.answering_for(units, now)
    is_before = step.do == Do.BEFORE
    step.told += alerts.remind_units(
        step,
        alerts.DUE if is_before else alerts.MISSED,
        [(unit, people[unit.pk]) for unit in units if people[unit.pk]],
        expires_at=step.due_at if is_before else step.due_at + rules.STILL_USEFUL,
        now=now,
    )
    if units:
        step.reached = units[-1].path
    return len(units) < CHUNK


def _tell_above(step: ReminderStep, now: datetime) -> bool:
    """One message to each unit above, however many are silent below it."""
    groups = queries.silent_by_parent(step)
    if step.do == Do.SUMMARY:
        found = queries.parents_with(groups, now)
    else:
        found = queries.targets_above(step.post, step.post_tier, groups, now)
    told = [(target.unit, target.people, group) for target, group in found if target.people]
    step.told = alerts.tell_above(step, told, now=now)
    return True


def _record(step: ReminderStep, now: datetime) -> None:
    over = step.round
    record(
        ROUNDS[REMIND].entry,
        subject=key("round", over.pk),
        unit=over.unit,
        actor=None,
        at=now,
        content={"period": str(over.period), "step": step.do, "tiers": step.tiers, "told": step.told},
    )


# --- who has answered is left alone --------------------------------------------------------------------------


def take_back(now: datetime) -> int:
    """Take reminders of units that have answered from the screens and out of the queue.

    It follows the journal's numbers, so that no filing pays for it. Returns how many entries were read.
    """
    if head() <= _taken_back_to():
        return 0
    with transaction.atomic():
        row, _new = TakenBack.objects.get_or_create(pk=1)
        row = TakenBack.objects.select_for_update().get(pk=row.pk)
        start, row.number = row.number, min(head(), row.number + BATCH)
        filed = Entry.objects.filter(
            kind="zero_report.received", number__gt=start, number__lte=row.number
        ).values_list("subject", flat=True)
        subjects = list(filed)
        for first in range(0, len(subjects), CHUNK):
            _cancel(subjects[first : first + CHUNK])
        row.save(update_fields=["number"])
    return row.number - start


def _taken_back_to() -> int:
    return TakenBack.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def _cancel(subjects: list[str]) -> None:
    asked = Notice.objects.filter(subject__in=subjects, purpose__startswith=alerts.PURPOSE)
    on_screen = Q(channel=Channel.APP, state__in=ON_SCREEN)
    asked.filter(on_screen | Q(state=State.QUEUED)).update(state=State.CANCELLED, last_error=ANSWERED)
