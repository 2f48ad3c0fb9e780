"""Closed incidents side by side: minutes by stage, medians under them, and nothing that ranks units or people."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from command.review.choices import KeyTime as K
from common.documents.workbooks import read_rows
from dashboards.statistics.stages import MOST, STAGES, side_by_side, stages_of
from dashboards.templatetags.stages import stages_picture
from incidents.actions import close_incident, take_over
from incidents.models import Incident
from tests.incidents.closing import answered
from tests.incidents.conftest import alarm

__all__ = ["alarm"]
START = datetime(2026, 11, 22, 1, tzinfo=UTC)


def at(minutes):
    return START + timedelta(minutes=minutes)


def test_a_stage_begins_with_the_last_point_reached_before_it():
    times = {K.REPORTED: at(0), K.TAKEN: at(3), K.ORDERED: at(10), K.RESPONDER: at(25), K.CLOSED: at(200)}

    assert stages_of(times) == [3, None, 7, 15, None, None, 175]


def test_a_point_that_came_out_of_turn_takes_no_time_and_makes_none():
    times = {K.REPORTED: at(0), K.TAKEN: at(8), K.TOLD: at(2), K.ORDERED: at(9), K.CLOSED: at(60)}

    assert stages_of(times) == [8, 0, 1, None, None, None, 51]


def test_an_incident_without_a_report_has_no_stages():
    assert stages_of({K.TAKEN: at(3)}) == [None] * len(STAGES)


@pytest.fixture
def closed(alarm, reach, now, plan):
    """closed(taken after, closed after) → an incident that is over."""

    def make(taken, ended, **more):
        event = alarm("county1.duty", **{"unit": "C1", **more})
        take_over(incident_id=event.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=taken))
        later = now + timedelta(minutes=ended)
        return close_incident(
            incident_id=event.pk,
            reach=reach("county1.duty"),
            summary="已散",
            answers=answered(event, later),
            now=later,
        )

    return make


@pytest.mark.django_db
def test_the_last_ten_stand_by_the_time_of_their_closing_with_medians(closed, reach):
    made = [closed(taken, 60 + taken) for taken in range(1, 13)]
    found = side_by_side(reach("county1.duty"))

    assert [line.incident.number for line in found.lines] == [one.number for one in reversed(made)][:MOST]
    assert [line.minutes[0] for line in found.lines] == list(range(12, 2, -1))
    assert (found.medians[0], found.whole) == (8, 68)


@pytest.mark.django_db
def test_drills_open_incidents_and_what_is_not_seen_are_left_out(closed, alarm, reach):
    mine, drill = closed(1, 60), closed(2, 61)
    Incident.objects.filter(pk=drill.pk).update(drill=True)
    alarm("county1.duty", unit="C1")

    assert [line.incident for line in side_by_side(reach("county1.duty")).lines] == [mine]
    assert side_by_side(reach("county2.duty")).lines == []
    assert side_by_side(reach("county2.duty"), [mine.number]).lines == []
    assert len(side_by_side(reach("county1.duty"), [mine.number, drill.number]).lines) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3])
def test_it_asks_the_same_however_many_there_are(closed, reach, many, django_assert_num_queries):
    for n in range(many):
        closed(n + 1, 60)
    mine = reach("county1.duty")
    assert mine.threads is not None
    with django_assert_num_queries(2):
        found = side_by_side(mine)
        assert len(found.lines) == many
        assert stages_picture(found).count('class="dot"') >= many


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("时间花在哪里", "中位数", "演练不计入")),
        ("en", ("Where the minutes go", "Median", "Drills are left out")),
    ],
)
def test_the_page_shows_picture_table_and_definition(client, cast, closed, wall_clock, language, said):
    event = closed(4, 90)
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    text = client.get("/statistics/stages/").content.decode()
    for words in (*said, event.number, "<svg", "<tfoot>"):
        assert words in text, words
    assert (
        client.get("/statistics/stages/?numbers=NONE").content.decode().count('<svg class="key-times"') == 0
    )
    assert "/statistics/stages/" in client.get("/incidents/?show=closed").content.decode()
    client.force_login(cast["county1.squad.dialogue"])
    assert client.get("/statistics/stages/").status_code == 403


@pytest.mark.django_db
def test_it_is_a_workbook_too(client, cast, closed, wall_clock):
    event = closed(4, 90)
    client.force_login(cast["county1.duty"])
    answer = client.get(f"/statistics/stages/?format=xlsx&numbers={event.number}")
    upload = io.BytesIO(answer.content)
    upload.size = len(answer.content)
    _note, heads, line, middle = read_rows(upload)
    assert (line.cells[0], line.cells[2], line.cells[-1]) == (event.number, "4", "90")
    assert len(heads.cells) == len(STAGES) + 3
    assert middle.cells[2] == "4"
