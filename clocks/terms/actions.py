"""What happens to what was agreed about a clock. Lock, check, change, record. Who may is the caller's business."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from clocks.actions import record_with_clocks
from clocks.following import tell
from clocks.models import Clock
from clocks.terms import rules
from clocks.working_days.calendar import Calendar
from common.errors import Invalid, WrongState
from journal.record import stamp


class Approval(NamedTuple):
    """Who allowed it, as what; an act without it is refused."""

    by: User | None
    post: str = ""


@transaction.atomic
def extend_clock(
    *,
    clock_id: int,
    days: int,
    reason: str,
    approved: Approval,
    told_how: str,
    told_at: datetime | None,
    actor: User,
    now: datetime,
    post: str = "",
) -> Clock:
    """Add days, within what the plan allows in all, with approval and the reason told to whom it is owed.

    Raises WrongState without approval or telling, past the deadline, while it stands still, past the maximum.
    Source: Petition Work Regulations art. 34.
    """
    clock = _lock(clock_id)

    _check_runs(clock, now)
    _check_approved(clock, approved, reason)
    if told_at is None or not told_how.strip():
        raise WrongState(
            "not_told",
            _(
                "“%(clock)s” was not extended: whoever waits for the answer was not told. Tell them why and until "
                "when, and note how and when they were told."
            )
            % {"clock": clock.title},
        )
    if told_at > now:
        raise Invalid(
            "told_in_future",
            _("“%(clock)s” was not extended: the time of telling lies ahead. Tell them first.")
            % {"clock": clock.title},
            fields={"told_at": [_("This lies in the future.")]},
        )
    _check_within(clock, days)

    clock.extended += days
    before = _set_due(clock, now)
    clock.save(update_fields=["extended", "due_at", "provisional", "warn_due_at"])

    _record(
        "clock.extended",
        clock,
        actor,
        now,
        post,
        reason=reason.strip(),
        days=days,
        approved_by=approved.by.pk if approved.by else None,
        approved_as=approved.post,
        told_how=told_how.strip(),
        told_at=stamp(told_at),
        due_before=stamp(before) if before else None,
        due_at=stamp(clock.due_at) if clock.due_at else None,
    )
    return clock


@transaction.atomic
def pause_clock(
    *, clock_id: int, reason: str, approved: Approval, actor: User, now: datetime, post: str = ""
) -> Clock:
    """Let it stand still where its plan says so: it has no deadline until it goes on (art. 36: a hearing)."""
    clock = _lock(clock_id)

    _check_runs(clock, now)
    if not clock.pausable:
        raise WrongState(
            "not_pausable",
            _(
                "“%(clock)s” was not paused: its plan names nothing that is left out of this time limit. Extend it, "
                "or answer in time."
            )
            % {"clock": clock.title},
        )
    _check_approved(clock, approved, reason)

    before = clock.due_at
    clock.paused_at, clock.due_at, clock.provisional, clock.warn_due_at = now, None, False, None
    clock.save(update_fields=["paused_at", "due_at", "provisional", "warn_due_at"])

    _record(
        "clock.paused",
        clock,
        actor,
        now,
        post,
        reason=reason.strip(),
        approved_by=approved.by.pk if approved.by else None,
        approved_as=approved.post,
        due_before=stamp(before) if before else None,
    )
    return clock


@transaction.atomic
def resume_clock(*, clock_id: int, reason: str, actor: User, now: datetime, post: str = "") -> Clock:
    """Let it go on: what was left when it stopped is left now."""
    clock = _lock(clock_id)

    if not clock.is_running or clock.paused_at is None:
        raise WrongState(
            "not_paused",
            _("“%(clock)s” does not stand still: nothing was changed. Load the page again.")
            % {"clock": clock.title},
        )

    since = clock.paused_at
    clock.pauses = [*clock.pauses, [since.isoformat(), max(now, since).isoformat()]]
    clock.paused_at = None
    _set_due(clock, now)
    clock.save(update_fields=["pauses", "paused_at", "due_at", "provisional", "warn_due_at"])

    _record(
        "clock.resumed",
        clock,
        actor,
        now,
        post,
        reason=reason.strip(),
        paused_at=stamp(since),
        due_at=stamp(clock.due_at) if clock.due_at else None,
    )
    return clock


def _lock(clock_id: int) -> Clock:
    return Clock.objects.select_for_update(of=("self",)).select_related("unit").get(pk=clock_id)


def _set_due(clock: Clock, now: datetime) -> datetime | None:
    """Its deadline anew; returns the one before."""
    before = clock.due_at
    clock.due_at, clock.provisional = rules.due_of(clock, Calendar())
    clock.warn_due_at = rules.warn_at(due=clock.due_at, before=clock.warn_before, after=now)
    return before


def _check_runs(clock: Clock, now: datetime) -> None:
    about = {"clock": clock.title}
    if not clock.is_running:
        raise WrongState(
            "clock_ended",
            _("“%(clock)s” has ended: nothing was changed. Load the page again.") % about,
        )
    if clock.paused_at is not None:
        raise WrongState(
            "clock_paused",
            _("“%(clock)s” stands still: nothing was changed. Let it go on first.") % about,
        )
    if clock.breached_at is not None or (clock.due_at is not None and clock.due_at < now):
        raise WrongState(
            "clock_over",
            _(
                "“%(clock)s” is past its end: nothing was changed, for nobody's lateness is taken back. Answer now."
            )
            % about,
        )


def _check_approved(clock: Clock, approved: Approval, reason: str) -> None:
    if approved.by is None:
        raise WrongState(
            "not_approved",
            _(
                "“%(clock)s” was not changed: nobody has approved it. Ask the head of the organ and note who "
                "approved."
            )
            % {"clock": clock.title},
        )
    if not reason.strip():
        raise Invalid(
            "reason_missing",
            _("“%(clock)s” was not changed: the reason is missing. Say it in a sentence.")
            % {"clock": clock.title},
            fields={"reason": [_("Say why in a sentence.")]},
        )


def _check_within(clock: Clock, days: int) -> None:
    most = rules.most_days(clock.max_extension)
    if most == 0:
        raise WrongState(
            "not_extendable",
            _("“%(clock)s” was not extended: neither plan nor law allows it. Answer in time.")
            % {"clock": clock.title},
        )
    if days < 1 or clock.extended + days > most:
        raise WrongState(
            "too_long",
            _(
                "“%(clock)s” was not extended by %(days)s days: at most %(left)s may be added. Choose fewer, or "
                "answer in time."
            )
            % {"clock": clock.title, "days": days, "left": most - clock.extended},
            most=most - clock.extended,
        )


def _record(kind: str, clock: Clock, actor: User, now: datetime, post: str, **content: Any) -> None:
    titles = {"title_zh": clock.title_zh, "title_en": clock.title_en, "cite": clock.cite}
    record_with_clocks(
        kind,
        subject=clock.subject,
        thread=clock.thread,
        unit=clock.unit,
        actor=actor,
        post=post,
        at=now,
        plan=clock.plan,
        drill=clock.drill,
        content={"clock": clock.clock_id, **titles, **content},
    )
    tell([clock.subject])
