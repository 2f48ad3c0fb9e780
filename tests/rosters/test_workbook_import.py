"""Rosters as Excel and WPS really write them, lines that contradict themselves, who may stand in."""

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from common.dates.local_time import LOCAL
from rosters.months import workbook_import
from tests.duty.test_pages import _file

pytestmark = pytest.mark.django_db

POST, DUTY = "县局值班员", ("何雨", "county1.duty")
LINE = [POST, *DUTY, "2026-12-01 08:30", "2026-12-02 08:30", ""]


def read(units, *lines, first=workbook_import.COLUMNS):
    book = Workbook()
    for line in (first, *lines):
        book.active.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return workbook_import.read(_file(out.getvalue()), units["C1"])


@pytest.fixture
def line(colleagues, cast):
    """line(name="张三") → a line of the roster with that cell."""
    cast["county1.duty"].name = DUTY[0]
    cast["county1.duty"].save()
    names = ("post", "name", "username", "starts", "ends", "stand_in")
    return lambda **cells: [cells.get(name, cell) for name, cell in zip(names, LINE, strict=True)]


@pytest.mark.parametrize(
    "starts",
    ["2026/12/1 8:30", "2026年12月1日 8：30", "２０２６－１２－０１　０８：３０", datetime.fromisoformat("2026-12-01 08:30"),
     datetime.fromisoformat("2026-12-01T08:29:59.999"), 46357.3541666667, "2026-12-01 08:30:00"],
)  # fmt: skip
def test_a_time_however_it_is_written(units, line, starts):
    [found] = read(units, line(starts=starts))

    assert found.problem == ""
    assert found.starts_at == datetime(2026, 12, 1, 8, 30, tzinfo=LOCAL)


def test_midnight_in_a_cell_of_its_own(units, line):
    [found] = read(units, line(ends=datetime.fromisoformat("2026-12-02")), first=workbook_import.COLUMNS)
    [other] = read(units, line(ends="2026-12-01 24:00"))

    assert found.problem == other.problem == ""
    assert found.ends_at == other.ends_at == datetime(2026, 12, 2, tzinfo=LOCAL)


@pytest.mark.parametrize(
    "cells",
    [{"username": "Ｃounty1.duty\u200b"}, {"name": "何　雨"}, {"name": ""}, {"post": "\u3000县局值班员"}],
)
def test_width_and_spaces_do_not_count(units, line, cells):
    [found] = read(units, line(**cells))

    assert (found.problem, found.person.username) == ("", "county1.duty")


def test_a_name_that_is_not_the_accounts_is_asked_about(units, line):
    [found] = read(units, line(name="张三"))

    assert "张三" in found.problem
    assert "何雨" in found.problem


@pytest.mark.parametrize(
    ("username", "is_right"),
    [("county1.duty2", True), ("county1.duty", False), ("county2.duty", False), ("county1.director", False)],
)
def test_only_a_holder_of_the_post_stands_in(units, line, username, is_right):
    [found] = read(units, line(stand_in=username))

    assert (found.problem == "") is is_right


def test_columns_in_any_order_and_an_unknown_one_named(units, line):
    [found] = read(units, line()[::-1], first=workbook_import.COLUMNS[::-1])
    assert found.problem == ""

    with pytest.raises(workbook_import.Invalid) as refusal:
        read(units, line(), first=[*workbook_import.COLUMNS[:5], "天气"])
    assert "天气" in str(refusal.value)
