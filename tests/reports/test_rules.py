from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.periods import DAILY, WEEKLY, parse
from reports.rules import (
    DEFAULT,
    ITEMS,
    NIL,
    Ask,
    Counts,
    ask_for,
    asked_now,
    cell,
    change_of,
    is_on_time,
    why_not,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = parse("2026-11-22")
CUTOFF = datetime(2026, 11, 22, 17, 30, tzinfo=SHANGHAI)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=SHANGHAI)
#: Village daily, township weekly: the campaign rules.
CAMPAIGN = (
    Ask(DAILY, frozenset({"village"}), time(16, 0), windows=((date(2026, 11, 1), date(2026, 11, 30)),)),
    Ask(WEEKLY, frozenset({"township"}), time(12, 0)),
)


def test_by_default_four_tiers_answer_daily_by_half_past_five():
    for tier in ("city", "county", "township", "village"):
        assert ask_for(DEFAULT, tier, TODAY).due_at(TODAY) == CUTOFF
    assert ask_for(DEFAULT, "province", TODAY) is None
    assert ask_for(DEFAULT, "village", parse("2026-W47")) is None


def test_a_weekly_ask_is_due_on_friday():
    week = parse("2026-W47")

    assert ask_for(CAMPAIGN, "township", week).due_at(week) == datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)],
)
def test_a_campaign_asks_only_inside_its_window(day, asked):
    assert (ask_for(CAMPAIGN, "village", parse(day)) is not None) is asked


@pytest.mark.parametrize(
    ("tier", "periods"), [("village", ["2026-11-22"]), ("township", ["2026-W47"]), ("county", [])]
)
def test_each_tier_is_asked_for_its_own_period(tier, periods):
    assert [str(period) for period in asked_now(CAMPAIGN, tier, NOON)] == periods


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
