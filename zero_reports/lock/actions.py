"""Granting an exception from the lock, using it, withdrawing it. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.periods import Period
from common.dates.time_format import written
from common.errors import Invalid, WrongState, not_found
from common.text.personal_data import unsigned_personal_data_in
from journal.keys import key
from journal.record import record
from zero_reports.filing.slots import lock_slot
from zero_reports.lock import permissions, rules
from zero_reports.lock.models import LockException
from zero_reports.lock.queries import Lock, exceptions, lock_of
from zero_reports.rounds.cadence import due_at


@transaction.atomic
def grant_exception(
    *, reach: Reach, unit: Unit, period: Period, reason: str, until: datetime, once: bool, now: datetime
) -> LockException:
    """Let the unit file or correct the locked period: for a reason, until an end, once or as often as it needs.

    Source: Jintan campaign rules 四 2 (by level), 四 5 (the level above coordinates).
    """
    slot = lock_slot(unit.pk, period)
    unit, reason = slot.unit, reason.strip()

    permissions.check_can_grant(reach, unit)
    due = due_at(unit, period, slot.over)
    if due is None or lock_of(unit, period, due, slot.over, now).since is None:
        raise WrongState(
            "not_locked",
            _(
                "No exception was granted: %(period)s is not locked for %(unit)s. The unit can file as things stand."
            )
            % {"unit": unit, "period": period},
        )
    _check_terms(unit, reason, until, now)

    LockException.objects.of(period).filter(unit=unit, current=True).update(current=False)
    post = permissions.granting_post(reach, unit)
    made = LockException.objects.create(
        unit=unit, cadence=period.cadence, day=period.day, reason=reason, until=until, once=once,
        granted_at=now, granted_by=reach.user, post=post.title if post else "",
    )  # fmt: skip

    record(
        "zero_report.exception_granted",
        subject=key("zero_report", unit.pk, period),
        unit=unit,
        actor=reach.user,
        post=made.post,
        at=now,
        content={"period": str(period), "reason": reason, "until": until.isoformat(), "once": once},
    )
    return made


@transaction.atomic
def withdraw_exception(
    *, reach: Reach, unit: Unit, period: Period, exception_id: int, now: datetime
) -> LockException:
    """End an exception before its time. What was filed by it stays filed."""
    unit = lock_slot(unit.pk, period).unit

    permissions.check_can_withdraw(reach, unit)
    found = exceptions(unit, period).filter(pk=exception_id).first()
    if found is None:
        raise not_found()
    if not found.is_usable(now):
        raise WrongState(
            "exception_over",
            _(
                "Nothing was withdrawn: the exception for %(unit)s, %(period)s opens nothing any more. It is used up, "
                "over, replaced or withdrawn; look at the page of the report."
            )
            % {"unit": unit, "period": period},
        )

    found.withdrawn_at, found.withdrawn_by = now, reach.user
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])

    post = permissions.granting_post(reach, unit)
    record(
        "zero_report.exception_withdrawn",
        subject=key("zero_report", unit.pk, period),
        unit=unit,
        actor=reach.user,
        post=post.title if post else "",
        at=now,
        content={"period": str(period), "exception": found.pk, "reason": found.reason},
    )
    return found


def check_open(lock: Lock, unit: Unit, period: Period) -> None:
    """Raises WrongState, saying how to ask, where the period is locked and no exception stands."""
    if lock.since is None or lock.exception:
        return
    raise WrongState(
        "period_locked",
        _(
            "The report for %(unit)s was not filed: %(period)s has been locked since %(since)s. Ask %(above)s to "
            "grant an exception on the page of this report and say why you need it; then send it again."
        )
        % {"unit": unit, "period": period, "above": unit.parent or unit, "since": _local(lock.since)},
    )


def note_use(lock: Lock, now: datetime) -> None:
    """Under the unit's lock: an exception for one use is used up."""
    if lock.exception and lock.exception.used_at is None:
        LockException.objects.filter(pk=lock.exception.pk).update(used_at=now)


def _check_terms(unit: Unit, reason: str, until: datetime, now: datetime) -> None:
    if not reason:
        raise Invalid(
            "reason_missing",
            _(
                "No exception was granted to %(unit)s: the reason is missing. Write why it may file after the lock."
            )
            % {"unit": unit},
            fields={"reason": [_("Write why the unit may file after the lock.")]},
        )
    if unsigned_personal_data_in(reason):
        raise Invalid(
            "personal_data",
            _(
                "No exception was granted to %(unit)s: the reason holds an identity, telephone or card number. "
                "Take the number out and send it again."
            )
            % {"unit": unit},
        )
    if not now < until <= now + rules.LONGEST:
        raise Invalid(
            "bad_end",
            _("No exception was granted to %(unit)s: it must end, within %(n)d hours. Choose an end.")
            % {"unit": unit, "n": max(rules.HOURS)},
        )


def _local(moment: datetime) -> str:
    return written(moment, "%Y-%m-%d %H:%M")
