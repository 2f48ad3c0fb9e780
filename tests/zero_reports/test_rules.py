from datetime import date, datetime, time, timedelta

import pytest

from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, WEEKLY, parse
from zero_reports.rounds.rules import (
    DEFAULT,
    END_OF_DAY,
    ITEMS,
    NIL,
    Ask,
    Counts,
    asking,
    cell,
    change_of,
    is_on_time,
    why_not,
)

TODAY = parse("2026-11-22")
CUTOFF = datetime(2026, 11, 22, 17, 30, tzinfo=LOCAL)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=LOCAL)


def unknown(day):
    """A calendar that is not loaded."""


#: Village daily, township weekly: the campaign rules.
CAMPAIGN = (
    Ask(DAILY, frozenset({"village"}), time(16, 0), windows=((date(2026, 11, 1), date(2026, 11, 30)),)),
    Ask(WEEKLY, frozenset({"township"}), time(12, 0)),
)


def test_by_default_four_tiers_answer_daily_by_half_past_five():
    for tier in ("city", "county", "township", "village"):
        assert asking(DEFAULT, TODAY, unknown)[tier].due_at(TODAY) == CUTOFF
    assert "province" not in asking(DEFAULT, TODAY, unknown)
    assert asking(DEFAULT, parse("2026-W47"), unknown) == {}


def test_a_weekly_ask_is_due_on_friday():
    week = parse("2026-W47")

    assert asking(CAMPAIGN, week, unknown)["township"].due_at(week) == datetime(
        2026, 11, 20, 12, tzinfo=LOCAL
    )


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)],
)
def test_a_campaign_asks_only_inside_its_window(day, asked):
    assert ("village" in asking(CAMPAIGN, parse(day), unknown)) is asked


#: Townships weekly; in the first ten days of March daily instead.
MARCH = (
    Ask(WEEKLY, frozenset({"township"})),
    Ask(DAILY, frozenset({"township"}), windows=((date(2026, 3, 1), date(2026, 3, 10)),)),
    Ask(DAILY, frozenset({"village"}), time(9)),
    Ask(DAILY, frozenset({"village"}), END_OF_DAY, windows=((date(2026, 3, 1), date(2026, 3, 10)),)),
)


@pytest.mark.parametrize(
    ("period", "asked"),
    [
        ("2026-02-28", {"village": time(9)}),
        ("2026-03-01", {"township": time(17, 30), "village": END_OF_DAY}),
        ("2026-03-10", {"township": time(17, 30), "village": END_OF_DAY}),
        ("2026-03-11", {"village": time(9)}),
        ("2026-W09", {"township": time(17, 30)}),  # its Friday is before the campaign
        ("2026-W10", {}),
        ("2026-W11", {"township": time(17, 30)}),  # its Friday is after it
    ],
)
def test_while_a_campaign_runs_its_lines_stand_in_place_of_the_others(period, asked):
    found = asking(MARCH, parse(period), unknown)

    assert {tier: ask.cutoff for tier, ask in found.items()} == asked


@pytest.mark.parametrize(("calendar", "asked"), [(True, True), (False, False), (None, True)])
def test_a_day_off_is_left_out_and_an_unknown_day_is_asked(calendar, asked):
    cadence = (Ask(DAILY, frozenset({"village"}), workdays_only=True),)

    assert bool(asking(cadence, TODAY, lambda day: calendar)) is asked


def test_twenty_four_hours_is_the_last_moment_of_the_day():
    due = Ask(DAILY, frozenset({"village"}), END_OF_DAY).due_at(TODAY)

    assert day_of(due) == TODAY.day
    assert TODAY.ends_at - due == timedelta(microseconds=1)


@pytest.mark.parametrize(("seconds", "on_time"), [(-1, True), (0, True), (1, False)])
def test_exactly_at_the_cutoff_is_still_in_time(seconds, on_time):
    assert is_on_time(CUTOFF + timedelta(seconds=seconds), CUTOFF) is on_time


D = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("period", "due", "valid_from", "valid_to", "code"),
    [
        ("2026-11-22", CUTOFF, None, None, ""),
        ("2026-11-21", CUTOFF - timedelta(days=1), None, None, ""),
        ("2026-11-23", CUTOFF + timedelta(days=1), None, None, "period_not_begun"),
        ("2026-11-23", None, None, None, "period_not_begun"),
        ("2026-11-22", None, None, None, "not_asked"),
        ("2026-11-22", CUTOFF, D, None, ""),
        ("2026-11-22", CUTOFF, D + timedelta(days=1), None, "unit_not_yet_open"),
        ("2026-11-22", CUTOFF, None, D, "unit_closed"),
        ("2026-11-22", CUTOFF, None, D + timedelta(days=1), ""),
    ],
)
def test_why_a_period_cannot_be_filed(period, due, valid_from, valid_to, code):
    given = why_not(period=parse(period), due_at=due, valid_from=valid_from, valid_to=valid_to, now=NOON)

    assert given == code


def test_the_day_begins_at_midnight_to_the_microsecond():
    start = TODAY.starts_at
    ask = {"period": TODAY, "due_at": CUTOFF, "valid_from": None, "valid_to": None}

    assert why_not(**ask, now=start) == ""
    assert why_not(**ask, now=start - timedelta(microseconds=1)) == "period_not_begun"


@pytest.mark.parametrize(
    ("was", "answer", "late", "change"),
    [
        ("", NIL, False, Counts(received=1, nil=1)),
        ("", NIL, True, Counts(received=1, nil=1, late=1)),
        ("", ITEMS, False, Counts(received=1, with_items=1)),
        ("", ITEMS, True, Counts(received=1, with_items=1, late=1)),
        (NIL, NIL, True, Counts()),
        (NIL, ITEMS, False, Counts(nil=-1, with_items=1)),
        (ITEMS, NIL, True, Counts(nil=1, with_items=-1)),
        (ITEMS, ITEMS, False, Counts()),
    ],
)
def test_what_a_filing_changes(was, answer, late, change):
    assert change_of(was=was, answer=answer, late=late) == change


def test_counts_add_up_and_give_rates():
    counts = Counts(expected=8, received=5, nil=4, with_items=1, late=1)

    assert (counts.missing, counts.on_time) == (3, 4)
    assert (counts.completeness, counts.timeliness) == (62.5, 50.0)
    assert counts.plus(counts).minus(counts) == counts
    assert Counts().completeness is None


@pytest.mark.parametrize(
    ("answer", "late", "asked", "now", "state"),
    [
        (NIL, False, True, NOON, "nil"),
        (ITEMS, False, True, NOON, "items"),
        (NIL, True, True, CUTOFF, "late"),
        (ITEMS, True, True, CUTOFF, "late"),
        ("", False, True, NOON, "future"),
        ("", False, True, CUTOFF, "future"),
        ("", False, True, CUTOFF + timedelta(seconds=1), "missing"),
        ("", False, False, NOON, "off"),
    ],
)
def test_what_a_cell_shows(answer, late, asked, now, state):
    assert cell(answer=answer, late=late, asked=asked, due_at=CUTOFF, now=now) == state
