"""Pictures: what each counts to the month and the day, for whom; drawn so that it can be heard and told without colours."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html

from clocks.models import Clock
from common.documents.workbooks import read_rows
from dashboards.statistics.charts import queries
from dashboards.statistics.charts.chart import Chart, Series
from dashboards.templatetags.charts import bars_picture, nice
from incidents.models import Incident
from tests.cases.conftest import reception, register
from tests.incidents.conftest import alarm
from zero_reports.counts.models import Tally

__all__ = ["alarm", "reception", "register"]
MONTHS = queries.months_until(date(2026, 11, 1))


def clock(units, due_at, *, unit="C1", n=[0], **more):
    n[0] += 1
    return Clock.objects.create(
        plan="p@1", clock_id="X", title_zh="时限", duration="P1D", subject=f"incident:{n[0]}", thread=f"incident:{n[0]}",
        unit=units[unit], unit_path=units[unit].path, started_at=due_at - timedelta(days=1), due_at=due_at, **more,
    )  # fmt: skip


def figures(chart, *names):
    return {one.look: [one.values[chart.names.index(name)] for name in names] for one in chart.series}


def test_twelve_months_end_with_the_one_asked_for():
    assert [str(MONTHS[0]), str(MONTHS[-1]), len(MONTHS)] == ["2025-12", "2026-11", 12]


@pytest.mark.django_db
def test_a_time_limit_counts_in_the_month_of_its_last_moment_in_beijing(plan, units, reach):
    end = datetime(2026, 10, 31, 16, tzinfo=UTC)  # midnight: 1 November there
    second = timedelta(seconds=1)
    clock(units, end - second, stopped_at=end - second)
    clock(units, end, stopped_at=end + second)
    clock(units, end, stopped_at=end)
    clock(units, end, breached_at=end + second)
    clock(units, end)
    clock(units, end, cancelled_at=end - second)
    clock(units, end, cancelled_at=end + second, breached_at=end + second)
    clock(units, end, drill=True)
    clock(units, end, unit="C2")
    clock(units, datetime(2025, 11, 30, 15, 59, 59, tzinfo=UTC))

    chart = queries.clocks_by_month(reach("county1.duty"), units["C1"], MONTHS)

    assert figures(chart, "2026-10", "2026-11") == {"ok": [1, 1], "bad": [0, 3], "wait": [0, 1]}
    assert sum(whole for _name, _values, whole in chart.table) == 6


@pytest.mark.django_db
def test_the_age_of_a_demand_is_in_days_of_the_calendar(register, units, reach, now):
    first, second, third = register(), register(), register()
    today = queries.day_of(now)
    for one, days in ((first, 7), (second, 8), (third, 91)):
        day = datetime.combine(today - timedelta(days=days), datetime.min.time(), queries.LOCAL)
        type(one).objects.filter(pk=one.pk).update(registered_at=day, due_at=now + timedelta(days=1))
    type(third).objects.filter(pk=third.pk).update(due_at=now - timedelta(seconds=1))

    chart = queries.demands_by_age(reach("county1.duty"), units["C1"], now)

    assert chart.names == ["0–7", "8–15", "16–30", "31–60", "61–90", "> 90"]
    assert [one.values for one in chart.series] == [[1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]]


@pytest.mark.django_db
def test_incidents_stand_under_the_highest_level_signed(plan, units, reach, alarm):
    red, none, back, drill, other = alarm(), alarm(), alarm(), alarm(), alarm("county2.duty", unit="C2")
    Incident.objects.filter(pk__in=[red.pk, drill.pk, other.pk]).update(highest_level="red")
    Incident.objects.filter(pk=back.pk).update(state="retracted")
    Incident.objects.filter(pk=drill.pk).update(drill=True)

    chart = queries.incidents_by_level(reach("county1.duty"), units["C1"], MONTHS)
    assert figures(chart, "2026-11") == {"red": [1], "orange": [0], "yellow": [0], "blue": [0], "off": [1]}
    whole = queries.incidents_by_level(reach("city.director"), units["C0"], MONTHS)
    assert figures(whole, "2026-11")["red"] == [2]
    assert not queries.incidents_by_level(reach("county2.duty"), units["C1"], MONTHS).has_figures
    assert none.number


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3])
def test_the_pictures_ask_the_same_however_much_there_is(
    plan, units, reach, alarm, now, many, django_assert_num_queries
):
    for _n in range(many):
        alarm(headcount=60)
    mine = reach("county1.duty")
    assert mine.threads is not None
    queries.charts(mine, units["C1"], MONTHS, now)
    with django_assert_num_queries(9):
        queries.charts(mine, units["C1"], MONTHS, now)


def drawn(**more):
    given = {"over_time": True, **more}
    months = [str(month) for month in MONTHS]
    series = [Series("Met", "ok", [*[0] * 11, 6]), Series("Passed", "bad", [*[0] * 10, 1, 2])]
    return Chart("clocks", "Time limits", "What counts.", "Month", months, series, **given)


@pytest.mark.parametrize("over_time", [True, False])
def test_a_picture_is_heard_in_full_and_told_by_patterns(over_time):
    svg = html.fragment_fromstring(str(bars_picture(drawn(over_time=over_time))))

    assert svg.get("role") == "img"
    name, words = svg.get("aria-labelledby").split()
    assert svg.get_element_by_id(name).text == "Time limits"
    said = svg.get_element_by_id(words).text
    assert "2026-11: 8 (Met 6, Passed 2)" in said
    assert "2025-12: 0;" in said
    fills = [bar.get("fill") for bar in svg.find_class("bar")]
    assert fills == ["url(#clocks-1)", "url(#clocks-0)", "url(#clocks-1)"]
    patterns = [re.sub(r"id=.*?>", "", html.tostring(one).decode()) for one in svg.iter("pattern")]
    assert len(set(patterns)) == 2


def test_what_does_not_add_up_is_never_added():
    chart = drawn(over_time=False, adds=False)
    svg = html.fragment_fromstring(str(bars_picture(chart)))

    said = next(svg.iter("desc")).text
    assert "2026-11: Met 6, Passed 2" in said
    assert {whole for _name, _values, whole in chart.table} == {None}
    assert len({bar.get("y") for bar in svg.find_class("bar")}) == 3


def test_bars_are_as_long_as_their_figures():
    svg = html.fragment_fromstring(str(bars_picture(drawn())))
    passed, met, more = (float(bar.get("height")) for bar in svg.find_class("bar"))
    assert (met, more) == (6 * passed, 2 * passed)


@pytest.mark.parametrize(
    ("most", "end"), [(0, 4), (4, 4), (5, 10), (11, 20), (21, 40), (41, 100), (399, 400), (1001, 2000)]
)
def test_the_scale_ends_at_a_round_figure(most, end):
    assert nice(most) == end


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("时限兑现情况", "不计入", "合计")),
        ("en", ("Time limits met and passed", "Left out", "Together")),
    ],
)
def test_the_page_shows_picture_table_and_definition(
    client, cast, units, alarm, wall_clock, language, said, plan
):
    alarm(headcount=60)
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    text = client.get("/statistics/pictures/").content.decode()
    for words in (*said, '<svg class="bars"', "<desc", "<table"):
        assert words in text, words
    assert client.get("/statistics/pictures/?unit=C2").status_code == 404
    client.force_login(cast["county1.squad.dialogue"])
    assert client.get("/statistics/pictures/").status_code == 403


@pytest.mark.django_db
def test_nothing_to_draw_says_what_will_be_drawn(client, cast, plan, wall_clock):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "en"
    text = client.get("/statistics/pictures/").content.decode()
    assert text.count("As soon as something is recorded, it is drawn here.") == 5
    assert '<svg class="bars"' not in text


@pytest.mark.django_db
def test_the_figures_are_a_workbook_with_their_definition(client, cast, alarm, wall_clock):
    alarm(headcount=60)
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "en"
    answer = client.get("/statistics/pictures/?format=xlsx")
    upload = io.BytesIO(answer.content)
    upload.size = len(answer.content)
    where, definition, heads, *rows = read_rows(upload)
    assert "2025-12 to 2026-11" in where.cells[0]
    assert definition.cells[0].startswith("Each time limit counts")
    assert heads.cells == ("Month", "Met", "Passed", "Running", "Together")
    assert len(rows) == 12


@pytest.mark.django_db
def test_reports_by_day_end_yesterday(units, now):
    yesterday, before = (queries.day_of(now) - timedelta(days=days) for days in (1, 2))
    held = {"expected": 4, "received": 3, "nil": 2, "with_items": 1, "late": 1}
    Tally.objects.create(unit=units["C1"], cadence="daily", day=before, **held)
    Tally.objects.create(unit=units["C1"], cadence="daily", day=queries.day_of(now), **held)
    Tally.objects.create(unit=units["C2"], cadence="daily", day=yesterday, **held)

    chart = queries.reports_by_day(units["C1"], now)

    assert (len(chart.names), chart.names[-1]) == (14, f"{yesterday}")
    assert figures(chart, f"{before}", f"{yesterday}") == {"ok": [2, 0], "wait": [1, 0], "bad": [1, 0]}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["2025-11", "2025-12", "2026-01"], ["25/11", "12", "26/1"]),
        (["2026-11-29", "2026-11-30", "2026-12-01"], ["29", "30", "12/1"]),
    ],
)
def test_a_column_says_its_year_or_month_where_one_begins(names, said):
    chart = Chart("x", "X", "Y", "Z", names, [Series("Met", "ok", [1, 1, 1])], over_time=True)

    svg = html.fragment_fromstring(str(bars_picture(chart)))

    assert [one.text for one in svg.iter("text") if one.get("text-anchor") == "middle"] == said


@pytest.mark.django_db
def test_the_board_of_who_signs_draws_them_after_everything_else(signed_in, alarm):
    alarm(headcount=60)
    browser = signed_in("county1.director", "en")
    page = browser.get("/command/").content.decode()
    assert "<svg" not in page.split('data-part="pictures"')[1].split("</section>")[0]

    part = browser.get("/command/", {"part": "pictures"}, headers={"X-Part": "1"}).content.decode()

    assert part.count("Nothing to draw in this time.") == 2
    assert "No warning signed 1" in part
    assert "/statistics/pictures/?unit=C1" in part
