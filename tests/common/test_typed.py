"""What people and spreadsheet programs write for days, moments and numbers."""

from datetime import date, datetime

import pytest

from common.dates.local_time import LOCAL
from common.text.typed import day_in, is_shortened, moment_in, whole_number_in


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01", "2026/12/1", "2026.12.01", "2026年12月1日", "2026年 12月1日", "20261201", "２０２６－１２－０１",
        "2026-12-01 00:00:00", "46357", "46357.0", "\u00a02026-12-01\u200b", "2026-12-01T00:00:00", "2026–12–01",
    ],
)  # fmt: skip
def test_a_day_however_it_is_written(text):
    assert day_in(text) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.12.2026",
        "12/1/2026",
        "2026-13-01",
        "2026-02-29",
        "26-12-01",
        "2026-12",
        "2026-12-01 08:30",
        "20261301",
        "99999",
    ],
)
def test_what_is_no_day_or_not_read_alike_by_everybody(text):
    with pytest.raises(ValueError, match="."):
        day_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01 08:30", "2026/12/1 8:30", "2026年12月1日 8：30", "2026年12月1日8:30", "2026-12-01T08:30:00",
        "46357.3541666667", "２０２６－１２－０１　０８：３０", "2026-12-01 08:30:00",
    ],
)  # fmt: skip
def test_a_moment_however_it_is_written(text):
    assert moment_in(text) == datetime(2026, 12, 1, 8, 30, tzinfo=LOCAL)


def test_midnight_is_the_end_of_one_day_and_the_beginning_of_the_next():
    assert moment_in("2026-12-01 24:00") == moment_in("2026-12-02 00:00:00")


@pytest.mark.parametrize("text", ["2026-12-01", "46357", "2026-12-01 25:00", "2026-12-01 8点", "明天", ""])
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="."):
        moment_in(text)


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("３", 3), ("3.0", 3), ("1,234", 1234), ("1.2E+03", 1200), ("0", 0)]
)
def test_a_whole_number(text, number):
    assert whole_number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "3.5", "三", "1e99", "3人", "1E-3"])
def test_what_is_no_whole_number(text):
    with pytest.raises(ValueError, match="."):
        whole_number_in(text)


@pytest.mark.parametrize(
    ("text", "is_lost"), [("1.38E+10", True), ("1.38e+10", True), ("13800000001", False), ("E+1", False)]
)
def test_a_number_that_a_spreadsheet_program_has_shortened(text, is_lost):
    assert is_shortened(text) is is_lost
