"""A package: what the plan has prepared for a level goes out with one act, whole, each line said yes or no to."""

import itertools
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clocks.working_days.calendar import Calendar
from command.orders.actions import issue_order, read_target
from command.orders.models import Order
from command.packages import actions, queries, rules
from command.packages.models import Package, PackageLine
from command.packages.rules import SentLine
from common.errors import Invalid, NotAllowed, Refused, WrongState
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.checks import packages as checks
from plans.document.packages import package_at
from plans.document.strict_yaml import read
from plans.people.holders import Bench

pytestmark = pytest.mark.usefixtures("wall_clock")

KEYS = itertools.count()
LEVELS = [{"id": "high", "rank": 1, "zh": "高"}, {"id": "low", "rank": 2, "zh": "低"}]
SQUADS = {"squads": [{"id": "talk", "zh": "对话"}, {"id": "watch", "zh": "警戒"}]}


def document(*packages, **more):
    return {"levels": LEVELS, "organisation": SQUADS, "packages": list(packages), **more}


# --- what the plan says ----------------------------------------------------------------------------------------------


def test_each_level_adds_to_the_lower_ones_and_replaces_what_the_same_recipient_had():
    low = {
        "level": "low",
        "orders": [{"id": "A", "squad": "talk", "zh": "说"}, {"id": "B", "squad": "watch", "zh": "守"}],
    }
    high = {
        "level": "high",
        "orders": [{"id": "C", "squad": "talk", "zh": "细说"}, {"id": "D", "role": "chief", "zh": "到场"}],
    }
    plan = document(high, low)

    assert [one.id for one in package_at(plan, "low").orders] == ["A", "B"]
    assert {one.id: one.level for one in package_at(plan, "high").orders} == {
        "C": "high",
        "B": "low",
        "D": "high",
    }
    assert package_at(plan, "violet") == package_at({}, "low") == ((), ())


def test_what_is_to_be_brought_stands_in_the_task():
    order = {"id": "A", "squad": "talk", "zh": "到场", "en": "Go there",
             "bring": [{"zh": "喇叭", "en": "loudhailer"}, {"zh": "水", "en": "water"}]}  # fmt: skip

    (found,) = package_at(document({"level": "low", "orders": [order]}), "low").orders

    assert found.words == ("到场。携带：喇叭、水", "Go there. Bring: loudhailer, water")


@pytest.mark.parametrize(
    ("packages", "path"),
    [
        ([{"level": "violet"}], "packages[0].level"),
        ([{"level": "low"}, {"level": "low"}], "packages[1].level"),
        ([{"level": "low", "checklists": ["none"]}], "packages[0].checklists[0]"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x"}]}], "packages[0].orders[0]"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "talk", "role": "y"}]}], "packages[0].orders[0]"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "fly"}]}], "packages[0].orders[0].squad"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "talk", "within": "given"}]}],
         "packages[0].orders[0].within"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "talk"}, {"id": "B", "zh": "y", "squad": "talk"}]}],
         "packages[0].orders[1]"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "talk"}]},
          {"level": "high", "orders": [{"id": "A", "zh": "x", "squad": "watch"}]}], "packages[1].orders[0].id"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "x", "squad": "talk", "kit": "none"}]}],
         "packages[0].orders[0].kit"),
        ([{"level": "low", "orders": [{"id": "A", "zh": "长" * 301, "squad": "talk"}]}], "packages[0].orders[0]"),
    ],
)  # fmt: skip
def test_what_could_not_be_sent_out_is_a_problem_of_the_plan(packages, path):
    assert [(one.severity, one.path) for one in checks.findings(document(*packages))] == [("problem", path)]


