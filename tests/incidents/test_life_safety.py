"""Life first: the product's own lines stand above every plan's, and hold back the question of blame."""

import pytest
from django.conf import settings

from common.errors import Invalid, WrongState
from early_warnings.proposals.drafting import first_measures
from incidents.checklist.actions import mark_item
from incidents.checklist.queries import checklist, open_lines
from incidents.models import Incident
from incidents.reporting.actions import add_observation
from incidents.steps.actions import check_not_held_back
from journal.kinds import KINDS
from journal.models import Entry
from journal.numbering import number_new
from journal.record import content_of
from plans.document.life_safety import LIFE_IDS, LIFE_LINES, checklist_of
from plans.document.sections import checklists_of
from plans.document.steps import GROUPS
from plans.document.strict_yaml import read
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan

LIBRARY = settings.BASE_DIR / "plans/library"
DOCUMENTS = {path.stem: read(path.read_bytes()).value for path in sorted(LIBRARY.glob("*.yaml"))}
FIRST = [line.id for line in LIFE_LINES]


@pytest.fixture
def under(cast, alarm, units, now):
    """under("unit-petition-reception") → an incident in C1 with a life at risk, opened under that plan."""

    def opened(name):
        text = (LIBRARY / f"{name}.yaml").read_text()
        load_plan(text=text, actor=None, now=now, owner=units["C1"], put_in_force=True)
        return alarm(headcount=1, life_risk=["suicide_threat"], what="扬言轻生")

    return opened


# --- every plan ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCUMENTS)
def test_life_comes_first_under_every_plan_of_the_library(name):
    lines = checklist_of(DOCUMENTS[name])

    assert [line.item.id for line in lines[: len(FIRST)]] == FIRST
    assert "120" in lines[0].item.words.zh
    assert "120" in lines[0].item.words.en


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_line_of_a_plan_is_shown_exactly_once(name):
    shown = [id_ for line in checklist_of(DOCUMENTS[name]) for id_ in line.ids]
    planned = [item.id for part in checklists_of(DOCUMENTS[name]) for item in part.items]

    assert sorted(shown) == sorted([*FIRST, *planned])


def test_a_plan_that_says_the_same_adds_its_wording_and_no_second_line():
    lines = checklist_of(DOCUMENTS["city-justice-bureau"])

    assert [line.item.id for line in lines] == ["call_120", "keep_apart", "get_help", "L3", "L4"]
    assert "警医联动" in lines[0].in_plan.words.zh
    assert lines[0].cite == "§4.2(2) §1.4(2)"
    assert not any("120" in line.item.words.zh for line in lines[1:])


def test_a_plan_cannot_reword_the_line():
    plan = {"checklists": [{"id": "c", "items": [{"id": "a", "zh": "着正装", "same_as": "call_120"}]}]}

    first = checklist_of(plan)[0]

    assert first.item.words == LIFE_LINES[0].words


# --- every door ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["district-emergency-linkage", "unit-petition-reception"])
def test_page_receipt_and_api_begin_with_120_whatever_plan_holds(under, signed_in, name):
    incident = under(name)
    browser = signed_in("county1.duty")
    own = checklist_of(incident.plan.document)[len(FIRST)].item.words.zh

    for page in (f"/incidents/{incident.number}/", f"/alarm/{incident.number}/"):
        text = browser.get(page).content.decode()
        assert 0 < text.index(LIFE_LINES[0].words.zh) < text.index(own)

    found = browser.get(f"/api/v1/incidents/{incident.number}/").json()["checklist"]
    assert [line["item"] for line in found[: len(FIRST)]] == FIRST
    assert [line["life_safety"] for line in found[: len(FIRST) + 1]] == [True, True, True, False]


def test_the_desk_reads_the_lines_before_anything_is_typed(plan, signed_in):
    text = signed_in("county1.duty").get("/incidents/new/").content.decode()

    assert 0 < text.index(LIFE_LINES[0].words.zh) < text.index('id="desk"')


def test_an_alarm_over_the_api_is_answered_with_the_lines(plan, signed_in, django_assert_max_num_queries):
    body = {"client_id": "c1", "unit": "C1", "facts": {"life_risk": ["suicide_threat"]}}

    answer = signed_in("county1.duty").post("/api/v1/alarms/", body, content_type="application/json")

    assert [line["item"] for line in answer.json()["life_safety"]] == FIRST


def test_measures_of_a_warning_begin_with_the_rescue(under):
    assert first_measures(under("unit-petition-reception")).startswith("1. 有人身危险先救人：立即拨打120")


# --- marks -----------------------------------------------------------------------------------------------


def test_a_line_is_marked_once_under_either_of_its_names(alarm, reach, now):
    incident, duty = alarm(life_risk=["self_harm_signs"]), reach("county1.duty")

    first = mark_item(incident_id=incident.pk, reach=duty, item="L1", outcome="done", now=now)
    second = mark_item(incident_id=incident.pk, reach=duty, item="call_120", outcome="done", now=now)

    assert second == first
    assert first.item == "call_120"
    assert Entry.objects.filter(kind="incident.checked").count() == 1
    assert [row.mark for row in checklist(incident) if row.mark] == [first]


@pytest.mark.parametrize("item", ["L99", "x' OR 1=1", "CALL_120"])
def test_a_line_that_is_not_there_is_not_marked(alarm, reach, now, item):
    incident = alarm(headcount=2)

    with pytest.raises(Invalid):
        mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item=item, outcome="done", now=now)

    assert not Entry.objects.filter(kind="incident.checked").exists()


