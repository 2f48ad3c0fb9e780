from datetime import date, timedelta

import pytest

from accounts.models import Appointment, Unit
from common.dates.periods import DAILY, WEEKLY, parse
from zero_reports.counts.matrix import matrix, month_of
from zero_reports.rounds.actions import fix_rounds, open_rounds


@pytest.mark.parametrize(
    ("cadence", "day", "first", "last", "many"),
    [
        (DAILY, date(2026, 11, 22), "2026-11-01", "2026-11-30", 30),
        (DAILY, date(2028, 2, 1), "2028-02-01", "2028-02-29", 29),
        (WEEKLY, date(2026, 11, 16), "2026-W41", "2026-W53", 13),
        (WEEKLY, date(2026, 1, 5), "2026-W02", "2026-W14", 13),
    ],
)
def test_the_columns_are_the_days_of_a_month_or_the_weeks_of_a_quarter(cadence, day, first, last, many):
    periods = month_of(cadence, day)

    assert (str(periods[0]), str(periods[-1]), len(periods)) == (first, last, many)


@pytest.fixture
def three_days(cast, units, file, now):
    """Friday to Sunday: V111 nil, items, late; T11 silent on Friday; Sunday still open for T11."""
    Unit.objects.update(valid_from=None)
    Appointment.objects.update(valid_from=now - timedelta(days=30))
    for back, day in ((2, "2026-11-20"), (1, "2026-11-21"), (0, "2026-11-22")):
        at = now - timedelta(days=back)
        open_rounds(now=at)
        period = parse(day)
        if back == 2:
            file("village111.informant", "V111", at=at, period=period)
            fix_rounds(now=at + timedelta(hours=10))
        if back == 1:
            file("village111.informant", "V111", at=at, period=period, items=[("land", 2), ("labour", 1)])
            file("town11.clerk", "T11", at=at + timedelta(hours=9), period=period)
    return units


def states(row) -> dict[str, str]:
    return {str(cell.period): cell.state for cell in row.cells if cell.state not in ("off", "future")}


def test_each_cell_says_what_was_answered(three_days, now):
    days = month_of(DAILY, date(2026, 11, 22))

    town, village = matrix(three_days["T11"], days, now + timedelta(hours=3)).rows

    assert states(town) == {"2026-11-20": "missing", "2026-11-21": "late"}
    assert states(village) == {"2026-11-20": "nil", "2026-11-21": "items"}
    assert (town.has_below, village.has_below) == (True, False)
    assert (town.expected, town.received, town.late) == (2, 1, 1)
    assert [cell.items for cell in village.cells if cell.items] == [2]


def test_days_to_come_are_not_due_and_days_before_the_first_round_were_not_asked(three_days, now):
    days = month_of(DAILY, date(2026, 11, 22))

    cells = {str(c.period): c.state for c in matrix(three_days["T11"], days, now).rows[0].cells}

    assert cells["2026-11-19"] == "off"
    assert cells["2026-11-22"] == cells["2026-11-30"] == "future"


def test_after_the_cutoff_today_is_missing_even_before_it_was_counted(three_days, oclock):
    days = month_of(DAILY, date(2026, 11, 22))

    cells = {str(c.period): c.state for c in matrix(three_days["T11"], days, oclock("17:31")).rows[0].cells}

    assert cells["2026-11-22"] == "missing"


def test_a_unit_that_opened_later_was_not_asked_before(three_days, now):
    Unit.objects.filter(code="V111").update(valid_from=date(2026, 11, 22))
    days = month_of(DAILY, date(2026, 11, 22))

    village = matrix(Unit.objects.get(code="T12"), days, now).rows[1]

    assert states(village)["2026-11-20"] == "missing"


def test_a_matrix_costs_the_same_for_any_number_of_units(three_days, now, django_assert_num_queries):
    from accounts.posts.actions import create_unit

    days = month_of(DAILY, date(2026, 11, 22))
    for more in (1, 2, 27):
        for number in range(more):
            create_unit(
                code=f"W{more}-{number}",
                name="新村",
                tier="village",
                parent=three_days["T11"],
                actor=None,
                now=now,
            )
        with django_assert_num_queries(6):
            matrix(three_days["T11"], days, now)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_it(three_days, client, cast, language):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language

    page = client.get("/report/matrix/?unit=T11&period=2026-11-22").content.decode()

    assert '<td data-cell="items"><a href="/report/V111/2026-11-21/">' in page
    assert 'data-cell="missing"' in page


@pytest.mark.parametrize(
    ("username", "query", "status"),
    [
        ("city.audit", "", 200),
        ("county2.duty", "?unit=T11", 404),
        ("county1.squad.dialogue", "", 403),
        ("county1.duty", "?period=x", 422),
        ("county1.duty", "?period=2026-W47", 200),
    ],
)
def test_who_may_look_at_it(client, cast, username, query, status):
    client.force_login(cast[username])

    assert client.get(f"/report/matrix/{query}").status_code == status


@pytest.mark.parametrize("code", ["V111", 'a"b&<c', "村 1"])
@pytest.mark.parametrize("text", ["2026-11-22", "2026-W47"])
def test_a_cell_leads_to_its_report_and_nothing_slips_in_by_a_code(code, text):
    from types import SimpleNamespace

    from django.urls import reverse
    from django.utils.html import escape

    from zero_reports.counts.matrix import Cell
    from zero_reports.templatetags.matrix import cells

    first, second = parse(text), parse(text).shifted(1)
    drawn = cells(
        SimpleNamespace(
            unit=SimpleNamespace(code=code),
            cells=[Cell(first, "nil", "nil"), Cell(second, "items", "items", 2)],
        )
    )

    assert f'<a href="{escape(reverse("zero-report", args=[code, second]))}">' in drawn
    assert drawn.count("<") == 6
