"""One search: everything the reader may see and nothing else, at the same cost however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards.search.queries import A_FEW, search
from dashboards.search.subjects import SUBJECTS
from tests.early_warnings.conftest import passwords
from tests.incidents.conftest import alarm
from tests.marks.exercise import Exercise, play

__all__ = ["alarm", "passwords"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(reach, now):
    def titles(username, text):
        return {
            group.subject.slug: [row.title for row in group.rows]
            for group in search(reach(username), text, now)
        }

    return titles


def test_every_subject_can_be_read_and_its_addresses_answer(
    passwords, plan, reach, units, cast, signed_in, now
):
    play(Exercise(reach, units, lambda: now), drill=False)
    client = signed_in("city.director")

    opened = set()
    for subject in SUBJECTS:
        for row in subject.rows(reach("city.director"), now)[:1]:
            assert subject.title(row), subject.slug
            assert subject.details(row), subject.slug
            assert client.get(subject.address(row)).status_code == 200, subject.slug
            opened.add(subject.slug)
    assert {"incidents", "warnings", "responses", "orders", "units", "people", "plans", "linkage"} <= opened


def test_words_narrow_it_down_in_any_order_and_field(alarm, plan, find):
    alarm(what="公证费退还", place="二楼大厅")
    alarm(what="公证书有误", place="一楼")

    assert find("county1.duty", "公证")["incidents"] == ["公证书有误", "公证费退还"]
    assert find("county1.duty", "二楼 公证")["incidents"] == ["公证费退还"]
    assert find("county1.duty", "三楼 公证") == {}


def test_a_neighbour_finds_nothing_of_it_and_a_squad_no_directory(alarm, plan, find):
    made = alarm(what="公证费退还")

    assert "incidents" not in find("county2.duty", made.number)
    assert "people" not in find("county1.squad.dialogue", "值班")
    assert "people" in find("county1.duty", "值班")


def test_a_whole_number_opens_its_page_and_half_of_it_a_list(alarm, plan, signed_in):
    number = alarm(what="公证费退还").number
    client = signed_in("county1.duty")

    assert client.get("/search/", {"q": number.lower()})["Location"] == reverse("incident", args=[number])
    assert "公证费退还" in client.get("/search/", {"q": number[:-2]}).content.decode()


def test_more_than_a_few_are_all_on_a_page_of_their_own(alarm, plan, signed_in):
    for which in range(A_FEW + 2):
        alarm(what=f"公证费退还 {which}")
    client = signed_in("county1.duty", "zh-hans")

    few = client.get("/search/", {"q": "公证费"}).content.decode()
    every = client.get("/search/", {"q": "公证费", "in": "incidents"}).content.decode()

    assert few.count("公证费退还") == A_FEW
    assert "in=incidents" in few
    assert every.count("公证费退还") == A_FEW + 2
    assert client.get("/search/", {"q": "公证费", "in": "nothing"}).status_code == 404


@pytest.mark.parametrize("asked", ["", " ", "一", "%", "a" * 300, "' OR 1=1 --", "一 " * 40])
def test_whatever_is_typed_is_answered_calmly(plan, signed_in, asked):
    assert signed_in("county1.duty").get("/search/", {"q": asked}).status_code == 200


def test_it_costs_the_same_however_much_there_is(alarm, plan, reach, now, django_assert_num_queries):
    with CaptureQueriesContext(connection) as empty:
        list(search(reach("county1.duty"), "公证费", now))
    for which in range(20):
        alarm(what=f"公证费退还 {which}")
    with django_assert_num_queries(len(empty)):
        list(search(reach("county1.duty"), "公证费", now))


def test_the_sheet_of_keys_says_what_the_script_does(signed_in, settings):
    page = signed_in("county1.duty").get("/shortcuts/").content.decode()
    script = (settings.BASE_DIR / "static/js/keys.js").read_text()

    for key in ("/", "?", "n", "p", "a", "h"):
        assert f"<kbd>{key}</kbd>" in page
        assert f"  {key}: " in script or f'  "{key}": ' in script
