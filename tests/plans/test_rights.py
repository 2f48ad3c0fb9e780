"""No plan makes peaceful expression a danger, and none has people watched: refused at every door, with the reason."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from plans.checks import documents, rights
from plans.checks.rights import GRAVE_ACTS, PEACEFUL_ACTS, watching_in
from plans.document.strict_yaml import read
from plans.engine.evaluation import evaluate, level_of
from plans.engine.facts import FACTS, Facts
from plans.lifecycle.actions import load_plan, put_plan_in_force
from plans.lifecycle.models import PlanVersion
from tests.kept import check_anew
from tests.plans.strategies import facts

LIBRARY = {
    path.stem: path.read_text() for path in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml"))
}
CITY = LIBRARY["city-justice-bureau"]
YELLOW = "any_in: [banner, grievance_clothing, slogans]"
RED = "any_in: [storming, smashing]"
FLOOR = "any_in: [storming_signs]"
DUTY = "{zh: 外围封控, en: outer cordon}"


def problems(text):
    return [found for found in documents.check(text).problems if found.severity == "problem"]


def changed(*pairs, text=CITY):
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("name", LIBRARY)
def test_every_plan_of_the_library_keeps_to_it(name):
    assert list(rights.findings(read(LIBRARY[name]).value)) == []


def test_every_act_is_known_to_be_peaceful_or_grave():
    assert set(FACTS["acts"].choices) == PEACEFUL_ACTS | GRAVE_ACTS
    assert PEACEFUL_ACTS.isdisjoint(GRAVE_ACTS)


# --- peaceful expression ---------------------------------------------------------------------------------


@pytest.mark.parametrize("act", sorted(PEACEFUL_ACTS))
@pytest.mark.parametrize(
    ("old", "path"), [(RED, "levels[0].match.any_of[1]"), (FLOOR, "level_policy.floors[1].when")]
)
def test_a_peaceful_act_moved_above_yellow_is_refused(old, path, act):
    (found,) = problems(changed((old, old.replace("]", f", {act}]"))))

    assert found.path == path
    assert "lawful" in found.message
    assert found.line > 1


@pytest.mark.parametrize(
    "limb",
    [
        "{fact: acts, any_in: [banner], cite: §2.3}",
        "{fact: acts, not_empty: true, cite: §2.3}",
        "{all_of: [{fact: acts, any_in: [sit_in]}, {fact: headcount, gte: 6}], cite: §2.3}",
        "{all_of: [{fact: acts, any_in: [slogans]}, {fact: crowd_tension, eq: heated}], cite: §2.3}",
        "{all_of: [{any_of: [{fact: acts, any_in: [banner]}, {fact: life_risk, not_empty: true}]}, "
        "{fact: headcount, gte: 2}], cite: §2.3}",
        "{fact: joint_petitioners, gte: 20, cite: §2.3}",
        "{fact: demand_repeat, eq: true, cite: §2.3}",
    ],
)
def test_however_it_is_written(limb):
    text = changed(
        (
            "- {fact: headcount, gte: 51, cite: §2.3}",
            f"- {limb}\n        - {{fact: headcount, gte: 51, cite: §2.3}}",
        )
    )

    assert [found.path for found in problems(text)] == ["levels[0].match.any_of[0]"]


@pytest.mark.parametrize(
    "limb",
    [
        "{all_of: [{fact: acts, any_in: [banner]}, {fact: life_risk, not_empty: true}], cite: §2.3}",
        "{all_of: [{fact: acts, any_in: [sit_in]}, {fact: acts, any_in: [obstruct_entrance]}], cite: §2.3}",
        "{all_of: [{fact: acts, any_in: [slogans]}, {fact: casualties, gte: 1}], cite: §2.3}",
        "{fact: acts, any_in: [obstruct_entrance, storming], cite: §2.3}",
        "{fact: headcount, gte: 40, cite: §2.3}",
    ],
)
def test_danger_violence_and_a_way_barred_still_count(limb):
    text = changed(
        (
            "- {fact: headcount, gte: 51, cite: §2.3}",
            f"- {limb}\n        - {{fact: headcount, gte: 51, cite: §2.3}}",
        )
    )

    assert problems(text) == []


def test_a_default_level_above_yellow_is_refused():
    found = problems(changed(("default_level: blue", "default_level: orange")))

    assert "level_policy.default_level" in [one.path for one in found]


def test_a_plan_without_colours_keeps_it_at_the_second_lowest():
    text = LIBRARY["county-joint-attendance"]
    text = changed(
        (
            "any_of: [{fact: headcount, gte: 50,",
            "any_of: [{fact: acts, any_in: [banner]}, {fact: headcount, gte: 50,",
        ),
        text=text,
    )

    assert [found.path for found in problems(text)] == ["levels[0].match.any_of[0]"]


def test_nobody_is_looked_into_because_people_spoke_up():
    text = LIBRARY["county-zero-report-and-cases"]
    text = changed(
        ("when: {fact: joint_petitioners, gte: 20}}", "when: {fact: joint_petitioners, gte: 20}}"), text=text
    )
    assert problems(text) == []

    text = text.replace("{id: T4, leads_to: leader_case", "{id: T4, leads_to: inquiry")
    assert ["inquiry" in found.message for found in problems(text)] == [True]


@pytest.mark.parametrize(
    "name", ["city-justice-bureau", "unit-petition-reception", "district-emergency-linkage"]
)
@given(known=facts(), acts=st.sets(st.sampled_from(sorted(PEACEFUL_ACTS)), min_size=1))
def test_peaceful_acts_lift_nothing_above_yellow(name, known, acts):
    """Whatever else is known: with these acts the level is what it was, or no higher than the second-lowest."""
    document = read(LIBRARY[name]).value
    before = evaluate(document, known).level
    with_them = Facts({**known.given, "acts": frozenset(known.given.get("acts", ())) | acts})
    after = evaluate(document, with_them).level

    ranks = sorted(level["rank"] for level in document["levels"])
    second_lowest = ranks[-2] if len(ranks) > 2 else ranks[-1]
    assert after.rank == before.rank or after.rank >= second_lowest
    assert level_of(document, after.id) == after


# --- people watched --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "duty",
    [
        "重点人员盯防", "重点人员 盯 防", "重点、人员盯防", "对重点人员进行监控", "监控重点人", "稳控", "重点对象稳控", "落实稳控措施",
        "截访", "途中截访", "劝返上访人员", "拦截越级访人员", "建立上访人员档案", "信访人员摸排建档", "跟踪信访人", "牵头人动态管控",
        "人脸识别", "现场人员情绪识别", "社会面管控", "强制带离", "收缴横幅", "一人一包保", "人盯人", "盯住老上访户",
        "watching named persons", "monitor petitioners", "surveillance", "Intercepting petitioners", "tail the organisers",
        "control of named persons", "follow the petitioners home", "face recognition", "fetch petitioners back",
        "profiling people", "重点人员盯防（非公开）",
    ],
)  # fmt: skip
def test_a_duty_to_watch_people_is_refused(duty):
    language = "en" if duty.isascii() else "zh"
    other = {"en": "zh: 外围封控", "zh": "en: outer cordon"}[language]
    (found,) = problems(changed((DUTY, f'{{{language}: "{duty}", {other}}}')))

    assert found.path == f"organisation.squads[0].duties[0].{language}"
    assert "excluded" in found.message


@pytest.mark.parametrize(
    "duty",
    [
        "外围封控", "人流疏导", "跟踪已化解事项", "24小时监测动态（事件，非个人）", "检查监控设备状态", "诉求登记", "信访数据分析",
        "接待上访群众", "引导来访人员就座", "听取当事人意见", "告知当事人", "照顾老人和孕妇", "排查矛盾纠纷", "建立工作台账", "控制火源",
        "following settled matters", "guiding the flow of people", "legal aid for people who ask for help",
        "follows the event (not people) around the clock", "fire and monitoring equipment", "Fire control", "listen to petitioners",
        "Issued and registered by a person named for it",
    ],
)  # fmt: skip
def test_duties_about_events_and_for_people_pass(duty):
    assert watching_in(duty) == ""


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("zh: 稳控专班", "zh: 重点人员稳控专班", "organisation.squads[0].zh"),
        ("zh: 执法记录仪全程录像；公证处派员证据保全公证", "zh: 盯防重点人员", "checklists[0].items[2].zh"),
        ("zh: 每日零报告", "zh: 每日上报上访人员稳控情况", "clocks[5].zh"),
        ("note: {zh: 只查机关自身履职行为", "note: {zh: 监控上访人员", "organisation.squads[4].note.zh"),
        ("zh: 心理学教授", "zh: 人脸识别专家", "pools[0].kinds[2].zh"),
    ],
)
def test_wherever_the_plan_says_it(old, new, path):
    assert path in [found.path for found in problems(changed((old, new)))]


def test_names_and_what_is_left_out_may_say_it():
    """The source's title and its squad's name stay; so does the list of what the product does not do."""
    assert watching_in("稳控专班", is_order=False) == ""
    assert "信访稳控工作应急预案" in LIBRARY["unit-petition-reception"]
    assert "重点人员盯防" in CITY


# --- every door ------------------------------------------------------------------------------------------

BAD = {
    "expression": (RED, "any_in: [storming, smashing, banner]"),
    "watching": (DUTY, "{zh: 重点人员盯防, en: outer cordon}"),
}


@pytest.mark.parametrize("which", BAD)
def test_it_is_not_loaded(cast, now, which):
    with pytest.raises(Invalid) as refused:
        load_plan(text=changed(BAD[which]), actor=None, now=now)

    assert refused.value.code == "plan_has_problems"
    assert not PlanVersion.objects.filter(plan__plan_id="cn-justice-city-petition-000").exists()


@pytest.mark.parametrize("which", BAD)
def test_a_draft_from_before_does_not_come_into_force(cast, now, which, monkeypatch):
    monkeypatch.setattr(documents, "check", check_anew)
    monkeypatch.setattr(rights, "findings", lambda document: iter(()))
    monkeypatch.setattr(rights, "people_watched", lambda document: iter(()))
    monkeypatch.setattr(rights, "expression_made_grave", lambda document: iter(()))
    version = load_plan(text=changed(BAD[which]), actor=None, now=now)
    monkeypatch.undo()

    with pytest.raises(Invalid) as refused:
        put_plan_in_force(version_id=version.pk, actor=None, now=now)

    assert refused.value.code == "against_peoples_rights"
    version.refresh_from_db()
    assert version.state == "draft"


@pytest.mark.parametrize("which", BAD)
def test_one_in_force_from_before_is_named_on_its_page(cast, now, signed_in, which, monkeypatch):
    monkeypatch.setattr(documents, "check", check_anew)
    for name in ("findings", "people_watched", "expression_made_grave"):
        monkeypatch.setattr(rights, name, lambda document: iter(()))
    load_plan(text=changed(BAD[which]), actor=None, now=now, put_in_force=True)
    monkeypatch.undo()

    page = signed_in("county1.duty").get("/plans/cn-justice-city-petition-000/").content.decode()

    assert 'data-look="bad"' in page
    assert "和平表达" in page or "盯防" in page


@pytest.mark.parametrize("which", BAD)
def test_the_check_page_says_why(cast, signed_in, which):
    answer = signed_in("city.sysadmin").post("/plans/check/", {"text": changed(BAD[which])})

    assert answer.status_code == 422


def test_the_editor_does_not_save_it(cast, now, signed_in):
    from plans.editor.forms import EditorForm
    from tests.plans.test_editor import answers

    version = load_plan(text=CITY, actor=None, now=now, put_in_force=True)
    untouched = answers(EditorForm(document=version.document))
    acts = {"levels.0.match.any_of.1.any_in": ["storming", "smashing", "slogans"]}
    form = {**untouched, "reason": "加严", "seen": str(version.version), **acts}

    page = signed_in("city.sysadmin").post(f"/plans/{version.plan.plan_id}/{version.version}/edit/", form)

    assert page.status_code == 422
    assert PlanVersion.objects.filter(plan=version.plan).count() == 1
