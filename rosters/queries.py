"""Who is on duty, what a roster holds, and what is wrong with it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.choices import HeldAs, PostKind
from accounts.contacts.queries import unreachable
from accounts.models import Appointment, Post, Unit, User
from accounts.queries import open_unit
from accounts.scope import Reach
from clocks.working_days.calendar import Calendar
from common.dates.local_time import LOCAL, day_of
from common.errors import not_found
from rosters import permissions, rules
from rosters.choices import FindingCode
from rosters.models import Roster, Rotation, Shift, ShiftQuerySet, Swap

#: Two tiers (带班领导, 值班员), the leader who receives people (接访领导) and the squads on call.
TIERS = (PostKind.DUTY_LEADER, PostKind.DUTY_OFFICER)
ROSTERED = (*TIERS, PostKind.RECEIVING_LEADER, PostKind.SQUAD)
_ORDER: dict[str, int] = {kind: place for place, kind in enumerate(ROSTERED)}
#: When a duty day begins where no rotation says so.
USUAL_HAND_OVER = time(8, 30)


# --- who is on duty ----------------------------------------------------------------------------------------


class OnDuty(NamedTuple):
    """Who answers for a post at a moment."""

    post: Post
    person: User
    #: By the roster; None = the post's holder, no roster says otherwise.
    until: datetime | None
    since: datetime | None = None
    #: roster · stand_in (came instead) · post (nobody is rostered: its holder)
    by: str = "post"
    shift: Shift | None = None


def on_duty(
    units: Iterable[Unit], at: datetime, *, kinds: Collection[str] = TIERS, is_past: bool = False
) -> list[OnDuty]:
    """Who is on duty in these units at `at`, past or future: by the roster, else whoever holds the post.

    Two queries, each one range of an index, however long the rosters are. A rostered person who has left the
    post does not answer: the stand-in does, else the post's holders. Of the past (`is_past`) the roster is
    believed as it stands, whoever has left since.
    """
    units = list(units)
    held = _held(units, kinds, at, is_past)
    found: dict[int, list[OnDuty]] = {}
    shifts = Shift.objects.at(at).filter(post__unit__in=units, post__kind__in=kinds)
    for shift in shifts.for_lists():
        holders = {row.person_id for row in held.get(shift.post_id, ())}
        people = {shift.person_id: shift.person, shift.stand_in_id: shift.stand_in}
        pk = next((pk for pk in shift.in_turn(at) if pk in holders or is_past), None)
        if pk is not None:
            by = "roster" if pk == shift.person_id else "stand_in"
            duty = OnDuty(shift.post, people[pk], shift.ends_at, shift.starts_at, by, shift)
            found.setdefault(shift.post_id, []).append(duty)
    for post_id, rows in held.items():
        if post_id not in found:
            found[post_id] = [
                OnDuty(row.post, row.person, None) for row in rows if row.held_as == HeldAs.HOLDER
            ]
    everybody = [duty for duties in found.values() for duty in duties]
    return sorted(everybody, key=lambda duty: (duty.post.unit.path, _ORDER[duty.post.kind], duty.post.pk))


def _held(
    units: Sequence[Unit], kinds: Collection[str], at: datetime, is_past: bool
) -> dict[int, list[Appointment]]:
    rows = Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), valid_from__lte=at)
    if not is_past:
        rows = rows.filter(post__closed_at__isnull=True, person__is_active=True)
    rows = rows.filter(post__unit__in=units, post__kind__in=kinds).select_related("post__unit", "person")
    found: dict[int, list[Appointment]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.post_id, []).append(row)
    return found


# --- what a reader sees ------------------------------------------------------------------------------------


def get_unit(reach: Reach, code: str) -> Unit:
    """The unit whose roster this person may look at; NotFound otherwise."""
    unit = open_unit(code)
    if unit is None:
        raise not_found()
    permissions.check_can_view(reach, unit)
    return unit


def home_unit(reach: Reach) -> Unit:
    """The unit of the person's first post that lets them see rosters; NotFound without one."""
    paths = {post.unit_path for post in reach.posts if reach.holds("roster.view", post.unit_path)}
    unit = Unit.objects.filter(path__in=paths).order_by("path").first()
    if unit is None:
        raise not_found()
    return unit


