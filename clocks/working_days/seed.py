"""The years the library knows. Later years come by file: the library raises for them, and so do we not guess."""

from datetime import date, timedelta

import chinese_calendar

YEARS = range(2004, 2027)
SOURCE = "chinesecalendar 1.11.0"


def fill(model) -> None:
    """Write every day of YEARS that has no row yet. `model` may be a migration's historical one."""
    model.objects.bulk_create(
        [
            model(date=day, is_workday=is_workday, source=SOURCE, notice=name)
            for day, is_workday, name in known_days()
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


def known_days():
    """(day, whether it is a working day, the holiday's name) for every day of YEARS."""
    day = date(YEARS[0], 1, 1)
    while day.year in YEARS:
        _on_holiday, name = chinese_calendar.get_holiday_detail(day)
        yield day, chinese_calendar.is_workday(day), name or ""
        day += timedelta(days=1)