def test_the_city_plan_has_a_package_from_yellow_up():
    plan = read((settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()).value

    counts = {level: len(package_at(plan, level).orders) for level in ("blue", "yellow", "orange", "red")}

    assert counts == {"blue": 0, "yellow": 3, "orange": 4, "red": 6}
    assert list(checks.findings(plan)) == []


def test_a_line_goes_to_whoever_is_on_duty(library, started, now):
    plan = document({"level": "low", "orders": [{"id": "A", "duty": True, "zh": "通知派出所"}]})
    assert list(checks.findings(plan)) == []
    (line,) = package_at(plan, "low").orders
    bench = Bench(started("yellow").unit, now)

    found = queries._ready(line, plan, bench, {}, {}, Calendar(), now)

    assert (found.to, found.obstacle, [one.person.username for one in found.holders]) == (
        "duty:C1",
        "",
        ["county1.duty"],
    )


# --- rules -----------------------------------------------------------------------------------------------------------


def test_a_line_without_an_id_is_the_plans_first_for_that_recipient():
    lines = [SentLine("squad:a@C1", "x"), SentLine("squad:a@C1", "y", id="P2"), SentLine("unit:C1", "z")]

    found = rules.matched(lines, [("P1", "squad:a@C1"), ("P2", "squad:a@C1")])

    assert [line.id for line in found] == ["P1", "P2", ""]


def test_every_line_is_sent_or_left_out_with_a_reason():
    assert rules.unsaid(["A", "B", "C"], ["A"], {"B": " ", "C": "not needed"}) == ["B"]
    assert rules.unknown(["A"], ["A", "", "X"], ["Y"]) == ["X", "Y"]
    assert rules.twice(["A", "A", ""], ["B", ""]) == ["A"]
    assert rules.twice(["A"], ["A"]) == ["A"]


# --- the act ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def issue(reach, now):
    """issue(response, "orange") → the package, with everything that can go out as it was prepared."""

    def act(response, level, *, by="county1.duty", lines=None, left_out=None, at=None):
        found = queries.ready(response, level, at or now)
        able = [one for one in found.orders if not one.obstacle]
        if lines is None:
            lines = [SentLine(one.to, one.line.words.zh, one.arrive_by, one.line.id) for one in able]
        if left_out is None:
            left_out = {one.line.id: one.obstacle for one in found.orders if one.obstacle}
        return actions.issue_package(
            response_id=response.pk,
            reach=reach(by, at),
            level=level,
            lines=lines,
            left_out=left_out,
            now=at or now,
        )

    return act


def line_of(response, id_, now):
    one = next(one for one in queries.ready(response, "red", now).orders if one.line.id == id_)
    return SentLine(one.to, one.line.words.zh, one.arrive_by, id_)


def others(response, level, now, *ids):
    return {
        one.line.id: "不需要" for one in queries.ready(response, level, now).orders if one.line.id not in ids
    }


def test_it_goes_out_whole_with_notices_and_one_entry(started, issue, now):
    response = started("orange")

    package = issue(response, "orange")

    orders = Order.objects.filter(incident=response.incident)
    sent = {line.item: line.order for line in package.lines.all() if line.order}
    assert set(sent) == {"PK-Y1", "PK-Y2", "PK-O1", "PK-O2"}
    assert set(orders) == set(sent.values())
    assert {order.target_squad for order in orders} == {"perimeter", "dialogue", "support", "public_info"}
    assert {order.arrive_by for order in orders} == {now + timedelta(minutes=30)}
    for order in orders:
        assert Notice.objects.filter(subject=order.key, purpose="order.issued").exists()
    entry = Entry.objects.get(kind="package.issued")
    content = content_of(entry)
    assert (entry.subject, entry.thread, entry.level) == (package.key, response.incident.key, "orange")
    assert sorted(content["orders"]) == sorted(order.number for order in orders)
    assert [(one["id"], len(one["items"])) for one in content["missing"]] == [("PK-O2", 7)]
    assert (content["checklists"], content["changed"]) == (["first_action"], [])
    assert content["left_out"] == []


def test_what_was_left_out_stays_on_record_and_can_go_out_later(started, issue, now):
    response = started("yellow")
    issue(
        response,
        "yellow",
        lines=[line_of(response, "PK-Y1", now)],
        left_out=others(response, "yellow", now, "PK-Y1"),
    )

    assert PackageLine.objects.get(item="PK-Y2").left_out == "不需要"
    assert [one.line.id for one in queries.ready(response, "yellow", now).orders] == ["PK-Y2", "PK-Y3"]
    issue(response, "yellow", lines=[line_of(response, "PK-Y2", now)], left_out={"PK-Y3": "不需要"})
    assert Order.objects.count() == 2


def test_a_squad_that_is_under_way_is_named_and_leaves_the_rest_out_of_nothing(started, issue, reach, now):
    response = started("orange")
    busy = issue_order(
        incident_id=response.incident_id, reach=reach("county1.duty"), target=read_target("squad:dialogue@C1"),
        task="先到", now=now,
    )  # fmt: skip
    response.refresh_from_db()
    found = {one.line.id: one for one in queries.ready(response, "orange", now).orders}

    assert busy.number in found["PK-Y2"].obstacle
    with pytest.raises(WrongState, match=busy.number):
        lines = [line_of(response, "PK-Y1", now), line_of(response, "PK-Y2", now)]
        issue(response, "orange", lines=lines, left_out={"PK-O1": "x", "PK-O2": "x"})
    assert (Order.objects.count(), Package.objects.count()) == (1, 0)


def test_a_second_press_finds_nothing_left(started, issue, now):
    response = started("yellow")
    lines = [line_of(response, "PK-Y1", now), line_of(response, "PK-Y2", now)]
    issue(response, "yellow", lines=lines, left_out={"PK-Y3": "没有人"})

    with pytest.raises(Invalid) as refused:
        issue(response, "yellow", lines=lines, left_out={"PK-Y3": "没有人"})

    assert refused.value.code == "unknown_line"
    assert Order.objects.count() == 2


def test_the_database_too_lets_a_line_of_a_plan_go_out_once(started, issue):
    line = issue(started("yellow"), "yellow").lines.get(item="first_action")
    line.pk = None

    with pytest.raises(IntegrityError, match="a_line_of_a_plan_goes_out_once|UNIQUE"), transaction.atomic():
        line.save(force_insert=True)


def test_a_crash_before_the_commit_leaves_nothing_behind(started, issue, monkeypatch):
    response = started("yellow")

    def crash(point):
        if point == "packages.before_commit":
            raise RuntimeError

    monkeypatch.setattr("command.packages.actions.crash_point", crash)
    with pytest.raises(RuntimeError):
        issue(response, "yellow")

    assert (Order.objects.count(), Package.objects.count()) == (0, 0)
    assert not Notice.objects.filter(purpose="order.issued").exists()


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ({}, "line_unsaid"),
        ({"PK-Y3": "  "}, "line_unsaid"),
        ({"PK-Y3": "x", "PK-Y1": "x"}, "unknown_line"),
        ({"PK-Y3": "x", "PK-R1": "x"}, "unknown_line"),
        ({"PK-Y3": "x", "first_action": " "}, "reason_missing"),
        ({"PK-Y3": "身份证11010519491231002X"}, "personal_data"),
    ],
)
def test_nothing_goes_out_unless_every_line_is_said(started, issue, now, left_out, code):
    response = started("yellow")
    lines = [line_of(response, "PK-Y1", now), line_of(response, "PK-Y2", now)]

    with pytest.raises(Invalid) as refused:
        issue(response, "yellow", lines=lines, left_out=left_out)

    assert refused.value.code == code
    assert Order.objects.count() == 0