def units_with_posts(reach: Reach) -> QuerySet[Unit]:
    """Units with rostered posts that this person may look at, in tree order."""
    rostered = Post.objects.filter(kind__in=ROSTERED, closed_at__isnull=True)
    return Unit.objects.filter(
        reach.filter("roster.view", field="path"), pk__in=rostered.values("unit"), valid_to__isnull=True
    ).order_by("path")


def rostered_posts(unit: Unit) -> list[Post]:
    """Leaders first, then officers, then squads."""
    posts = Post.objects.filter(unit=unit, kind__in=ROSTERED, closed_at__isnull=True).select_related("unit")
    return sorted(posts, key=lambda post: (_ORDER[post.kind], post.pk))


def get_roster(reach: Reach, pk: int) -> Roster:
    found = (
        Roster.objects.visible_to(reach)
        .select_related("unit", "drafted_by", "published_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise not_found()
    return found


def rosters_of(reach: Reach, unit: Unit) -> QuerySet[Roster]:
    rows = Roster.objects.visible_to(reach).filter(unit=unit).select_related("unit")
    return rows.order_by("-first_day", "-pk")


def get_shift(reach: Reach, pk: int) -> Shift:
    found = Shift.objects.visible_to(reach).for_lists().select_related("roster").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


class DayLine(NamedTuple):
    """One duty day of the month view: the cells follow the posts."""

    day: date
    is_off: bool | None
    #: The holiday's name where the calendar gives one.
    name: str
    cells: list[list[Shift]]


def posts_with_duties(unit: Unit, posts: Sequence[Post], first: date, last: date) -> list[Post]:
    """Both tiers always; squads only where they have duties in this time (one query)."""
    listed = set(shifts_between(unit, first, last).filter(in_force=True).values_list("post_id", flat=True))
    return [post for post in posts if post.kind in TIERS or post.pk in listed]


def month_lines(unit: Unit, posts: Sequence[Post], first: date, last: date) -> list[DayLine]:
    """The published duties of a unit day by day (two queries, however many)."""
    shifts = shifts_between(unit, first, last).filter(in_force=True).for_lists()
    return lines_of(shifts, posts, first, last)


def lines_of(shifts: Iterable[Shift], posts: Sequence[Post], first: date, last: date) -> list[DayLine]:
    """Shifts by the day they begin on, beside the calendar."""
    from clocks.models import WorkCalendarDay

    place = {post.pk: n for n, post in enumerate(posts)}
    cells: dict[date, list[list[Shift]]] = {}
    for shift in shifts:
        day = day_of(shift.starts_at)
        if shift.post_id in place and first <= day <= last:
            cells.setdefault(day, [[] for _post in posts])[place[shift.post_id]].append(shift)
    known = {row.date: row for row in WorkCalendarDay.objects.filter(date__range=(first, last))}
    lines = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        row = known.get(day)
        is_off = None if row is None else not row.is_workday
        lines.append(DayLine(day, is_off, row.notice if row else "", cells.get(day, [[] for _post in posts])))
    return lines


def shifts_between(unit: Unit, first: date, last: date) -> ShiftQuerySet:
    """A unit's shifts that begin on these days, in Shanghai."""
    begin = datetime.combine(first, time(), LOCAL)
    end = datetime.combine(last + timedelta(days=1), time(), LOCAL)
    return Shift.objects.filter(post__unit=unit, starts_at__gte=begin, starts_at__lt=end)


def own_shifts(person: User, now: datetime) -> ShiftQuerySet:
    """A person's duties that are not over, soonest first."""
    return Shift.objects.in_force().filter(person=person, ends_at__gt=now).for_lists()


def open_swaps(reach: Reach) -> QuerySet[Swap]:
    rows = Swap.objects.visible_to(reach).open()
    return rows.select_related(
        "shift__post__unit", "shift__person", "in_return__post", "proposed_by", "other"
    ).order_by("shift__starts_at", "pk")


def get_swap(reach: Reach, pk: int) -> Swap:
    rows = Swap.objects.visible_to(reach).select_related("shift__post__unit", "proposed_by", "other")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def holders_by_post(units: Sequence[Unit], kinds: Collection[str], at: datetime) -> dict[int, list[User]]:
    """Post → who may be put on its duty: everybody who holds it at `at` (one query)."""
    held = _held(units, kinds, at, False)
    return {post: list({row.person_id: row.person for row in rows}.values()) for post, rows in held.items()}


def swap_partners(shift: Shift, now: datetime) -> list[User]:
    """Who could take the duty: everybody else who holds the post when it begins."""
    found = holders_by_post([shift.post.unit], [shift.post.kind], max(now, shift.starts_at))
    return [person for person in found.get(shift.post_id, ()) if person.pk != shift.person_id]


def coming_of(shift: Shift, people: Iterable[User], now: datetime) -> list[Shift]:
    """The coming duties of these people on the same post, for an exchange."""
    rows = Shift.objects.in_force().filter(post=shift.post, person__in=list(people), starts_at__gt=now)
    return list(rows.for_lists()[:60])


class LoadLine(NamedTuple):
    person: User
    load: rules.Load


def fairness(unit: Unit, posts: Sequence[Post], until: date, days: int = 90) -> list[LoadLine]:
    """What each person has carried on the unit's posts in the days up to `until`, by name: no ranking."""
    first = until - timedelta(days=days - 1)
    shifts = list(shifts_between(unit, first, until).filter(in_force=True, post__in=posts).for_lists())
    people = {shift.person_id: shift.person for shift in shifts}
    counted = rules.loads((s.person_id, s.starts_at, s.ends_at, s.is_night, s.is_off_day) for s in shifts)
    return sorted(
        (LoadLine(people[load.person], load) for load in counted), key=lambda line: str(line.person)
    )


# --- what is wrong with a draft ----------------------------------------------------------------------------


class Found(NamedTuple):
    """A finding with its names."""

    code: str
    label: str
    post: Post | None
    person: User | None
    starts_at: datetime
    ends_at: datetime
    missing: int
    #: For somebody who cannot be reached: why.
    why: str = ""

    def as_dict(self) -> dict:
        """For the record and the API."""
        return {
            "code": self.code,
            "post": self.post.title if self.post else "",
            "person": self.person.username if self.person else "",
            "from": self.starts_at.isoformat(),
            "to": self.ends_at.isoformat(),
            "missing": self.missing,
            "why": self.why,
        }


def findings_of(roster: Roster) -> list[Found]:
    """Gaps, clashes, people without the post or out of reach, agreed changes undone: the same queries, however many
    shifts."""
    posts = {post.pk: post for post in rostered_posts(roster.unit)}
    rotations = {row.post_id: row for row in Rotation.objects.filter(post__in=posts)}
    shifts = list(roster.shifts.for_lists())
    changed = _changed(roster, posts)
    people = {shift.person_id: shift.person for shift in [*changed, *shifts]}
    seats = [rules.Seat(s.post_id, s.person_id, s.starts_at, s.ends_at) for s in shifts]
    lacks = unreachable({shift.person for shift in shifts})
    found = rules.findings(
        needs=_needs(roster, posts.values(), rotations, shifts),
        seats=seats,
        elsewhere=_elsewhere(roster, posts, seats),
        holding=spans_held(posts, people),
        unreachable=lacks,
        agreed=[rules.Seat(s.post_id, s.person_id, s.starts_at, s.ends_at) for s in changed],
    )
    named = [
        Found(
            one.code,
            str(FindingCode(one.code).label),
            posts.get(one.post or 0),
            people.get(one.person or 0),
            one.starts_at,
            one.ends_at,
            one.missing,
            lacks.get(one.person or 0, "") if one.code == FindingCode.UNREACHABLE else "",
        )
        for one in found
    ]
    return _calendar_found(roster) + named


def _changed(roster: Roster, posts: Collection[int]) -> list[Shift]:
    """Duties ahead in the roster's days that are not as a rotation made them: swapped, or given to somebody else."""
    start = datetime.combine(roster.first_day, time(), LOCAL)
    end = datetime.combine(roster.last_day + timedelta(days=1), time(), LOCAL)
    rows = Shift.objects.in_force().filter(post__in=posts, starts_at__gte=start, starts_at__lt=end)
    rows = rows.filter(began_at__isnull=True).exclude(note="").exclude(roster=roster)
    return list(rows.select_related("person").order_by("starts_at", "pk"))


def _needs(
    roster: Roster, posts: Iterable[Post], rotations: dict[int, Rotation], shifts: Sequence[Shift]
) -> list[rules.Need]:
    """Both tiers must be filled the whole time; squads where they go round at all; a day's duty on its hours."""
    calendar = Calendar()
    usual = min((row.hand_over for row in rotations.values()), default=USUAL_HAND_OVER)
    listed = {shift.post_id for shift in shifts}
    needs = []
    for post in posts:
        rotation = rotations.get(post.pk)
        if rotation is None and post.kind not in TIERS and post.pk not in listed:
            continue
        if rotation and rotation.day_ends:
            needs += [
                rules.Need(post.pk, rotation.minimum, starts, ends)
                for starts, ends in rules.day_hours(rotation, roster.first_day, roster.last_day, calendar)
            ]
            continue
        begins = rotation.hand_over if rotation else usual
        start = datetime.combine(roster.first_day, begins, LOCAL)
        end = datetime.combine(roster.last_day + timedelta(days=1), begins, LOCAL)
        needs.append(rules.Need(post.pk, rotation.minimum if rotation else 1, start, end))
    return needs


def _elsewhere(roster: Roster, posts: Collection[int], seats: Sequence[rules.Seat]) -> list[rules.Seat]:
    """Duties in force of the same people that this roster does not replace: in other units, or before it."""
    if not seats:
        return []
    start, end = min(seat.starts_at for seat in seats), max(seat.ends_at for seat in seats)
    rows = Shift.objects.in_force().overlapping(start, end).filter(person__in={seat.person for seat in seats})
    rows = rows.exclude(roster=roster).exclude(post__in=posts, starts_at__gte=start)
    return [
        rules.Seat(
            s.post_id, s.person_id, s.starts_at, min(s.ends_at, start) if s.post_id in posts else s.ends_at
        )
        for s in rows
    ]


def spans_held(posts: Collection[int], people: Collection[int]) -> dict[tuple[int, int], list]:
    spans: dict[tuple[int, int], list] = {}
    rows = Appointment.objects.filter(post__in=posts, person__in=people, person__is_active=True)
    for row in rows.order_by("valid_from", "pk"):
        spans.setdefault((row.post_id, row.person_id), []).append((row.valid_from, row.valid_to))
    return spans


def _calendar_found(roster: Roster) -> list[Found]:
    """Days the calendar does not know: holidays could not be seen."""
    calendar, day = Calendar(), roster.first_day
    unknown = []
    while day <= roster.last_day:
        if calendar(day) is None:
            unknown.append(day)
        day += timedelta(days=1)
    if not unknown:
        return []
    start = datetime.combine(unknown[0], time(), LOCAL)
    end = datetime.combine(unknown[-1] + timedelta(days=1), time(), LOCAL)
    label = str(FindingCode.NO_CALENDAR.label)
    return [Found(FindingCode.NO_CALENDAR, label, None, None, start, end, 0)]
