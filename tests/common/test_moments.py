"""The last moment of a day is written 24:00 of that day, in sentences, beside clocks and in messages."""

from datetime import date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.translation import override

from common.dates.local_time import LOCAL
from common.dates.time_format import END_OF_DAY, written

MIDNIGHT = datetime(2026, 11, 26, tzinfo=LOCAL)
LAST = datetime.combine(date(2026, 11, 25), END_OF_DAY, LOCAL)


@pytest.mark.parametrize(
    ("at", "pattern", "text"),
    [(LAST, "%H:%M", "24:00"), (LAST, "%Y-%m-%d %H:%M", "2026-11-25 24:00"), (LAST, "%H:%M:%S", "24:00"),
     (LAST - timedelta(microseconds=1), "%H:%M", "23:59"), (MIDNIGHT, "%Y-%m-%d %H:%M", "2026-11-26 00:00"),
     (MIDNIGHT - timedelta(minutes=1), "%H:%M:%S", "23:59:00")],
)  # fmt: skip
def test_only_the_last_moment_of_a_day_is_24_00(at, pattern, text):
    assert written(at, pattern) == text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "tag", ["{% moment at date=True %}", "{% deadline at %}", '{{ at|written_as:"%Y-%m-%d %H:%M" }}']
)
def test_pages_say_24_00_and_keep_the_moment_for_machines(tag, language):
    with override(language):
        page = Template("{% load ui %}" + tag).render(Context({"at": LAST, "now": LAST - timedelta(days=3)}))

    assert "2026-11-25 24:00" in page
    assert "23:59" not in page.replace("T23:59:59", "").replace("T15:59:59", "")
