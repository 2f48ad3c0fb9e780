"""The doors of responses: pages in both languages, forms that come back, the API and its refusals."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from command.activation.models import Response
from command.obligations.models import Obligation
from tests.command.responding import PASSWORD

pytestmark = pytest.mark.usefixtures("wall_clock")

URL = "/api/v1/responses/"


KEYS = itertools.count()


def post(browser, url, body=None, **headers):
    headers.setdefault("HTTP_IDEMPOTENCY_KEY", f"k{next(KEYS)}")
    return browser.post(url, body or {}, content_type="application/json", **headers)


@pytest.fixture
def body(incident):
    return lambda **more: {"incident": incident().number, "matter": "大厅聚集", "level": "orange", **more}


# --- API ---------------------------------------------------------------------------------------------------


def test_a_response_starts_over_the_api_with_its_post_and_duties(body, signed_in, passwords):
    browser = signed_in("city.director")

    answer = post(browser, URL, body(level="red", credential=PASSWORD))

    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["number"]) == ("active", "R-C1-20261122-001")
    assert answer["Location"] == f"{URL}{told['number']}/"
    assert answer["ETag"] == f'"{told["rev"]}"'
    found = told["command_post"]
    assert found["on_site"][0]["members"][0]["name"] == "秦川"
    dialogue = next(squad for squad in found["squads"] if squad["id"] == "dialogue")
    assert dialogue["gaps"] == ["对话专班缺金牌调解员", "对话专班缺律师", "对话专班缺公证员"]
    assert [one["kind"] for one in found["front_group"]["partners"]] == [
        "police_station", "health_centre", "village_committee",
    ]  # fmt: skip
    duty = told["obligations"][0]
    assert (duty["kind"], duty["to"], duty["why_no_clock"]) == ("tell", "市人民政府总值班室", None)
    assert duty["due_at"]


def test_without_a_credential_it_is_asked_for(body, signed_in):
    told = post(signed_in("county1.duty"), URL, body()).json()

    assert (told["state"], told["decisions"][0]["state"]) == ("proposed", "proposed")
    assert "林岚" in told["next_act"]


@pytest.mark.parametrize(
    ("who", "change", "status", "code"),
    [
        ("county1.duty", {"level": "violet"}, 422, "unknown_level"),
        ("county1.duty", {"colour": "red"}, 422, "invalid"),
        ("county1.duty", {"incident": "C9-20261122-001"}, 404, "not_found"),
        ("county2.duty", {}, 404, "not_found"),
        ("county1.duty", {"credential": PASSWORD}, 403, "not_a_decider"),
        ("city.deputy", {"credential": "wrong"}, 403, "credential_wrong"),
    ],
)
def test_what_is_refused_is_a_problem_with_a_code(body, signed_in, passwords, who, change, status, code):
    answer = post(signed_in(who), URL, body(**change))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Response.objects.exists()


def test_a_repeat_gives_the_first_answer(body, signed_in):
    browser, said = signed_in("county1.duty"), body()

    first = post(browser, URL, said, HTTP_IDEMPOTENCY_KEY="same")
    second = post(browser, URL, said, HTTP_IDEMPOTENCY_KEY="same")

    assert (first.status_code, second.json()) == (201, first.json())
    assert Response.objects.count() == 1


def test_an_old_revision_changes_nothing(started, signed_in):
    response = started("orange")
    url = f"{URL}{response.number}/change/"

    answer = post(signed_in("county1.duty"), url, {"reason": "x", "measures": "增派"}, HTTP_IF_MATCH='"1"')

    assert answer.status_code == 412
    assert response.decisions.count() == 1


def test_the_end_is_refused_with_what_is_open_and_goes_when_it_is_settled(started, signed_in):
    response = started("red")
    browser = signed_in("city.director")
    end = f"{URL}{response.number}/end/"

    refused = post(browser, end, {"reason": "平息", "credential": PASSWORD})
    assert (refused.status_code, refused.json()["code"], len(refused.json()["open"])) == (
        409,
        "still_open",
        1,
    )

    duty = browser.get(f"{URL}{response.number}/").json()["obligations"][0]
    missing = post(browser, f"{duty['url']}done/", {"note": "电话"})
    assert missing.status_code == 422
    done = post(browser, f"{duty['url']}done/", {"note": "电话", "told": "总值班室", "answer": "同意"})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert browser.get(duty["url"]).json()["answer"] == "同意"
    assert post(browser, end, {"reason": "平息", "credential": PASSWORD}).json()["state"] == "ended"


def test_the_acts_of_the_decision_go_over_the_api(body, signed_in, passwords):
    number = post(signed_in("county1.duty"), URL, body()).json()["number"]

    refused = post(signed_in("city.deputy"), f"{URL}{number}/refuse/", {"reason": "不必"})
    assert refused.json()["state"] == "not_started"
    again = post(
        signed_in("county1.duty"),
        URL,
        {"incident": refused.json()["incident"], "matter": "又聚集", "level": "orange"},
    )
    second = again.json()["number"]
    assert post(signed_in("county1.duty"), f"{URL}{second}/withdraw/").json()["state"] == "not_started"
    third = post(
        signed_in("county1.duty"),
        URL,
        {"incident": refused.json()["incident"], "matter": "又聚集", "level": "orange"},
    ).json()["number"]
    signed = post(signed_in("city.deputy"), f"{URL}{third}/sign/", {"credential": PASSWORD})
    assert signed.json()["state"] == "active"


def test_the_list_is_filtered_and_shows_what_one_may_see(started, signed_in):
    response = started("orange")
    browser = signed_in("county1.duty")

    assert [one["number"] for one in browser.get(URL, {"state": "active"}).json()["results"]] == [
        response.number
    ]
    assert browser.get(URL, {"state": "ended"}).json()["results"] == []
    assert browser.get(URL, {"incident": response.incident.number}).json()["results"]
    assert signed_in("county2.duty").get(URL).json()["results"] == []
    assert signed_in("county2.duty").get(f"{URL}{response.number}/").status_code == 404


def test_the_list_of_the_api_is_filtered_by_words_of_the_matter(started, signed_in):
    response = started("orange")
    word = response.matter[:3]

    assert signed_in("county1.duty").get(URL, {"matter": word}).json()["results"]
    assert signed_in("county1.duty").get(URL, {"matter": "没有这样的事"}).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("", True),
        ("?state=active", True),
        ("?state=ended", False),
        ("?state=any", True),
        ("?state=nonsense", True),
        ("?unit=C1", True),
        ("?unit=C2", False),
        ("?unit=NO-SUCH", False),
        ("?matter=没有这样的事", False),
    ],
)
def test_the_page_lists_responses_by_state_unit_and_matter(started, signed_in, query, is_there):
    response = started("orange")

    page = signed_in("county1.director").get(f"/responses/{query}")

    assert page.status_code == 200
    assert (response.number in page.content.decode()) is is_there


def test_responses_of_the_neighbour_are_on_no_list(started, signed_in):
    assert started("orange").number not in signed_in("county2.director").get("/responses/").content.decode()


def test_three_responses_on_the_list_ask_no_more_than_one(started, signed_in, django_assert_num_queries):
    first = started("orange")
    browser = signed_in("county1.director")
    browser.get("/responses/?state=any")
    with CaptureQueriesContext(connection) as one:
        browser.get("/responses/?state=any")
    fields = {field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields[1:]}
    over = {"state": "ended", "ended_at": first.started_at}
    type(first).objects.bulk_create(type(first)(**{**fields, **over, "number": f"R-{n}"}) for n in "AB")

    with django_assert_num_queries(len(one)):
        assert browser.get("/responses/?state=any").content.decode().count('class="card"') == 3


# --- pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-hans",
            [
                "响应事项",
                "指挥部缺口",
                "对话专班缺公证员",
                "秦川",
                "提请同步启动市级总体应急预案",
                "启动响应",
            ],
        ),
        ("en", ["Duties", "What the command post lacks", "Dialogue squad lacks: notary", "Decisions"]),
    ],
)
def test_the_page_shows_post_duties_and_decisions(started, signed_in, language, words):
    response = started("red")

    page = signed_in("county1.duty", language).get(f"/responses/{response.number}/")

    assert page.status_code == 200
    assert [word for word in words if word not in page.content.decode()] == []
    assert signed_in("county2.duty").get(f"/responses/{response.number}/").status_code == 404


def test_the_incident_shows_its_response_and_offers_one_where_there_is_none(incident, started, signed_in):
    event, response = incident(), started("red")
    desk = signed_in("county1.duty")

    without = desk.get(f"/incidents/{event.number}/").content.decode()
    assert f"/incidents/{event.number}/response/" in without
    shown = desk.get(f"/incidents/{response.incident.number}/").content.decode()
    assert f"/responses/{response.number}/" in shown
    assert "提请同步启动市级总体应急预案" in shown
    assert f"/incidents/{response.incident.number}/response/" not in shown
    squad = signed_in("county1.squad.dialogue").get(f"/incidents/{response.incident.number}/")
    assert squad.status_code == 200


def test_the_form_asks_for_a_credential_only_where_it_decides(incident, signed_in, passwords):
    event = incident()
    url = f"/incidents/{event.number}/response/"

    assert 'name="credential"' not in signed_in("county1.duty").get(url).content.decode()
    director = signed_in("city.director")
    assert 'name="credential"' in director.get(url).content.decode()
    said = {"level": "red", "matter": "聚集", "reason": "人多"}
    wrong = director.post(url, {**said, "credential": "wrong"})
    assert wrong.status_code == 422
    assert "人多" in wrong.content.decode()
    done = director.post(url, {**said, "credential": PASSWORD})
    assert done.status_code == 303
    assert done["Location"] == f"/responses/{Response.objects.get(state='active').number}/"
    assert director.get(url).status_code == 303


def test_a_whole_life_on_the_pages(incident, signed_in, passwords):
    event = incident()
    desk, decider = signed_in("county1.duty"), signed_in("city.director")
    desk.post(f"/incidents/{event.number}/response/", {"level": "red", "matter": "聚集", "reason": "人多"})
    page = f"/responses/{Response.objects.get().number}/"

    assert "响应" in decider.get(page).content.decode()
    assert decider.post(f"{page}sign/", {"credential": "wrong"}).status_code == 422
    assert decider.post(f"{page}sign/", {"credential": PASSWORD}).status_code == 303
    said = {"level": "red", "matter": "聚集", "reason": "增派", "measures": "增派两组"}
    assert desk.post(f"{page}change/", said).status_code == 303
    assert decider.post(f"{page}refuse/", {"reason": "不必"}).status_code == 303
    assert desk.post(f"{page}change/", said).status_code == 303
    assert desk.post(f"{page}withdraw/").status_code == 303
    assert decider.post(f"{page}end/", {"reason": "平息", "credential": PASSWORD}).status_code == 422
    duty = Obligation.objects.get(kind="tell")
    half = desk.post(f"{page}duties/{duty.pk}/done/", {"note": "电话提请", "told": ""})
    assert half.status_code == 422
    assert "电话提请" in half.content.decode()
    told = {"note": "电话提请", "told": "总值班室", "answer": "同意"}
    assert desk.post(f"{page}duties/{duty.pk}/done/", told).status_code == 303
    assert decider.post(f"{page}end/", {"reason": "平息", "credential": PASSWORD}).status_code == 303
    assert Response.objects.get().state == "ended"
    assert desk.get(page).status_code == 200
    assert desk.post(f"{page}duties/{duty.pk}/undo/", told).status_code == 404


@pytest.mark.parametrize("part", ["head", "duties", "post", "acts", "decisions"])
def test_each_part_comes_alone(started, signed_in, part):
    response = started("orange")

    assert signed_in("county1.duty").get(f"/responses/{response.number}/", {"part": part}).status_code == 200


def test_a_persons_skills_are_kept_with_the_account(cast, signed_in):
    person = cast["county1.squad.dialogue"]
    url = f"/account/people/{person.pk}/"
    browser = signed_in("city.secadmin")
    details = {"name": person.name, "phone": person.phone, "email": ""}

    assert browser.post(url, {**details, "skills": "Lawyer, notary"}).status_code == 303
    assert sorted(person.skills.values_list("code", flat=True)) == ["lawyer", "notary"]
    assert 'value="lawyer notary"' in browser.get(url).content.decode()
    assert browser.post(url, {**details, "skills": "律师"}).status_code == 422
    assert browser.post(url, {**details, "skills": ""}).status_code == 303
    assert not person.skills.exists()


def test_boards_show_what_waits_for_whom(asked, started, signed_in, settle):
    response, active = asked("orange"), started("red")
    decide, open_duties = f"对响应 {response.number} 作出决定", f"响应 {active.number}：待办事项 1 项"

    deputy = signed_in("city.deputy").get("/command/").content.decode()
    assert decide in deputy
    assert open_duties in deputy
    desk = signed_in("county1.duty").get("/duty/").content.decode()
    assert decide not in desk
    assert open_duties in desk
    assert active.number not in signed_in("county2.duty").get("/duty/").content.decode()

    settle(active.obligations.get())
    assert open_duties not in signed_in("county1.duty").get("/duty/").content.decode()


def test_a_level_one_does_not_decide_on_comes_back_with_what_was_typed(incident, signed_in, passwords):
    event = incident()
    url = f"/incidents/{event.number}/response/"
    director = signed_in("county1.director")
    assert 'name="credential"' in director.get(url).content.decode()

    said = {"level": "red", "matter": "聚集", "reason": "人多", "credential": PASSWORD}
    refused = director.post(url, said)

    assert refused.status_code == 422
    assert "由 市司法局主要领导 决定" in refused.content.decode()
    assert director.post(url, {**said, "level": "yellow"}).status_code == 303
