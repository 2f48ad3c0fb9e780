from datetime import timedelta

import pytest

from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from tests.incidents.conftest import alarm
from zero_reports.rounds.models import Round

__all__ = ["alarm"]


@pytest.fixture
def asking(units, now):
    """A round with everything a column can hold: JSON, a date, moments, an empty one, a key of another table."""
    period = period_of(DAILY, day_of(now))
    return Round(
        unit=units["C1"], cadence=DAILY, day=period.day, plan="p@1", due={"village": "17:30", "镇": [1, None]},
        due_at=now, opened_at=now - timedelta(hours=3), recount_wanted=True,
    )  # fmt: skip
