"""A year's working days arrive: the table is filled, and waiting deadlines get their date."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from clocks.durations import end_of
from clocks.models import Clock, WorkCalendarDay
from clocks.working_days import calendar_files
from clocks.working_days.calendar import Calendar
from clocks.working_days.calendar_actions import import_calendar, recompute_clocks
from common.dates.local_time import LOCAL
from common.errors import Invalid
from journal.models import Entry
from journal.record import content_of

CSV = "date,is_workday,notice\n2027-01-01,休,元旦\n2027-01-09,班,元旦调休\n"
JSON = '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}'


@pytest.fixture
def year_2027(workdays, now):
    """year_2027(text) → the import's result."""
    return lambda text, replace=False: import_calendar(
        file=calendar_files.read(text), source="2027.csv", actor=None, now=now, replace=replace
    )


def test_the_seed_agrees_with_the_notices(workdays):
    calendar = Calendar()

    assert [calendar(date(2026, 10, day)) for day in (1, 7, 8, 10)] == [False, False, True, True]
    assert calendar(date(2027, 1, 4)) is None


def test_the_seed_is_whole(workdays):
    assert WorkCalendarDay.objects.count() == (date(2027, 1, 1) - date(2004, 1, 1)).days


@pytest.mark.parametrize("text", [CSV, "\ufeff" + CSV, JSON])
def test_a_file_fills_its_whole_year(year_2027, text):
    done = year_2027(text)
    calendar = Calendar()

    assert (done.year, done.days) == (2027, 365)
    assert [calendar(date(2027, 1, day)) for day in (1, 2, 4)] == [False, False, True]
    assert calendar(date(2027, 1, 9)) is ("班" in text)
    assert calendar(date(2028, 1, 1)) is None


def test_a_file_that_is_to_replace_the_year_takes_back_what_the_first_one_said(year_2027):
    year_2027(CSV)
    year_2027(JSON, replace=True)

    assert Calendar()(date(2027, 1, 9)) is False


def test_a_file_with_one_line_leaves_every_other_day_of_the_year(year_2027):
    year_2027(CSV)

    done = year_2027("date,is_workday,notice\n2027-02-06,班,春节调休\n")

    calendar = Calendar()
    assert done.days == 1
    assert [calendar(date(2027, 1, day)) for day in (1, 9)] == [False, True]
    assert calendar(date(2027, 2, 6)) is True


def test_reading_an_older_year_again_leaves_the_next_files_make_up_days(year_2027):
    year_2027(CSV + "2026-12-27,班,元旦调休\n")

    year_2027("date,is_workday\n2026-10-01,休\n")

    assert Calendar()(date(2026, 12, 27)) is True


def test_the_same_file_again_changes_nothing(year_2027):
    year_2027(CSV)
    before = list(WorkCalendarDay.objects.order_by("pk").values())

    assert year_2027(CSV).days == 0
    assert list(WorkCalendarDay.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_as_a_chinese_spreadsheet_program_saves_it(workdays, tmp_path, encoding):
    file = tmp_path / "2027.csv"
    file.write_bytes("日期,班休,名称\r\n2027/1/1,休,元旦\r\n2027年1月9日,调休上班,\r\n".encode(encoding))

    days = calendar_files.read(file).days

    assert days == [(date(2027, 1, 1), False, "元旦"), (date(2027, 1, 9), True, "")]


def test_a_waiting_deadline_gets_its_date_and_the_record_says_so(year_2027, write, now):
    write("response.ended", now.replace(month=12, day=28))
    waiting = Clock.objects.get()
    assert (waiting.due_at, waiting.provisional) == (None, True)

    done = year_2027(CSV)

    old, new = Clock.objects.order_by("generation")
    # 28 December is day 0, 1 January is off, Saturday 9 January is a make-up day.
    assert new.due_at == end_of(date(2027, 1, 25))
    assert (new.generation, new.provisional, new.started_at) == (2, False, old.started_at)
    assert (old.state(now), old.cancel_reason) == ("cancelled", "recomputed")
    assert done.recomputed == 1
    assert content_of(Entry.objects.get(kind="clock.recomputed"))["due_before"] is None
    assert Entry.objects.get(kind="calendar.imported").subject == "calendar:2027"


def test_a_make_up_day_declared_late_moves_a_deadline(year_2027, write, now):
    year_2027(CSV)
    write("response.ended", datetime(2027, 1, 4, 9, tzinfo=LOCAL))
    before = Clock.objects.get().due_at

    year_2027(JSON, replace=True)

    assert Clock.objects.running().get().due_at == before + timedelta(days=3)


def test_recomputing_without_a_change_does_nothing(year_2027, write, now):
    write("response.ended", now)
    year_2027(CSV)

    assert recompute_clocks(now=now) == 0
    assert Clock.objects.get().generation == 1


def test_a_given_deadline_is_not_computed_again(year_2027, write, now):
    write("response.ended", now.replace(month=12, day=28), deadlines={"feedback": now})

    assert year_2027(CSV).recomputed == 0


def test_days_of_a_year_that_is_not_loaded_are_refused(year_2027):
    with pytest.raises(Invalid, match="2028"):
        year_2027(CSV + "2028-01-01,休,元旦\n")

    assert not WorkCalendarDay.objects.filter(date__year__gte=2027).exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "首行"),
        ("date,is_workday\n", "没有列出"),
        ("date,is_workday\n2027-13-01,1\n", "第 2 行.*date"),
        ("date,is_workday\n2027-01-01,maybe\n", "第 2 行.*is_workday"),
        ("date,is_workday\n2027-01-01,\n", "第 2 行.*is_workday"),
        ("date,is_workday\n2027-01-01,1\n2027-01-01,0\n", "两次"),
        ('{"year": 2027}', "JSON"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text, why):
    with pytest.raises(ValueError, match=why):
        calendar_files.read(text)


def test_the_command(workdays, tmp_path, capsys):
    file = tmp_path / "2027.csv"
    file.write_text(CSV, encoding="utf-8")

    call_command("import_calendar", str(file))
    assert "2027：写入 365 天" in capsys.readouterr().out

    file.write_text("nonsense")
    with pytest.raises(CommandError, match="未导入"):
        call_command("import_calendar", str(file))


def test_the_command_shows_what_would_change_before_it_writes_over_it(workdays, tmp_path, capsys):
    file = tmp_path / "2027.csv"
    file.write_text(CSV, encoding="utf-8")
    call_command("import_calendar", str(file))
    file.write_text("date,is_workday,notice\n2027-01-09,休,更正\n", encoding="utf-8")

    call_command("import_calendar", str(file))
    assert "~ 2027-01-09  班 元旦调休 → 休 更正" in capsys.readouterr().out
    assert Calendar()(date(2027, 1, 9)) is True

    call_command("import_calendar", str(file), apply=True)
    assert Calendar()(date(2027, 1, 9)) is False
