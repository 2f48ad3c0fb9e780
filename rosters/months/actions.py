"""From a rotation to a published roster. Each action: lock, check, change, record."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Post, Unit, User
from accounts.scope import Reach
from clocks.working_days.calendar import Calendar
from common.dates.local_time import LOCAL
from common.errors import Invalid, WrongState
from common.revisions import check_rev, save
from common.states import move
from journal.keys import key
from journal.record import record
from rosters import alerts, permissions, queries, rules
from rosters.choices import RosterState
from rosters.models import Roster, Rotation, RotationMember, Shift
from rosters.overrides.agreements import lapse_swaps

#: A named reason says more than "ok".
LEAST_REASON = 4


@transaction.atomic
def set_rotation(
    *,
    reach: Reach,
    post: Post,
    people: Sequence[User],
    first_day: date,
    hand_over: time,
    night_from: time | None = None,
    day_ends: time | None = None,
    weekdays: str = "",
    days_each: int = 1,
    off_days_apart: bool = False,
    minimum: int = 1,
    confirm_minutes: int = 5,
    test_channel: str = "",
    now: datetime,
) -> Rotation:
    """Say how a post's duty goes round. Rosters that stand are not changed by it.

    Raises Invalid for an empty round, a person twice, or more people at once than there are.
    """
    Unit.objects.select_for_update(of=("self",)).get(pk=post.unit_id)

    permissions.check_can_draft(reach, post.unit)
    _check_round(people, minimum)
    _check_hours(hand_over, night_from, day_ends)

    rotation, _is_new = Rotation.objects.update_or_create(
        post=post,
        defaults={
            "unit_path": post.unit.path,
            "first_day": first_day,
            "hand_over": hand_over,
            "night_from": night_from,
            "day_ends": day_ends,
            "weekdays": weekdays,
            "days_each": days_each,
            "off_days_apart": off_days_apart,
            "minimum": minimum,
            "confirm_minutes": confirm_minutes,
            "test_channel": test_channel,
            "changed_at": now,
            "changed_by": reach.user,
        },
    )
    rotation.members.all().delete()
    RotationMember.objects.bulk_create(
        RotationMember(rotation=rotation, person=person, place=place)
        for place, person in enumerate(people, start=1)
    )

    content = {"post": post.title, "people": [person.username for person in people], "from": first_day}
    record(
        "rotation.changed",
        subject=key("post", post.pk),
        unit=post.unit,
        actor=reach.user,
        at=now,
        content=content,
    )
    return rotation


def _check_round(people: Sequence[User], minimum: int) -> None:
    if len({person.pk for person in people}) != len(people) or len(people) < max(minimum, 1):
        raise Invalid(
            "round_too_small",
            _(
                "The rotation was not saved: it needs at least as many people as are on duty at once, each of them "
                "once. Give every person a place of their own."
            ),
        )


def _check_hours(hand_over: time, night_from: time | None, day_ends: time | None) -> None:
    if day_ends is not None and (night_from is not None or day_ends <= hand_over):
        raise Invalid(
            "hours_out_of_order",
            _(
                "The rotation was not saved: a duty of certain hours ends after it begins, on the same day, and has no "
                "night's shift. Correct the hours."
            ),
        )


@transaction.atomic
def draft_roster(*, reach: Reach, unit: Unit, first_day: date, last_day: date, now: datetime) -> Roster:
    """Make a roster from the unit's rotations. An earlier draft of the unit for these days is thrown away.

    Raises WrongState where no post has a rotation, Invalid for days out of order or too many.
    """
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)

    permissions.check_can_draft(reach, unit)
    _check_days(first_day, last_day)
    rotations = list(
        Rotation.objects.filter(post__unit=unit, post__closed_at__isnull=True).prefetch_related("members")
    )
    if not rotations:
        raise WrongState(
            "no_rotation",
            _(
                "No roster was drafted: no post of %(unit)s has a rotation yet. Say first who takes turns on which post."
            )
            % {"unit": unit},
        )

    roster = new_draft(reach, unit, first_day, last_day, now)
    calendar = Calendar()
    Shift.objects.bulk_create(
        shift for rotation in rotations for shift in _shifts_of(rotation, roster, calendar)
    )

    _record(roster, rules.ROSTERS.begin.entry, reach, now)
    return roster


def _check_days(first_day: date, last_day: date) -> None:
    if last_day < first_day or (last_day - first_day).days >= rules.MOST_DAYS:
        sentence = _("The last day must follow the first, and a roster covers %(days)s days at most.") % {
            "days": rules.MOST_DAYS
        }
        raise Invalid(
            "days_out_of_order",
            _("No roster was drafted: %(why)s Correct the days.") % {"why": sentence},
            fields={"last_day": [sentence]},
        )


def new_draft(reach: Reach, unit: Unit, first_day: date, last_day: date, now: datetime) -> Roster:
    """An empty draft; what was drafted for these days before goes. The caller holds the unit."""
    earlier = Roster.objects.filter(unit=unit, state=RosterState.DRAFT)
    earlier.filter(first_day__lte=last_day, last_day__gte=first_day).delete()
    return Roster.objects.create(
        unit=unit,
        unit_path=unit.path,
        first_day=first_day,
        last_day=last_day,
        drafted_at=now,
        drafted_by=reach.user,
    )


def round_of(rotation: Rotation) -> rules.TurnOrder:
    return rules.TurnOrder(
        people=tuple(member.person_id for member in rotation.members.all()),
        first_day=rotation.first_day,
        hand_over=rotation.hand_over,
        night_from=rotation.night_from,
        day_ends=rotation.day_ends,
        weekdays=rotation.weekdays,
        days_each=rotation.days_each,
        off_days_apart=rotation.off_days_apart,
        minimum=rotation.minimum,
    )


def _shifts_of(rotation: Rotation, roster: Roster, calendar: Calendar) -> list[Shift]:
    first = max(roster.first_day, rotation.first_day)
    return [
        Shift(
            roster=roster,
            post_id=rotation.post_id,
            person_id=person,
            stand_in_id=turn.stand_in,
            starts_at=turn.starts_at,
            ends_at=turn.ends_at,
            is_night=turn.is_night,
            is_off_day=turn.is_off_day,
        )
        for turn in rules.turns(round_of(rotation), first, roster.last_day, calendar)
        for person in turn.people
    ]


@transaction.atomic
def assign_shift(*, reach: Reach, shift_id: int, person: User | None, now: datetime) -> Shift:
    """Put another person on a duty of a draft; None leaves the duty empty (a gap that is then found)."""
    shift = _lock_draft_shift(shift_id)

    permissions.check_can_draft(reach, shift.post.unit)

    roster, before = shift.roster, str(shift.person)
    assert roster is not None  # a duty of a draft is a duty of its roster
    Roster.objects.filter(shifts=shift).update(rev=F("rev") + 1)
    _record(
        roster,
        rules.ROSTERS[rules.CHANGE].entry,
        reach,
        now,
        post=shift.post.title,
        starts_at=shift.starts_at,
        before=before,
        after=str(person) if person else "",
    )
    if person is None:
        shift.delete()
        return shift
    shift.person = person
    if shift.stand_in_id == person.pk:
        shift.stand_in = None
    shift.save(update_fields=["person", "stand_in"])
    return shift


def _lock_draft_shift(shift_id: int) -> Shift:
    shift = (
        Shift.objects.select_for_update(of=("self",))
        .select_related("roster", "post__unit", "person")
        .get(pk=shift_id)
    )
    if shift.roster is None or not shift.roster.is_draft:
        raise WrongState(
            "not_a_draft",
            _("The duty was not changed: its roster is published. Change it there, with a reason."),
        )
    return shift


@transaction.atomic
def publish_roster(
    *, reach: Reach, roster_id: int, now: datetime, reason: str = "", rev: int | None = None
) -> Roster:
    """Put a draft in force from now on. What was in force for these days and posts gives way.

    Raises WrongState `roster_has_findings` where there is a gap, a clash or somebody out of reach and no
    reason is named: who publishes it all the same says why, and that is on the record.
    """
    roster = _lock(roster_id)

    permissions.check_can_publish(reach, roster.unit)
    _check_draft(roster, rev)
    found = queries.findings_of(roster)
    if found and len(reason.strip()) < LEAST_REASON:
        raise _has_findings(roster, found)

    done = move(roster, rules.ROSTERS, rules.PUBLISH)
    roster.published_at, roster.published_by = now, reach.user
    roster.findings, roster.reason = [one.as_dict() for one in found], reason.strip()
    save(roster, "state", "published_at", "published_by", "findings", "reason")
    shifts = _put_in_force(roster, now)

    _record(roster, done.entry, reach, now, findings=roster.findings, reason=roster.reason)
    alerts.tell_published(roster, shifts, now=now)
    return roster


def _lock(roster_id: int) -> Roster:
    """The unit first: two rosters of one unit are never published at once."""
    unit_id = Roster.objects.values_list("unit_id", flat=True).get(pk=roster_id)
    Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
    return Roster.objects.select_for_update(of=("self",)).select_related("unit").get(pk=roster_id)


def _check_draft(roster: Roster, rev: int | None) -> None:
    if not roster.is_draft:
        raise WrongState(
            "already_published",
            _("Nothing was published: this roster already is, since %(time)s. Look at the month.")
            % {"time": alerts.when(roster.published_at) if roster.published_at else ""},
        )
    changed = _(
        "The roster was not published: somebody changed it after you opened it. Look again, then publish."
    )
    check_rev(roster, rev, changed)


def _has_findings(roster: Roster, found: Sequence[queries.Found]) -> WrongState:
    first = found[0]
    return WrongState(
        "roster_has_findings",
        _(
            "The roster was not published: %(count)s findings, the first: %(what)s, %(when)s. Mend them, or name the "
            "reason why it is to be published all the same."
        )
        % {
            "count": len(found),
            "what": " ".join(str(part) for part in (first.label, first.post, first.person) if part),
            "when": alerts.when(first.starts_at),
        },
        findings=[one.as_dict() for one in found],
    )


def _put_in_force(roster: Roster, now: datetime) -> list[Shift]:
    """Let the draft's shifts count. One that is the same as before keeps its row: who has confirmed has confirmed."""
    drafted = list(roster.shifts.for_lists())
    posts = {shift.post_id for shift in drafted}
    begin = datetime.combine(roster.first_day, time(), LOCAL)
    end = max([shift.ends_at for shift in drafted], default=begin)
    before = (
        Shift.objects.in_force()
        .select_for_update(of=("self",))
        .overlapping(begin, end)
        .filter(post__in=posts)
    )
    same = {(s.post_id, s.person_id, s.starts_at, s.ends_at): s for s in before}
    starts = {post: min(s.starts_at for s in drafted if s.post_id == post) for post in posts}
    kept = []
    for shift in drafted:
        twin = same.pop((shift.post_id, shift.person_id, shift.starts_at, shift.ends_at), None)
        if twin is not None:
            Shift.objects.filter(pk=twin.pk).update(roster=roster, stand_in=twin.stand_in or shift.stand_in)
            kept.append(shift.pk)
    Shift.objects.filter(pk__in=kept).delete()
    begun = [old for old in same.values() if old.starts_at <= now]
    for shift in drafted:
        if shift.pk not in kept:
            _wait_for(shift, begun)
    giving_way = [old for old in same.values() if old not in begun]
    for old in giving_way:
        _give_way(old, starts[old.post_id], now)
    lapse_swaps([old for old in giving_way if not old.in_force or old.changed_at == now], now)
    roster.shifts.filter(in_force=False, ended_early_at__isnull=True).update(in_force=True, changed_at=now)
    return list(roster.shifts.in_force().for_lists())