def test_it_goes_out_only_while_the_response_is_active(asked, started, issue):
    with pytest.raises(WrongState, match="R-"):
        issue(asked("yellow"), "yellow")


def test_a_level_without_anything_prepared_sends_nothing(started, issue):
    with pytest.raises(WrongState) as refused:
        issue(started("yellow"), "blue")
    assert refused.value.code == "nothing_prepared"


@pytest.mark.parametrize("by", ["county2.duty", "town11.clerk", "county1.squad.dialogue", "city.audit"])
def test_only_who_gives_orders_there_sends_it_out(started, issue, by):
    with pytest.raises((NotAllowed, Refused)):
        issue(started("yellow"), "yellow", by=by)
    assert Order.objects.count() == 0


def test_changed_and_added_orders_are_named(started, issue, now):
    response = started("yellow")
    changed = line_of(response, "PK-Y1", now)._replace(task="到东门")
    added = SentLine("unit:T11", "开门接待")

    package = issue(response, "yellow", lines=[changed, added, added._replace(to="person:county1.leader")],
                    left_out=others(response, "yellow", now, "PK-Y1"))  # fmt: skip

    entry = content_of(Entry.objects.get(kind="package.issued"))
    assert len(entry["changed"]) == 3
    assert package.lines.filter(item="", order__isnull=False).count() == 2


def test_a_package_costs_the_same_statements_however_many_orders(started, issue, now):
    def cost(*ids):
        response = started("red")
        lines = [line_of(response, id_, now) for id_ in ids]
        left_out = others(response, "red", now, *ids)
        with CaptureQueriesContext(connection) as asked:
            issue(response, "red", lines=lines, left_out=left_out)
        return len(asked)

    cost("PK-Y1")
    squads = ("PK-Y1", "PK-Y2", "PK-O1", "PK-O2")

    assert cost("PK-Y1") == cost(*squads[:2]) == cost(*squads)


# --- doors -----------------------------------------------------------------------------------------------------------


