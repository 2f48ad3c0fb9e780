"""Working days, read from the table. A day without a row is unknown, and nothing is guessed for it."""

from datetime import date

from clocks.models import WorkCalendarDay


class Calendar:
    """Answers `calendar(day)` with True, False or None; reads a year when it is first asked for."""

    def __init__(self) -> None:
        self._years: dict[int, dict[date, bool]] = {}

    def __call__(self, day: date) -> bool | None:
        if day.year not in self._years:
            rows = WorkCalendarDay.objects.filter(
                date__range=(date(day.year, 1, 1), date(day.year, 12, 31))
            ).values_list("date", "is_workday")
            self._years[day.year] = dict(rows)
        return self._years[day.year].get(day)