def _wait_for(shift: Shift, begun: Iterable[Shift]) -> None:
    """Who is on duty stays until the end of the shift: a drafted one begins after it, or falls away."""
    until = max((old.ends_at for old in begun if old.post_id == shift.post_id), default=shift.starts_at)
    if shift.ends_at <= until:
        shift.delete()
    elif shift.starts_at < until:
        shift.starts_at = until
        shift.save(update_fields=["starts_at"])


def _give_way(old: Shift, start: datetime, now: datetime) -> None:
    """A shift under way before the new roster begins ends there; a later one loses its place."""
    old.rev, old.changed_at = old.rev + 1, now
    if old.starts_at < start:
        if old.ends_at <= start:
            return
        old.ends_at = start
    else:
        old.in_force, old.ended_early_at = False, now
    old.save(update_fields=["ends_at", "in_force", "ended_early_at", "rev", "changed_at"])


def _record(roster: Roster, kind: str, reach: Reach, now: datetime, **content: Any) -> None:
    record(
        kind,
        subject=roster.key,
        unit=roster.unit,
        actor=reach.user,
        post=reach.title_for("roster.draft", roster.unit_path),
        at=now,
        content={"from": roster.first_day, "to": roster.last_day, **content},
    )


def end_of_month(day: date) -> date:
    """The last day of the month that holds `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
