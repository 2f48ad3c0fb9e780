"""What follows from what in a chain of reports, and what plans say of it. No database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from command.report_chain import rules
from command.report_chain.choices import ReportField, ReportKind
from command.report_chain.contents.known_told import TimeTold, compare, differences
from plans.checks.consistency import findings
from plans.checks.findings import Vocabulary
from plans.document.parts import parts_of
from plans.document.reporting import chain_at
from plans.document.strict_yaml import read

LIBRARY = settings.BASE_DIR / "plans/library"
CITY = read((LIBRARY / "city-justice-bureau.yaml").read_text()).value
LINKAGE = read((LIBRARY / "district-emergency-linkage.yaml").read_text()).value
UNIT = read((LIBRARY / "unit-petition-reception.yaml").read_text()).value
K = ReportKind
#: 09:00 in Shanghai.
NINE = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chain", "follows", "is_ended"),
    [
        ([], (K.INITIAL,), True),
        (["initial"], (K.CONTINUED, K.FINAL), False),
        (["initial", "continued"], (K.CONTINUED, K.FINAL), False),
        (["initial", "final"], (K.CONTINUED,), True),
        (["initial", "final", "continued"], (K.CONTINUED, K.FINAL), False),
    ],
)
def test_what_comes_next_and_whether_anything_is_owed(chain, follows, is_ended):
    assert rules.next_kinds(chain) == follows
    assert rules.is_ended(chain) is is_ended


def test_everything_but_other_has_to_be_said():
    said = dict.fromkeys(ReportField.values, "x")

    assert rules.gaps(said) == []
    assert rules.gaps({**said, "other": "", "result": " ", "course": ""}) == ["course", "result"]


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (NINE, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        # 07:00 on the 23rd in Shanghai is the 22nd in UTC.
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
    ],
)
def test_each_day_has_a_report_of_its_own(sent, due):
    assert rules.daily_due(sent, "17:30") == due


@pytest.mark.parametrize(
    ("due", "done", "now", "is_overdue"),
    [
        (None, None, 99, False),
        (10, None, 10, False),
        (10, None, 11, True),
        (10, 10, 99, False),
        (10, 11, 99, True),
    ],
)
def test_exactly_at_the_time_is_in_time(due, done, now, is_overdue):
    at = {n: NINE + timedelta(minutes=n) for n in (10, 11, 99)}

    found = rules.is_overdue(due_at=at.get(due), done_at=at.get(done), now=at[now])

    assert found is is_overdue


def test_recipients_are_lines_without_gaps_and_doubles():
    assert rules.cleaned(["市委政法委", " ", "省司法厅 ", "市委政法委"]) == ["市委政法委", "省司法厅"]


# --- what plans say --------------------------------------------------------------------------------------------


def test_the_plans_of_the_library_name_who_is_told():
    red = chain_at(CITY, "red")
    emergency, general = chain_at(LINKAGE, "emergency"), chain_at(LINKAGE, "general")

    assert [role.words.zh for role in red.to] == ["市委政法委", "省司法厅"]
    assert (red.phone_first, red.daily, red.cite) == (True, "17:30", "§2.4")
    assert [role.words.zh for role in emergency.to] == ["区委", "区政府", "区委政法委", "市司法局"]
    assert (emergency.phone_first, emergency.daily) == (True, "17:00")
    assert [role.name for role in general.to] == ["linkage_centre"]
    assert not general.phone_first
    assert chain_at(CITY, "yellow") is None
    assert chain_at(UNIT, "red") is None


def test_a_line_without_a_level_holds_for_all_others():
    document = {**CITY, "report_chain": {"at_levels": [{"level": "red", "to": []}, {"to": ["duty_leader"]}]}}

    assert chain_at(document, "blue").to[0].name == "duty_leader"
    assert chain_at(document, "red").to == ()


def test_the_check_finds_what_does_not_fit():
    document = {
        **CITY,
        "report_chain": {"at_levels": [{"level": "purple", "to": ["nobody_here"]}, {"to": []}, {"to": []}]},
    }

    said = {finding.path: finding.severity for finding in findings(document, Vocabulary())}

    assert said["report_chain.at_levels[0].level"] == "problem"
    assert said["report_chain.at_levels[0].to[0]"] == "problem"
    assert said["report_chain.at_levels[2]"] == "problem"
    assert "report_chain.at_levels[1]" not in said


def test_the_page_of_a_plan_says_it():
    part = next(part for part in parts_of(CITY) if part.id == "report-chain")

    assert part.acts
    assert part.lines[0].words.zh == "红色——报：市委政法委、省司法厅；先电话报告，后补书面；续报每日 17:30 前"


# --- known and told --------------------------------------------------------------------------------------------


def picture(level="yellow", **facts):
    return {"place": "一楼大厅", "what": "要求退费", "level": level, "proposed_level": "", "facts": facts}


def test_what_was_told_is_compared_line_by_line():
    first = TimeTold(NINE, "甲", picture(headcount={"low": 30, "high": 30}))
    second = TimeTold(NINE + timedelta(hours=1), "乙", picture(headcount={"low": 40, "high": 40}))

    known = picture("red", headcount={"low": 45, "high": 45}, casualties={"injured": 1})
    lines = {line.fact: line for line in compare(known, [second, first], CITY)}

    assert list(lines) == ["level", "place", "what", "headcount", "casualties"]
    count = lines["headcount"]
    assert (count.known, count.told, count.differs, count.told_by) == ("45", "40", True, "乙")
    hurt = lines["casualties"]
    assert (hurt.told, hurt.differs, hurt.told_by, hurt.told_at) == ("", True, "", None)
    assert not lines["place"].differs
    assert lines["level"].differs
    assert differences(lines.values()) == 3


def test_a_level_that_is_only_proposed_is_told_as_such():
    proposed = {**picture(""), "proposed_level": "red"}

    lines = {line.fact: line for line in compare(proposed, [TimeTold(NINE, "甲", proposed)], CITY)}

    assert "level" not in lines
    assert (lines["proposed_level"].known, lines["proposed_level"].differs) == ("红色", False)


def test_where_nothing_was_told_everything_is_new():
    lines = compare(picture(headcount={"low": 3, "high": 3}), [], CITY)

    assert [line.differs for line in lines] == [True] * 4
    assert {line.told for line in lines} == {""}


def test_a_fact_that_nobody_reported_is_not_known_as_none():
    line = next(line for line in compare(picture(life_risk=[]), [], CITY) if line.fact == "life_risk")

    assert line.known == "未报告"


def test_what_was_told_and_is_known_no_more_is_a_difference():
    told = TimeTold(NINE, "甲", picture(urgent=True))

    line = next(line for line in compare(picture(), [told], CITY) if line.fact == "urgent")

    assert (line.known, line.differs) == ("", True)