@pytest.mark.parametrize("item", [*FIRST, "L1"])
def test_a_life_line_is_not_needed_only_with_a_reason(alarm, reach, now, item):
    act = {"incident_id": alarm(headcount=2).pk, "reach": reach("county1.duty"), "item": item, "now": now}

    with pytest.raises(Invalid) as refused:
        mark_item(**act, outcome="not_needed", note="  ")
    assert refused.value.fields.keys() == {"note"}

    assert mark_item(**act, outcome="not_needed", note="只有两人递材料").note == "只有两人递材料"


def test_a_plans_own_line_may_be_left_out_without_words(alarm, reach, now):
    incident = alarm(headcount=2)

    mark = mark_item(
        incident_id=incident.pk, reach=reach("county1.duty"), item="L3", outcome="not_needed", now=now
    )

    assert mark.outcome == "not_needed"


def test_a_danger_that_begins_opens_what_was_found_not_needed(alarm, reach, now):
    incident, duty = alarm(headcount=2), reach("county1.duty")
    why = {"incident_id": incident.pk, "reach": reach("county1.duty"), "now": now}
    mark_item(**why, item="call_120", outcome="not_needed", note="秩序平稳")
    mark_item(**why, item="keep_apart", outcome="done")
    mark_item(**why, item="L3", outcome="not_needed")

    danger = Facts.from_dict({"life_risk": ["suicide_threat"]})
    add_observation(incident_id=incident.pk, reach=duty, what="扬言轻生", facts=danger, now=now)

    assert [line.item.id for line in open_lines(incident)] == ["call_120", "get_help", "L4"]
    alerted = content_of(Entry.objects.get(kind="incident.life_safety_alerted"))
    assert alerted["asked_again"] == ["call_120"]
    assert mark_item(**why, item="call_120", outcome="done").outcome == "done"


def test_lines_are_marked_over_the_api(alarm, signed_in):
    address = f"/api/v1/incidents/{alarm(headcount=2).number}/checklist/"
    browser = signed_in("county1.duty")

    def post(body, key):
        return browser.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})

    refused = post({"item": "call_120", "outcome": "not_needed"}, "k1")
    made = post({"item": "call_120", "outcome": "not_needed", "note": "无人身危险"}, "k2")

    assert (refused.status_code, refused.json()["code"]) == (422, "checklist_not_in_order")
    assert made.status_code == 201
    assert browser.get(address).json()["lines"][0]["mark"]["note"] == "无人身危险"


# --- rescue first, accountability later -------------------------------------------------------------------


def test_every_step_of_an_inquiry_waits_for_the_rescue():
    assert GROUPS["accountability_steps"] == {name for name in KINDS if name.startswith("inquiry.")}


@pytest.fixture
def inquired():
    """Ask whether an inquiry into what happened may begin, as the room of inquiries asks with each of its acts."""

    def ask(incident):
        check_not_held_back(incident, KINDS["inquiry.started"])
        return True

    return ask


def test_an_inquiry_waits_until_the_rescue_is_done(alarm, inquired, reach, now):
    incident = alarm(headcount=1, life_risk=["suicide_threat"])

    with pytest.raises(WrongState) as refused:
        inquired(incident)
    assert refused.value.code == "life_safety_first"
    assert refused.value.extra["open"] == ["call_120"]
    assert LIFE_LINES[0].words.zh in str(refused.value)

    mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item="call_120", outcome="done", now=now)
    assert inquired(incident)


def test_an_inquiry_goes_on_where_no_rescue_was_needed(alarm, inquired, reach, now):
    incident = alarm(headcount=3)
    with pytest.raises(WrongState):
        inquired(incident)

    mark_item(
        incident_id=incident.pk, reach=reach("county1.duty"), item="call_120", outcome="not_needed",
        note="三人来访，秩序正常", now=now,
    )  # fmt: skip

    assert inquired(incident)


def test_a_line_of_the_plan_holds_back_as_well(alarm, inquired, units, reach, now):
    text = (LIBRARY / "city-justice-bureau.yaml").read_text()
    text = text.replace("version: 2\n", "version: 3\n", 1)
    text = text.replace("        store: reference_only\n", "        blocks: [accountability_steps]\n")
    load_plan(text=text, actor=None, now=now, put_in_force=True)
    incident = alarm(headcount=1)
    mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item="call_120", outcome="done", now=now)

    with pytest.raises(WrongState) as refused:
        inquired(incident)

    assert refused.value.extra["open"] == ["L3"]


def test_other_steps_wait_for_nothing(alarm, inquired, reach, now, django_assert_num_queries):
    from incidents.checklist.queries import holding_back

    incident = alarm(headcount=1, life_risk=["suicide_threat"])

    with django_assert_num_queries(0):
        assert holding_back(incident, "demand.registered") == []


def test_the_timeline_says_the_line_and_not_its_code(alarm, reach, signed_in, now):
    incident = alarm(headcount=1)
    mark_item(incident_id=incident.pk, reach=reach("county1.duty"), item="L4", outcome="done", now=now)
    number_new()

    page = signed_in("county1.duty").get(f"/incidents/{incident.number}/").content.decode()

    timeline = page[page.index('data-part="timeline"') :]
    assert "录音录像须真实、显著、事先告知 已完成" in timeline
    assert content_of(Entry.objects.get(kind="incident.checked"))["item"] == "L4"
    assert Incident.objects.get().checklist_marks.count() == 1
    assert len(open_lines(incident)) == len(LIFE_IDS) + 1