def page_of(response, level="yellow"):
    return f"/responses/{response.number}/packages/{level}/"


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "成套下发"), ("en", "Send out the package")])
def test_the_page_shows_each_line_with_whom_it_reaches(started, signed_in, language, words):
    response = started("yellow")

    html = signed_in("county1.duty", language).get(page_of(response)).content.decode()

    assert words in html
    assert 'name="keep-PK-Y1" ' in html
    assert "county1.squad" not in html
    assert html.count('class="card"') == 3
    assert ("稳控专班 韩冰" in html, "Perimeter squad 韩冰" in html) == (language != "en", language == "en")


def fields(response, now, **more):
    found = queries.ready(response, "yellow", now)
    sent = {"idempotency_key": f"p{next(KEYS)}", "keep-first_action": "on"}
    for one in found.orders:
        id_ = one.line.id
        if one.obstacle:
            sent[f"reason-{id_}"] = one.obstacle
        else:
            sent |= {
                f"keep-{id_}": "on",
                f"to-{id_}": one.to,
                f"task-{id_}": one.line.words.zh,
                f"minutes-{id_}": "20",
            }
    return sent | more


def test_one_press_sends_it_out_and_leads_back_to_the_incident(started, signed_in, now):
    response = started("yellow")
    browser = signed_in("county1.duty")

    answer = browser.post(
        page_of(response), fields(response, now, **{"to-1": "unit:T11", "task-1": "开门接待"})
    )

    assert (answer.status_code, answer["Location"]) == (303, f"/incidents/{response.incident.number}/")
    assert {order.target_squad for order in Order.objects.all()} == {"perimeter", "dialogue", "support", ""}
    page = browser.get(f"/responses/{response.number}/").content.decode()
    assert all(order.number in page for order in Order.objects.all())


def test_a_line_without_a_reason_comes_back_with_all_that_was_typed(started, signed_in, now):
    response = started("yellow")
    sent = fields(response, now, **{"task-PK-Y1": "到东门"})
    del sent["keep-PK-Y2"]

    answer = signed_in("county1.duty").post(page_of(response), sent)

    assert answer.status_code == 422
    assert "到东门" in answer.content.decode()
    assert Order.objects.count() == 0


def test_the_response_offers_it_until_it_is_out(started, signed_in, issue):
    response = started("yellow")
    duty, squad = signed_in("county1.duty"), signed_in("city.audit")
    url = f"/responses/{response.number}/"

    assert page_of(response) in duty.get(url).content.decode()
    assert page_of(response) not in squad.get(url).content.decode()
    issue(response, "yellow", lines=[line_of(response, "PK-Y1", response.started_at)],
          left_out={"PK-Y2": "已有人在场", "PK-Y3": "已有人在场"})  # fmt: skip
    html = duty.get(url).content.decode()
    assert "已有人在场" in html
    assert "补发未下发的指令" in html
    assert "补发未下发的指令" not in squad.get(url).content.decode()


def test_who_may_not_see_the_response_finds_no_package(started, signed_in):
    response = started("yellow")

    assert signed_in("county2.duty").get(page_of(response)).status_code == 404
    assert signed_in("county1.duty").get(page_of(response, "violet")).status_code == 404
    assert signed_in("city.audit").get(page_of(response)).status_code == 403


def test_the_api_shows_it_and_sends_it_out(started, signed_in, now):
    response = started("yellow")
    browser, url = signed_in("county1.duty"), f"/api/v1/responses/{response.number}/packages/"

    told = browser.get(f"{url}yellow/").json()
    able = [one for one in told["orders"] if not one["obstacle"]]
    body = {
        "level": "yellow",
        "orders": [{"to": one["to"], "task": one["task"]} for one in able],
        "left_out": [
            {"id": one["id"], "reason": one["obstacle"]} for one in told["orders"] if one["obstacle"]
        ],
    }
    answers = [
        browser.post(url, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="a") for _ in range(2)
    ]

    assert [one["id"] for one in told["checklists"]] == ["first_action"]
    (material,) = told["materials"]
    assert (material["id"], material["bring"], material["kit"]) == (
        "PK-Y3",
        ["喇叭", "饮用水", "AED除颤仪"],
        "support",
    )
    assert len(material["missing"]) == 7
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(answers[0].json()["orders"]) == Order.objects.count() == 3
    assert answers[0].json()["notices"] >= 3
    assert browser.get(url).json()["results"][0]["orders"] == answers[0].json()["orders"]
    problem = browser.post(
        url, {"level": "yellow", "orders": []}, content_type="application/json", HTTP_IDEMPOTENCY_KEY="b"
    )
    assert (problem.status_code, problem.json()["code"]) == (409, "nothing_prepared")
    assert signed_in("county2.duty").get(f"{url}yellow/").status_code == 404
    assert browser.get(f"{url}violet/").status_code == 404
