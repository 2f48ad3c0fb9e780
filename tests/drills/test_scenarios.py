"""Scenarios: those that are shipped can be played, and what is wrong with one is said with its line."""

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override

from drills.scenarios import library
from drills.scenarios.checks import check
from drills.scenarios.document import scenario_of
from plans.engine.evaluation import evaluate
from plans.engine.facts import Facts
from plans.lifecycle.models import PlanVersion

SHIPPED = sorted(library.SHIPPED.glob("*.yaml"))

SMALL = """\
schema: icd.scenario/1
id: small
version: 1
kind: crowd
title: {zh: 小, en: small}
summary: {zh: 小, en: small}
cite: §1
contents: [rescue]
like: {fact: headcount, gte: 10}
roles:
  - {id: desk, zh: 值班员, en: Desk, post: duty_officer}
objectives:
  - {id: O1, zh: 接办, en: Taken over}
injects:
  - number: 1
    at: 0
    zh: 三十人
    en: thirty people
    by: {zh: 前台, en: desk}
    channel: phone
    act: {do: alarm, place: {zh: 大厅, en: hall}, what: {zh: 聚集, en: a crowd}, facts: {headcount: 30}}
    expects:
      - {id: E1, objective: O1, zh: 接办, en: taken over, entries: [incident.taken], within: 5, role: desk, cite: §1, look_for: {zh: 看, en: look}}
  - number: 2
    at: 10
    zh: 又来人
    en: more people
    by: {zh: 前台, en: desk}
    channel: phone
    to: desk
    act: {do: observe, what: {zh: 又来十人, en: ten more}, facts: {headcount: 40}}
"""


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_can_be_played_and_has_nothing_to_note(file):
    checked = library.check_here(file.read_bytes())

    assert [(one.line, one.path, one.message) for one in checked.problems] == []
    scenario = scenario_of(checked.document)
    assert file.stem == scenario.id
    assert all(inject.expects for inject in scenario.injects)


def test_the_scenarios_are_shipped_and_found_by_their_id():
    assert set(library.documents()) == {file.stem for file in SHIPPED}
    assert {scenario.kind for scenario in library.scenarios()} == {"crowd", "life_risk", "dispute", "linkage"}


def test_the_small_one_is_in_order():
    checked = library.check_here(SMALL)

    assert checked.is_playable
    assert [one.message for one in checked.problems] == []
    scenario = scenario_of(checked.document)
    assert (scenario.minutes, scenario.inject(2).to, scenario.inject(1).act.do) == (10, "desk", "alarm")


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "said"),
    [
        ("kind: crowd", "kind: riot", 4, "kind", "must be one of"),
        ("cite: §1\ncontents", "contents", 1, "", "“cite” is missing"),
        ("to: desk", "to: nobody", 30, "injects[1].to", "There is no role “nobody”"),
        ("entries: [incident.taken]", "entries: [incident.token]", 23, "injects[0].expects[0].entries[0]",
         "The journal knows no entry “incident.token”."),
        ("role: desk", "role: squad", 23, "injects[0].expects[0].role", "There is no role “squad”"),
        ("objective: O1", "objective: O9", 23, "injects[0].expects[0].objective", "There is no objective “O9”"),
        ("post: duty_officer", "post: general", 11, "roles[0].post", "There is no kind of post “general”."),
        ("number: 2", "number: 1", 24, "injects[1].number", "numbered upwards"),
        ("at: 10", "at: -1", 25, "injects[1].at", "outside what is allowed"),
        ("facts: {headcount: 40}", "facts: {heads: 40}", 31, "injects[1].act.facts.heads", "no fact of this name"),
        ("do: alarm, place: {zh: 大厅, en: hall}", "do: alarm", 21, "injects[0].act", "“place” is missing."),
        ("do: alarm, place", "do: observe, place", 21, "injects[0].act", "no incident yet"),
        ("like: {fact: headcount, gte: 10}", "like: {fact: headcount, any_in: [x]}", 9, "like", "one operator that fits"),
        ("en: more people", "en: more people, 13800138000", 27, "injects[1].en", "number of a person"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old, new, line, path, said):
    assert SMALL.count(old) >= 1
    checked = library.check_here(SMALL.replace(old, new, 1))

    found = [one for one in checked.problems if one.severity == "problem"]
    assert not checked.is_playable
    assert (line, path) in [(one.line, one.path) for one in found], found
    assert any(said in one.message for one in found), found
    with override("zh-hans"):
        assert all(gettext(one.sentence) != one.sentence for one in found)


def test_an_inject_that_nobody_hears_of_and_an_id_given_twice_are_problems():
    text = SMALL.replace("    to: desk\n    act: {do: observe", "    # act: {do: observe")
    assert any("Nobody would hear" in one.message for one in library.check_here(text).problems)

    line = next(line for line in SMALL.splitlines() if "id: E1" in line)
    twice = library.check_here(SMALL.replace(line, f"{line}\n{line}"))
    assert [one.message for one in twice.problems] == ["“E1” is given twice."] * 2


def test_a_scenario_without_an_alarm_is_noted():
    text = SMALL.replace(
        "act: {do: alarm, place: {zh: 大厅, en: hall}, what: {zh: 聚集, en: a crowd}, facts: {headcount: 30}}",
        "to: desk",
    )
    text = text[: text.index("    act: {do: observe")]

    checked = library.check_here(text)

    assert checked.is_playable
    assert [one.severity for one in checked.problems] == ["note"]


def test_without_a_vocabulary_only_the_document_is_judged():
    assert check(SMALL.replace("incident.taken", "nothing.known")).is_playable


def test_the_command_names_file_line_and_path_and_ends_with_1(tmp_path, capsys):
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL.replace("to: desk", "to: nobody"))

    with override("en"), pytest.raises(CommandError) as refused:
        call_command("check_scenario", str(file))

    assert refused.value.returncode == 1
    assert (
        f"{file}:30: problem: injects[1].to: There is no role “nobody” in this scenario."
        in capsys.readouterr().out
    )
    file.write_text(SMALL)
    with override("en"):
        call_command("check_scenario", str(file))
    assert "The scenario can be played." in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("check_scenario", str(tmp_path / "none.yaml"))


def test_the_bureaus_own_scenarios_stand_beside_the_shipped_ones(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/small.yaml").write_text(SMALL)
    (tmp_path / "scenarios/broken.yaml").write_text("id: [")

    assert set(library.documents()) == {"small", *(file.stem for file in SHIPPED)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scenario", "levels"),
    [
        ("crowd-at-a-notary-hall", ["orange", "orange", "orange", "blue"]),
        ("self-harm-threat-at-a-legal-aid-window", ["orange", "orange", "blue"]),
        ("fee-dispute-that-grows-over-a-week", ["blue", "yellow", "yellow", "orange", "blue"]),
    ],
)
def test_the_facts_lead_the_city_plan_through_these_levels(plan, scenario, levels):
    document = PlanVersion.objects.get(pk=plan.pk).document
    facts, found = Facts(), []
    for inject in scenario_of(library.documents()[scenario]).injects:
        if inject.act and inject.act.do != "answer_order":
            facts = facts.updated_by(Facts.from_dict(inject.act.facts))
            found.append(evaluate(document, facts).level.id)

    assert found == levels
