"""Rotations, findings and swaps as plain functions: no database."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from common.dates.local_time import LOCAL
from rosters import rules
from rosters.choices import FindingCode, SwapVerb

DAY = timedelta(days=1)
SUNDAY = date(2026, 11, 22)


def workdays(day):
    """Monday to Friday; 1 to 3 October off, Sunday 2026-11-29 made up."""
    if day == date(2026, 11, 29):
        return True
    return day.weekday() < 5 and not (day.month == 10 and day.day <= 3)


def at(day, hour=8, minute=30):
    return datetime.combine(day, time(hour, minute), LOCAL)


rounds = st.builds(
    rules.TurnOrder,
    people=st.integers(1, 7).map(lambda n: tuple(range(1, n + 1))),
    first_day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    hand_over=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    night_from=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    days_each=st.integers(1, 31),
    off_days_apart=st.booleans(),
    minimum=st.integers(1, 3),
).filter(lambda r: r.night_from != r.hand_over and len(r.people) >= r.minimum)


@settings(max_examples=60, deadline=None)
@given(rounds, st.integers(0, 120), st.integers(1, 31))
def test_a_rotation_leaves_no_gap_and_seats_nobody_twice(round_, begin, days):
    first = round_.first_day + begin * DAY
    last = first + (days - 1) * DAY

    turns = rules.turns(round_, first, last, workdays)

    start, end = (
        datetime.combine(first, round_.hand_over, LOCAL),
        datetime.combine(last + DAY, round_.hand_over, LOCAL),
    )
    need = rules.Need(1, round_.minimum, start, end)
    seats = [rules.Seat(1, person, turn.starts_at, turn.ends_at) for turn in turns for person in turn.people]
    assert rules.gaps(need, seats) == []
    assert rules.clashes(seats) == []
    assert all(turn.stand_in not in turn.people for turn in turns)
    assert all(turn.ends_at - turn.starts_at <= rules.LONGEST for turn in turns)


@settings(max_examples=60, deadline=None)
@given(rounds, st.integers(0, 120), st.integers(1, 20), st.integers(1, 20))
def test_two_rosters_drafted_apart_are_one_drafted_together(round_, begin, one, two):
    first = round_.first_day + begin * DAY
    middle = first + one * DAY
    last = middle + two * DAY

    apart = [
        *rules.turns(round_, first, middle - DAY, workdays),
        *rules.turns(round_, middle, last, workdays),
    ]

    assert apart == rules.turns(round_, first, last, workdays)


@given(st.integers(2, 6), st.integers(1, 3))
def test_over_whole_rounds_everybody_has_the_same_number(people, minimum):
    minimum = min(minimum, people)
    round_ = rules.TurnOrder(tuple(range(people)), SUNDAY, time(8), minimum=minimum)

    turns = rules.turns(round_, SUNDAY, SUNDAY + (people - 1) * DAY, workdays)

    counts = [sum(person in turn.people for turn in turns) for person in range(people)]
    assert set(counts) == {minimum}


def test_days_off_go_round_apart_and_a_make_up_day_is_a_working_day():
    round_ = rules.TurnOrder((1, 2, 3), date(2026, 11, 23), time(8, 30), off_days_apart=True)

    turns = rules.turns(round_, date(2026, 11, 23), date(2026, 11, 30), workdays)

    # Mon–Fri 1 2 3 1 2, Saturday is the first day off: 1, made-up Sunday follows Friday: 3, Monday: 1.
    assert [turn.people for turn in turns] == [(1,), (2,), (3,), (1,), (2,), (1,), (3,), (1,)]
    assert [turn.is_off_day for turn in turns] == [False] * 5 + [True, False, False]


def test_a_day_and_a_night_shift_are_two_turns_and_only_one_is_a_night():
    round_ = rules.TurnOrder((1, 2, 3), SUNDAY, time(8), night_from=time(18))

    day, night = rules.turns(round_, SUNDAY, SUNDAY, workdays)

    assert (day.starts_at, day.ends_at, day.people, day.is_night) == (
        at(SUNDAY, 8, 0),
        at(SUNDAY, 18, 0),
        (1,),
        False,
    )
    assert (night.ends_at, night.people, night.is_night) == (at(SUNDAY + DAY, 8, 0), (2,), True)


def test_weeks_change_on_the_weekday_of_the_first_day():
    round_ = rules.TurnOrder((1, 2), SUNDAY, time(8), days_each=7)

    turns = rules.turns(round_, SUNDAY, SUNDAY + 14 * DAY, workdays)

    assert [turn.people[0] for turn in turns] == [1] * 7 + [2] * 7 + [1]


def test_nobody_in_the_round_is_no_shift_and_one_alone_has_no_stand_in():
    assert rules.turns(rules.TurnOrder((), SUNDAY, time(8)), SUNDAY, SUNDAY, workdays) == []
    (only,) = rules.turns(rules.TurnOrder((4,), SUNDAY, time(8)), SUNDAY, SUNDAY, workdays)
    assert (only.people, only.stand_in) == ((4,), None)


def test_a_gap_names_its_time_and_how_many_are_missing():
    need = rules.Need(1, 2, at(SUNDAY), at(SUNDAY + 2 * DAY))
    seats = [rules.Seat(1, 5, at(SUNDAY), at(SUNDAY + DAY)), rules.Seat(1, 6, at(SUNDAY), at(SUNDAY, 20))]

    found = rules.gaps(need, seats)

    assert found == [
        rules.Finding(FindingCode.GAP, at(SUNDAY, 20), at(SUNDAY + DAY), 1, missing=1),
        rules.Finding(FindingCode.GAP, at(SUNDAY + DAY), at(SUNDAY + 2 * DAY), 1, missing=2),
    ]


def test_one_person_twice_is_a_clash_also_with_another_unit():
    mine = rules.Seat(1, 5, at(SUNDAY), at(SUNDAY + DAY))
    other = rules.Seat(2, 5, at(SUNDAY, 20), at(SUNDAY + DAY, 20))

    assert [f.code for f in rules.clashes([mine], [other])] == [FindingCode.CLASH]
    assert rules.clashes([mine], [other._replace(person=6)]) == []
    # End to start is no clash, and two duties elsewhere are not this roster's business.
    assert rules.clashes([mine], [other._replace(starts_at=at(SUNDAY + DAY))]) == []
    assert rules.clashes([], [other, other]) == []


def test_appointments_that_follow_each_other_cover_a_shift_and_a_leaver_does_not():
    seat = rules.Seat(1, 5, at(SUNDAY), at(SUNDAY + DAY))
    noon = at(SUNDAY, 12, 0)

    def found(*spans):
        return rules.findings(needs=(), seats=[seat], elsewhere=(), holding={(1, 5): spans}, unreachable=())

    assert found((at(SUNDAY - DAY), noon), (noon, None)) == []
    (left,) = found((at(SUNDAY - DAY), noon))
    assert (left.code, left.starts_at) == (FindingCode.NOT_HOLDING, noon)
    assert [f.code for f in found()] == [FindingCode.NOT_HOLDING]


def test_somebody_out_of_reach_is_found_once():
    seats = [rules.Seat(1, 5, at(SUNDAY + n * DAY), at(SUNDAY + (n + 1) * DAY)) for n in range(3)]

    found = rules.findings(
        needs=(), seats=seats, elsewhere=(), holding={(1, 5): [(at(SUNDAY), None)]}, unreachable=[5]
    )

    assert found == [rules.Finding(FindingCode.UNREACHABLE, at(SUNDAY), at(SUNDAY + 3 * DAY), 1, 5)]


def test_loads_count_shifts_nights_days_off_and_hours():
    rows = [(5, at(SUNDAY), at(SUNDAY + DAY), True, True), (6, at(SUNDAY), at(SUNDAY, 20, 30), False, True), (5, at(SUNDAY + DAY), at(SUNDAY + 2 * DAY), True, False)]  # fmt: skip

    assert rules.loads(rows) == [rules.Load(5, 2, 2, 1, 48), rules.Load(6, 1, 0, 1, 12)]


def test_every_swap_verb_that_a_person_may_ask_for_has_a_row():
    beside = {rules.SWAPS.begin.verb, rules.LAPSE}

    assert set(rules.SWAPS.rows) - beside == set(SwapVerb)


def test_a_duty_of_hours_goes_round_on_its_days_and_leaves_out_holidays():
    round_ = rules.TurnOrder(
        (1, 2), date(2026, 11, 23), time(9), day_ends=time(12), weekdays="13", days_each=1
    )

    def workdays(day):
        return day != date(2026, 11, 25) and day.isoweekday() < 6

    found = rules.turns(round_, date(2026, 11, 23), date(2026, 12, 2), workdays)

    assert [(turn.starts_at.day, turn.ends_at - turn.starts_at, turn.people) for turn in found] == [
        (23, timedelta(hours=3), (1,)), (30, timedelta(hours=3), (2,)), (2, timedelta(hours=3), (1,)),
    ]  # fmt: skip
    assert [
        start for start, _end in rules.day_hours(round_, date(2026, 11, 23), date(2026, 12, 2), workdays)
    ] == [turn.starts_at for turn in found]
