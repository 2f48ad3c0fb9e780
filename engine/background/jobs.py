"""The jobs of the engine: what has to be done again and again, by whom, and how fresh it has to be.

Every job may be run by any number of processes at once; nobody is the leader. Each lane runs
independently, so that a gateway that hangs holds up no deadline, and routine messages no warning.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.reform.actions import carry_out_due
from cases.answers_due.actions import send_digests
from cases.meetings.actions import begin_meetings
from clocks.breaches.sweep import sweep
from command.chasing import actions as chasing
from command.command_post.actions import note_changes
from command.improvements.reminding import remind_improvements
from command.linkage.sending import BATCH as LINKAGE_BATCH
from command.linkage.sending import send_due as send_linkage
from command.orders.on_duty import follow_duty
from command.roll_call.actions import keep_going as keep_roll_calls_going
from drills.conduct.playing import play_due
from duty.shifts.jobs import run_shifts
from engine.background import auditor
from engine.backup import destroyed_list
from engine.models import Heartbeat
from incidents.kept_alarms.playing import play_kept
from journal import anchor
from journal.models import Entry
from journal.numbering import head, number_new
from notices.choices import ALERT
from notices.push import sending as push
from notices.sending import outbox
from notices.silence import escalation
from plans.people.overdue import tell_breaches, warn_of_ends
from supervision.months.actions import run_months
from written_reports.asked.reminders import remind_written
from zero_reports.reminders.jobs import run_reminders
from zero_reports.rounds.jobs import fold_tallies, run_rounds

log = logging.getLogger(__name__)

#: One turn goes on while there is work, but not for ever: then the other jobs of the lane have their turn.
BUSY_SECONDS = 3.0
#: A job that runs every second writes its heartbeat less often; the limits below leave room for it.
BEAT_EVERY = timedelta(seconds=3)
SWEEP_BATCH = 100
#: Signed acts: after them the journal's head is anchored at once, not at the next minute.
ANCHORED_AT_ONCE = {
    "warning.signed",
    "warning.lifted",
    "incident.plan_switched",
    "incident.closed",
    "response.started",
    "response.changed",
    "response.ended",
    "plan.in_force",
    "roll_up.confirmed",
    "handover.taken",
}


class Job(NamedTuple):
    name: str
    run: Callable[[datetime], int]
    #: How old its heartbeat may get before the auditor and the screens call it stopped.
    limit: timedelta
    #: Zero: at every turn, by everybody. Otherwise: this often, by whoever is first.
    every: timedelta = timedelta()
    #: How long a process must have turned its lanes first: until then others' heartbeats are not ours to judge.
    settled: timedelta = timedelta()
    #: Whether something does not wait until it is time.
    is_wanted: Callable[[], bool] | None = None


def _sweep_all(now: datetime) -> int:
    swept = _while_busy(lambda: sweep(now, SWEEP_BATCH), SWEEP_BATCH)
    told = _while_busy(lambda: tell_breaches(now, SWEEP_BATCH), SWEEP_BATCH)
    chased = _while_busy(lambda: chasing.take_due(now, SWEEP_BATCH), SWEEP_BATCH)
    called = _while_busy(lambda: keep_roll_calls_going(now, SWEEP_BATCH), SWEEP_BATCH)
    return swept + told + chased + called + _while_busy(lambda: warn_of_ends(now, SWEEP_BATCH), SWEEP_BATCH)


def _follow_up(now: datetime) -> int:
    return _while_busy(lambda: escalation.take_due(now, SWEEP_BATCH), SWEEP_BATCH)


def _remind(now: datetime) -> int:
    return (
        begin_meetings(now)
        + remind_written(now)
        + run_reminders(now)
        + _while_busy(lambda: remind_improvements(now), SWEEP_BATCH)
        + _while_busy(lambda: send_digests(now), SWEEP_BATCH)
    )


def _send_alerts(now: datetime) -> int:
    return _while_busy(lambda: outbox.send_due(now, max_priority=ALERT), 1)


def _send_linkage(now: datetime) -> int:
    return _while_busy(lambda: send_linkage(now), LINKAGE_BATCH)


def _send_pushes(now: datetime) -> int:
    return _while_busy(lambda: push.send_due(now), push.MOST_UNDER_WAY)


def _send_all(now: datetime) -> int:
    return _while_busy(lambda: outbox.send_due(now), 1)


def _while_busy(batch: Callable[[], int], full: int) -> int:
    """Repeat while batches are full and the time is not up. Returns the sum."""
    total, end = 0, time.monotonic() + BUSY_SECONDS
    while True:
        done = batch()
        total += done
        if done < full or time.monotonic() > end:
            return total


#: The number up to which this process has looked for signed acts.
_looked_up_to = 0


def _is_signed_since() -> bool:
    """Whether a signed act got its number since this process last looked (one query where nothing is new)."""
    global _looked_up_to
    since, _looked_up_to = _looked_up_to, head()
    new = Entry.objects.filter(number__gt=since, number__lte=_looked_up_to, kind__in=ANCHORED_AT_ONCE)
    return since < _looked_up_to and new.exists()


SECONDS = timedelta(seconds=1)
# First of its lane: nobody has been told of what waits there.
KEPT_ALARMS = Job("incidents.kept_alarms", play_kept, limit=15 * SECONDS)
NUMBERING = Job("numbering", lambda now: number_new(), limit=15 * SECONDS)
CLOCKS = Job("clocks", _sweep_all, limit=15 * SECONDS)
# Beside the clocks, not beside the senders: a provider that hangs holds up no next person.
ESCALATION = Job("notices.escalation", _follow_up, limit=15 * SECONDS)
# A batch may wait for a gateway as long as its lease lasts.
ALERTS = Job("notices.alerts", _send_alerts, limit=45 * SECONDS)
POST = Job("notices", _send_all, limit=45 * SECONDS)
# A centre whose system hangs holds up nobody of ours: a lane of its own.
LINKAGE = Job("command.linkage", _send_linkage, limit=90 * SECONDS)
# Nobody relies on it, and the services are far away: they hold up no gateway.
PUSH = Job("notices.push", _send_pushes, limit=90 * SECONDS)
# At the hour a shift begins; five seconds late is still the hour.
SHIFTS = Job("duty.shifts", run_shifts, limit=60 * SECONDS, every=5 * SECONDS)
# Who sits in a command post changes with a shift, a delegation, an appointment: nobody does it, so somebody looks.
POSTS = Job(
    "command.post", lambda now: note_changes(now) + follow_duty(now), limit=90 * SECONDS, every=10 * SECONDS
)
# A minute of a scenario is at least a tenth of a second; who waits for an inject looks at a screen.
DRILLS = Job("drills.player", play_due, limit=30 * SECONDS)
# Before the day is opened, so that it asks the units there are from then on.
REFORMS = Job("accounts.reform", carry_out_due, limit=900 * SECONDS, every=20 * SECONDS)
TALLIES = Job("zero_reports.counts.tallies", fold_tallies, limit=120 * SECONDS)
# Opening a day counts every unit; in a province that takes seconds, so it has a lane without deadlines.
ROUNDS = Job(
    "zero_reports.rounds",
    lambda now: run_rounds(now) + run_months(now),
    limit=900 * SECONDS,
    every=20 * SECONDS,
)
# Chunk by chunk; a province at its cut-off takes minutes, and nobody waits for a reminder.
REMINDERS = Job("zero_reports.reminders", _remind, limit=900 * SECONDS)
ANCHOR = Job(
    "anchor",
    lambda now: int(anchor.write(now)),
    limit=180 * SECONDS,
    every=60 * SECONDS,
    is_wanted=_is_signed_since,
)
# What a restore of an older backup has to destroy again: a minute late is what would be lost with this machine.
DESTROYED = Job(
    "destruction.list", lambda now: destroyed_list.write(), limit=300 * SECONDS, every=60 * SECONDS
)
AUDITOR = Job(
    "auditor",
    lambda now: auditor.audit(now, judged()),
    limit=75 * SECONDS,
    every=30 * SECONDS,
    settled=15 * SECONDS,
)

LANES: dict[str, Sequence[Job]] = {
    "desk": (KEPT_ALARMS, NUMBERING, CLOCKS, SHIFTS, POSTS, DRILLS, ESCALATION, ANCHOR, DESTROYED, AUDITOR),
    "alerts": (ALERTS,),
    "post": (POST,),
    "linkage": (LINKAGE,),
    "push": (PUSH,),
    "reports": (TALLIES, REFORMS, ROUNDS, REMINDERS),
}
#: One whole turn, the auditor last.
ALL: Sequence[Job] = (
    KEPT_ALARMS,
    NUMBERING,
    CLOCKS,
    SHIFTS,
    POSTS,
    DRILLS,
    ESCALATION,
    ALERTS,
    POST,
    LINKAGE,
    PUSH,
    TALLIES,
    REFORMS,
    ROUNDS,
    REMINDERS,
    ANCHOR,
    DESTROYED,
    AUDITOR,
)


def judged() -> dict[str, timedelta]:
    """Job → limit of its heartbeat, for those the auditor watches (not itself: the watchdog outside does)."""
    return {job.name: job.limit for job in ALL if job is not AUDITOR}


def run_job(job: Job, now: datetime) -> int | None:
    """Run it once. None if it was not its time; raises what it raises."""
    if job.every and not claim(job, now):
        return None
    done = job.run(now)
    if not job.every:
        beat(job, now)
    return done


def claim(job: Job, now: datetime) -> bool:
    """Take this run of a job that runs now and then. Of several processes one gets it."""
    is_wanted = job.is_wanted is not None and job.is_wanted()
    beat = Heartbeat.objects.filter(name=job.name).first()
    if beat is None:
        return Heartbeat.objects.get_or_create(name=job.name, defaults={"turned_at": now})[1]
    # In the future: the clock was set back since.
    if now - job.every < beat.turned_at < now + job.every and not is_wanted:
        return False
    return bool(Heartbeat.objects.filter(name=job.name, turned_at=beat.turned_at).update(turned_at=now))


_written: dict[str, datetime] = {}


def beat(job: Job, now: datetime) -> None:
    """Write that it has run, at most every few seconds: each write is a disk's flush on SQLite."""
    written = _written.get(job.name)
    if written and written <= now < written + BEAT_EVERY:
        return
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=job.name, turned_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["turned_at"],
    )
    _written[job.name] = now
