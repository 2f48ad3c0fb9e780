"""A published duty given to somebody else, in whole or in part: the override, and what swaps are made of."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.contacts.queries import unreachable
from accounts.models import Unit, User
from accounts.scope import Reach
from clocks.actions import cancel_for_subject
from common.errors import Invalid, WrongState
from journal.record import record
from rosters import alerts, permissions, queries, rules
from rosters.choices import FindingCode
from rosters.models import Shift
from rosters.overrides.agreements import lapse_swaps


@transaction.atomic
def override_shift(
    *,
    reach: Reach,
    shift_id: int,
    person: User,
    reason: str,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> list[Shift]:
    """Give a published duty, or the part from `starts_at` to `ends_at`, to another holder of the post.

    What is past stays as it was. Returns the duties that took its place. Raises WrongState for a duty that is
    over or a person who has another one then, Invalid without a reason or for times outside of it.
    """
    shift = lock_shift(shift_id)

    permissions.check_can_publish(reach, shift.post.unit)
    if not reason.strip():
        sentence = _("Say why, in a few words.")
        raise Invalid(
            "reason_missing", _("The duty was not changed: say why."), fields={"reason": [sentence]}
        )
    begin, end = _part(shift, starts_at, ends_at, now)
    check_can_sit(shift, person, begin, end)

    before = Place(shift.person, shift.starts_at, shift.ends_at)
    after = seat_person(shift, person, begin, end, note=reason.strip(), now=now)

    record_change(shift, before, after, reach=reach, reason=reason.strip(), now=now)
    lapse_swaps([shift], now)
    shift.person, shift.starts_at, shift.ends_at = before
    alerts.tell_changed(shift, [one for one in after if one.person_id == person.pk], reason=reason, now=now)
    return after


class Place(NamedTuple):
    """A duty as it was before."""

    person: User
    starts_at: datetime
    ends_at: datetime


def lock_shift(shift_id: int) -> Shift:
    """The duty with its unit held; raises WrongState unless it is in force."""
    unit_id = Shift.objects.values_list("post__unit_id", flat=True).get(pk=shift_id)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
    shift = (
        Shift.objects.select_for_update(of=("self",))
        .select_related("post__unit", "person", "stand_in", "roster")
        .get(pk=shift_id)
    )
    if not shift.in_force:
        raise WrongState(
            "not_in_force",
            _(
                "The duty was not changed: it is not in force. Look at the month again; somebody may have changed it."
            ),
        )
    return shift


def _part(
    shift: Shift, starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    if shift.ends_at <= now:
        raise WrongState(
            "shift_over", _("The duty was not changed: it is over. What was, stays on the record.")
        )
    begin = max(starts_at or shift.starts_at, shift.starts_at)
    begin = max(begin, now) if shift.starts_at <= now else begin
    end = min(ends_at or shift.ends_at, shift.ends_at)
    if end <= begin:
        sentence = _("Give a time within the duty that has not passed yet.")
        raise Invalid(
            "outside_the_shift",
            _("The duty was not changed: no time of it is left between these moments. Correct them."),
            fields={"ends_at": [sentence]},
        )
    return begin, end


def check_can_sit(
    shift: Shift, person: User, begin: datetime, end: datetime, *, without: Iterable[Shift] = ()
) -> None:
    """Raise WrongState unless the person holds the post then and has no other duty. `without`: they give those away."""
    taken = rules.Seat(shift.post_id, person.pk, begin, end)
    rows = Shift.objects.in_force().overlapping(begin, end).filter(person=person)
    rows = rows.exclude(pk__in=[shift.pk, *(one.pk for one in without)])
    elsewhere = [rules.Seat(row.post_id, row.person_id, row.starts_at, row.ends_at) for row in rows]
    holding = queries.spans_held([shift.post_id], [person.pk])
    found = rules.findings(needs=(), seats=[taken], elsewhere=elsewhere, holding=holding, unreachable=())
    if not found:
        return
    sentences = {
        FindingCode.CLASH: _("The duty was not changed: %(person)s has another duty then (%(when)s). Choose somebody else."),
        FindingCode.NOT_HOLDING: _(
            "The duty was not changed: %(person)s does not hold this post then (%(when)s) and could not act. Have them "
            "appointed, or choose somebody else."
        ),
    }  # fmt: skip
    raise WrongState(
        f"duty_{found[0].code}",
        sentences[FindingCode(found[0].code)] % {"person": person, "when": alerts.when(found[0].starts_at)},
    )


def seat_person(
    shift: Shift, person: User, begin: datetime, end: datetime, *, note: str, now: datetime
) -> list[Shift]:
    """Put `person` on the duty from `begin` to `end`; the rest stays with who had it. The caller holds the row.

    Whole and not begun: the old row loses its place (a calendar shows it as cancelled). Otherwise it is cut.
    """
    rest_after = None
    if end < shift.ends_at:
        rest_after = _twin(shift, shift.person, end, shift.ends_at, shift.note, now)
    if begin <= shift.starts_at:
        shift.in_force, shift.ended_early_at = False, now
        cancel_for_subject(subject=shift.key, now=now, reason="duty changed")
    else:
        shift.ends_at = begin
    shift.rev, shift.changed_at = shift.rev + 1, now
    shift.save(update_fields=["in_force", "ended_early_at", "ends_at", "rev", "changed_at"])
    new = _twin(shift, person, begin, end, note, now)
    made = [one for one in (new, rest_after) if one is not None]
    for one in made:
        one.save(force_insert=True)
    return made


def _twin(shift: Shift, person: User, begin: datetime, end: datetime, note: str, now: datetime) -> Shift:
    keeps = shift.stand_in if shift.stand_in_id != person.pk else None
    return Shift(
        roster=shift.roster,
        post=shift.post,
        person=person,
        stand_in=keeps,
        starts_at=begin,
        ends_at=end,
        in_force=True,
        is_night=rules.is_night(begin, end),
        is_off_day=shift.is_off_day,
        note=note[:200],
        changed_at=now,
    )


def record_change(
    shift: Shift, before: Place, after: Iterable[Shift], *, reach: Reach, reason: str, now: datetime
) -> None:
    """`duty.changed`: who had it, who has it, why, and whether the new one can be rung."""
    rows = list(after)
    content = {
        "post": shift.post.title,
        "from": str(before.person),
        "to": "、".join(str(row.person) for row in rows if row.person_id != before.person.pk),
        "starts_at": before.starts_at,
        "ends_at": before.ends_at,
        "reason": reason,
        "unreachable": sorted(unreachable({row.person for row in rows}).values()),
    }
    record(
        "duty.changed",
        subject=shift.key,
        unit=shift.post.unit,
        actor=reach.user,
        post=reach.title_for("roster.publish", shift.post.unit.path),
        at=now,
        content=content,
    )
