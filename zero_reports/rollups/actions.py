"""What happens to roll-ups. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.dates.periods import Period
from common.errors import Invalid, WrongState
from common.text.personal_data import unsigned_personal_data_in
from journal.record import record
from zero_reports.rollups import exchanged, permissions, queries, rules
from zero_reports.rollups.choices import RollUpState
from zero_reports.rollups.models import RollUp
from zero_reports.rollups.queries import Draft, Part


@transaction.atomic
def confirm_roll_up(
    *, reach: Reach, unit: Unit, period: Period, now: datetime, note: str = "", reason: str = ""
) -> RollUp:
    """Confirm the period for a unit and everything below it, so that it can go up.

    The same figures and words again are the roll-up that is there. `reason` is needed where a unit below
    has not confirmed: its counted figures are taken and marked.
    Source: Jintan campaign rules 四 2 (逐级报告), 四 5 (汇总登记), 四 6 (written and kept).
    """
    _lock(unit)
    before = queries.current(unit, period)

    permissions.check_can_confirm(reach, unit)
    found = queries.draft(unit, period)
    _check_can_go_up(found, before, now)
    _check_complete(found, reason)
    _check_words(unit, note, reason)
    if before and _is_same(before, found, note, reason):
        return before

    post = permissions.confirming_post(reach, unit)
    made = _new_version(found, before, note, reason if found.open_parts else "")
    made.confirmed_at, made.confirmed_by, made.post = now, reach.user, post.title if post else ""
    if before:
        RollUp.objects.filter(pk=before.pk).update(current=False)
    made.save(force_insert=True)

    record(
        rules.TRANSITIONS[rules.CONFIRM].entry,
        subject=made.subject,
        unit=unit,
        actor=reach.user,
        post=made.post,
        at=now,
        content={
            "period": str(period),
            "number": made.number,
            "version": made.version,
            "counts": list(made.counts),
            "classes": made.classes,
            "without": [part.unit.code for part in found.open_parts],
            "reason": made.reason,
        },
    )
    exchanged.send_up(made, reach.user, now)
    return made


@transaction.atomic
def return_down(*, reach: Reach, unit: Unit, period: Period, reason: str, now: datetime) -> RollUp:
    """Send a confirmed summary back to its unit, with a reason: it corrects its reports and confirms again."""
    _lock(unit)
    found = queries.current(unit, period)

    permissions.check_can_return(reach, unit)
    done = rules.TRANSITIONS.row(found.state, rules.RETURN) if found else None
    if found is None or done is None:
        raise WrongState(
            "not_confirmed",
            _(
                "The summary of %(unit)s for %(period)s was not returned: it is not confirmed. "
                "Load the page again to see how it stands."
            )
            % {"unit": unit, "period": period},
        )
    _check_not_taken_up(unit, period)
    if not reason.strip():
        raise Invalid(
            "reason_missing",
            _("The summary was not returned: the reason is missing. Write what has to be put right."),
            fields={"reason": [_("Write what has to be put right.")]},
        )
    _check_words(unit, reason)

    found.state = done.to or found.state
    found.returned_at, found.returned_by, found.return_reason = now, reach.user, reason
    found.save(update_fields=["state", "returned_at", "returned_by", "return_reason"])

    record(
        done.entry,
        subject=found.subject,
        unit=unit,
        actor=reach.user,
        at=now,
        content={"period": str(period), "number": found.number, "version": found.version, "reason": reason},
    )
    return found


def _lock(unit: Unit) -> None:
    """The unit and the one above, outermost first: neither confirms while the other does."""
    both = Unit.objects.filter(pk__in=[pk for pk in (unit.pk, unit.parent_id) if pk])
    list(both.order_by("path").select_for_update(no_key=True))


def _check_can_go_up(found: Draft, before: RollUp | None, now: datetime) -> None:
    unit, period = found.unit, found.period
    if now < period.starts_at or not found.counts.expected:
        raise WrongState(
            "nothing_to_confirm",
            _(
                "The summary of %(unit)s was not confirmed: nobody there is asked for %(period)s, or it has not "
                "begun. Choose another day."
            )
            % {"unit": unit, "period": period},
        )
    _check_not_taken_up(unit, period)


def _check_not_taken_up(unit: Unit, period: Period) -> None:
    if queries.is_taken_up(unit, period):
        raise WrongState(
            "already_gone_up",
            _(
                "The summary of %(unit)s for %(period)s was not changed: %(above)s has confirmed its own, which "
                "rests on it. Ask %(above)s to have that returned first."
            )
            % {"unit": unit, "period": period, "above": unit.parent},
        )


def _check_complete(found: Draft, reason: str) -> None:
    if found.open_parts and not reason.strip():
        raise WrongState(
            "units_not_confirmed",
            _(
                "The summary of %(unit)s was not confirmed: %(n)d units below have not confirmed theirs (%(which)s). "
                "Wait for them, or write why it goes up without them."
            )
            % {"unit": found.unit, "n": len(found.open_parts), "which": _named(found.open_parts)},
            open=[part.unit.code for part in found.open_parts],
        )


def _named(parts: list[Part]) -> str:
    return ", ".join(str(part.unit) for part in parts[:5]) + ("…" if len(parts) > 5 else "")


def _check_words(unit: Unit, *words: str) -> None:
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "The summary of %(unit)s was not changed: the text holds an identity, telephone or card number, "
                "and summaries name no people. Take the number out and send it again."
            )
            % {"unit": unit},
        )


def _is_same(before: RollUp, found: Draft, note: str, reason: str) -> bool:
    return (
        before.state == RollUpState.CONFIRMED
        and not queries.has_drifted(before, found)
        and before.note == note
        and before.reason == (reason if found.open_parts else "")
        and before.lines == [_line(part) for part in found.parts]
    )


def _new_version(found: Draft, before: RollUp | None, note: str, reason: str) -> RollUp:
    year = queries.year_of_period(found.period)
    return RollUp(
        unit=found.unit,
        cadence=found.period.cadence,
        day=found.period.day,
        version=before.version + 1 if before else 1,
        year=year,
        serial=before.serial if before else _next_serial(found.unit, year),
        classes=found.classes,
        lines=[_line(part) for part in found.parts],
        note=note,
        reason=reason,
        **found.counts._asdict(),
    )


def _next_serial(unit: Unit, year: int) -> int:
    """Under the unit's lock: dense within unit and year."""
    last = RollUp.objects.filter(unit=unit, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _line(part: Part) -> dict:
    """A line as it is kept: names as they were on the day."""
    return {
        "code": part.unit.code,
        "name": part.unit.name,
        "name_en": part.unit.name_en,
        "basis": part.basis,
        "counts": list(part.counts),
        "classes": part.classes,
    }
