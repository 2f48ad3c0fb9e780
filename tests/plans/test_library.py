"""Every plan of the library: the table of its source, a hand-written twin over a whole grid, and its properties."""

import itertools
import random
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clocks.durations import parse
from journal.kinds import KINDS
from plans.checks import documents
from plans.document.chapters import dispute_classes_of, forms_of, report_fields_of, triggered, triggers_of
from plans.document.sections import actions_for, clocks_of, squads_of, two_person_levels
from plans.engine.evaluation import criteria_of, evaluate, levels_of
from plans.engine.facts import FACTS, Facts
from plans.lifecycle.actions import vocabulary_at
from tests.plans.strategies import facts as any_facts

LIBRARY = sorted((Path(django_settings.BASE_DIR) / "plans" / "library").glob("*.yaml"))
CITY, UNIT, BANDS, LINKAGE, RULES, LAW = (
    "cn-justice-city-petition-000",
    "cn-unit-petition-stability-002",
    "cn-county-inspection-visit-003",
    "cn-huangyan-linkage-001",
    "cn-jintan-campaign-004",
    "cn-law-petition-2022",
)


def _read(file):
    return documents.check(file.read_bytes(), vocabulary_at())


PLANS = {checked.document["id"]: checked.document for checked in map(_read, LIBRARY)}
GRADED = (CITY, UNIT, BANDS, LINKAGE)


def level(plan, **raw):
    found = evaluate(PLANS[plan], Facts.from_dict(raw)).level
    return found.id if found else None


def test_the_library_holds_six_plans():
    assert set(PLANS) == {CITY, UNIT, BANDS, LINKAGE, RULES, LAW}


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.stem)
def test_no_plan_of_the_library_has_a_problem(file):
    assert [p for p in _read(file).problems if p.severity == "problem"] == []


@pytest.mark.parametrize("plan", PLANS)
def test_every_clock_limb_and_squad_says_where_it_is_written_in_both_languages(plan):
    document = PLANS[plan]
    for clock in clocks_of(document):
        assert clock.cite or clock.origin == "proposal", clock.id
        assert clock.words.zh != clock.words.en, clock.id
        assert clock.duration == "unspecified" or parse(clock.duration)
    assert all(criterion.cite for criterion in criteria_of(document))
    for squad in squads_of(document):
        assert squad.cite
        assert squad.words.zh != squad.words.en


# --- the table of the sources ------------------------------------------------------------------------------

CALM = {"crowd_tension": "calm"}
TABLE = [
    ({"headcount": 5, **CALM}, "blue", "yellow", "band1"),
    ({"headcount": 6, **CALM}, "yellow", "orange", "band1"),
    ({"headcount": 10, **CALM}, "yellow", "orange", "band2"),
    ({"headcount": 11, "crowd_tension": "heated"}, "yellow", "red", "band2"),
    ({"headcount": 20, **CALM}, "yellow", "orange", "band3"),
    ({"headcount": 21, **CALM}, "orange", "orange", "band3"),
    ({"headcount": 50, **CALM}, "orange", "orange", "band4"),
    ({"headcount": 51, **CALM}, "red", "orange", "band4"),
    ({"headcount": 3, "joint_petitioners": 3, "acts": ["banner"]}, "yellow", "yellow", "band1"),
    ({"headcount": 1, "life_risk": ["suicide_threat"]}, "orange", "red", "band1"),
    ({"headcount": 1, "casualties": {"injured": 1}}, "red", "red", "band1"),
    ({"headcount": 0, "online_views_reported": 99_999}, "blue", "blue", "band1"),
    ({"headcount": 0, "online_views_reported": 100_000}, "orange", "blue", "band1"),
]


@pytest.mark.parametrize(("raw", "city", "unit", "bands"), TABLE)
def test_table_of_the_plans(raw, city, unit, bands):
    assert (level(CITY, **raw), level(UNIT, **raw), level(BANDS, **raw)) == (city, unit, bands)


@pytest.mark.parametrize(
    ("n", "city", "unit", "bands"),
    [(1, "blue", "blue", "band1"), (2, "blue", "blue", "band1"), (3, "blue", "yellow", "band1"),
     (9, "yellow", "orange", "band1"), (19, "yellow", "orange", "band2"), (49, "orange", "orange", "band3"),
     (1000, "red", "orange", "band4")],
)  # fmt: skip
def test_bounds_of_the_plans(n, city, unit, bands):
    assert (level(CITY, headcount=n), level(UNIT, headcount=n), level(BANDS, headcount=n)) == (
        city,
        unit,
        bands,
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [({}, "general"), ({"urgent": False}, "general"), ({"urgent": True}, "emergency"),
     ({"headcount": 500}, "general"), ({"casualties": {"injured": 1}}, "emergency"),
     ({"urgent": False, "life_risk": ["suicide_threat"]}, "emergency")],
)  # fmt: skip
def test_the_two_flows(raw, expected):
    assert level(LINKAGE, **raw) == expected


@pytest.mark.parametrize("plan", [RULES, LAW])
def test_plans_without_levels_propose_none(plan):
    assert level(plan, headcount=500, casualties={"dead": 1}) is None


def test_blue_of_the_unit_plan_is_a_repeated_demand_that_needs_coordination():
    raw = {"headcount": 2, "demand_repeat": True, "demand_class": "reasonable_needs_coordination"}

    assert [r.kind for r in evaluate(PLANS[UNIT], Facts.from_dict(raw)).reasons] == ["limb"]
    assert [r.kind for r in evaluate(PLANS[UNIT], Facts.from_dict({"headcount": 2})).reasons] == ["default"]


# --- a twin written by hand, over a grid -------------------------------------------------------------------


def _city(g):
    if g["n"] >= 51 or g["acts"] & {"storming", "smashing"} or g["hurt"]:
        return "red"
    if g["n"] >= 21 or g["views"] >= 100_000 or g["risk"] or "storming_signs" in g["acts"]:
        return "orange"
    return "yellow" if g["n"] >= 6 or g["acts"] else "blue"


def _unit(g):
    if g["risk"] or g["hurt"] or g["acts"] & {"storming", "storming_signs", "smashing"}:
        return "red"
    if g["n"] >= 11 and g["mood"] == "heated":
        return "red"
    if g["n"] >= 6:
        return "orange"
    return "yellow" if g["n"] >= 3 or g["joint"] >= 3 or g["many"] or g["acts"] else "blue"


def _bands(g):
    n = g["n"]
    return "band4" if n >= 50 else "band3" if n >= 20 else "band2" if n >= 10 else "band1"


def _linkage(g):
    return "emergency" if g["urgent"] or g["hurt"] or g["risk"] else "general"


TWINS = {
    CITY: _city,
    UNIT: _unit,
    BANDS: _bands,
    LINKAGE: _linkage,
    RULES: lambda g: None,
    LAW: lambda g: None,
}

AXES = {
    "n": [0, 1, 2, 3, 5, 6, 9, 10, 11, 19, 20, 21, 49, 50, 51, 1000],
    "acts": [
        frozenset(),
        *(frozenset({act}) for act in FACTS["acts"].choices),
        frozenset({"banner", "storming"}),
    ],
    "risk": [frozenset(), *(frozenset({risk}) for risk in FACTS["life_risk"].choices)],
    "hurt": [0, 1],
    "views": [0, 99_999, 100_000],
    "mood": ["calm", "heated"],
    "joint": [0, 3],
    "many": [False, True],
    "urgent": [False, True],
}
#: The other axes stay at their first value: 55,296 cases of every plan.
ALWAYS = {"n", "acts", "risk", "hurt", "views", "mood", "joint"}


def _facts(g):
    return Facts({
        "headcount": (g["n"], g["n"]), "acts": g["acts"], "life_risk": g["risk"],
        "casualties": {"injured": g["hurt"]} if g["hurt"] else {}, "online_views_reported": g["views"],
        "crowd_tension": g["mood"], "joint_petitioners": g["joint"], "multi_party_interest": g["many"],
        "urgent": g["urgent"],
    })  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("plan", PLANS)
def test_whole_grid_agrees_with_the_twin_written_by_hand(plan):
    document, twin = PLANS[plan], TWINS[plan]
    walked_axes = ALWAYS | {"urgent" if plan == LINKAGE else "many"}
    values = [axis if name in walked_axes else axis[:1] for name, axis in AXES.items()]
    walked = 0
    for combination in itertools.product(*values):
        g = dict(zip(AXES, combination, strict=True))
        found = evaluate(document, _facts(g)).level
        if (found.id if found else None) != twin(g):
            pytest.fail(f"{g}: {found}, by hand {twin(g)}")
        walked += 1
    assert walked == 55_296


# --- properties --------------------------------------------------------------------------------------------

plans = st.sampled_from(GRADED).map(PLANS.get)
quiet = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def _rank(document, facts):
    return evaluate(document, facts).level.rank


@given(plans, any_facts(), st.integers(0, 120), st.integers(0, 120))
@quiet
def test_more_people_never_lowers_the_level(document, facts, low, more):
    fewer = facts.updated_by(Facts.from_dict({"headcount": low}))
    larger = facts.updated_by(Facts.from_dict({"headcount": low + more}))

    assert _rank(document, larger) <= _rank(document, fewer)


@given(plans, any_facts(), any_facts())
@quiet
def test_adding_a_fact_never_lowers_the_level(document, facts, more):
    added = Facts({**more.given, **facts.given})
    for name in ("acts", "life_risk"):
        if name in facts.given and name in more.given:
            added = added.updated_by(Facts({name: facts.given[name] | more.given[name]}))

    assert _rank(document, added) <= _rank(document, facts)


@given(plans, any_facts(), st.randoms())
@quiet
def test_the_order_of_the_facts_does_not_matter(document, facts, rng):
    raw = list(facts.as_dict().items())
    rng.shuffle(raw)
    shuffled = {name: random.Random(0).sample(v, len(v)) if isinstance(v, list) else v for name, v in raw}

    assert evaluate(document, Facts.from_dict(shuffled)) == evaluate(document, facts)


@given(plans, any_facts())
@quiet
def test_every_proposal_names_the_limbs_that_lead_to_it(document, facts):
    proposal = evaluate(document, facts)
    ranks = {level.id: level.rank for level in levels_of(document)}

    assert proposal.reasons
    assert proposal.level.rank == min(ranks[reason.level] for reason in proposal.reasons)
    for reason in proposal.reasons:
        assert reason.cite
        assert reason.rule.zh
        assert reason.rule.en


@given(st.sampled_from([PLANS[RULES], PLANS[LAW]]), any_facts())
@quiet
def test_a_plan_without_levels_has_no_reasons_either(document, facts):
    assert evaluate(document, facts).reasons == ()


# --- figures of the sources --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (LINKAGE, "C001-1 PT30M|C001-2 PT24H|C001-3 immediate|C001-4 timely|C001-5 unspecified"),
        (UNIT, "C002-1 P3D|C002-2 unspecified|C002-3 P5D|C002-4 P1D|C002-5 immediate|C002-6 same_day_24h00|"
               "C002-7 P3D|C002-8 P7D|C002-9 PT30M|C002-10 P30D|C002-11 unspecified|C002-12 unspecified|"
               "C002-13 unspecified"),
        (BANDS, "C003-1 PT15M|C003-2 PT15M|C003-3 PT1H|C003-4 immediate"),
        (RULES, "C004-1 unspecified|C004-2 unspecified|C004-3 unspecified|C004-4 unspecified|"
                "C004-5 same_day_24h00|C004-6 2WD|C004-7 P60D|C004-8 P90D|C004-9 P3D|C004-10 unspecified|"
                "C004-11 30WD|C004-12 20WD"),
        (LAW, "LP-22 P15D|LP-23a P15D|LP-23b P15D|LP-23c 5WD|LP-34 P60D|LP-34x unspecified|LP-35a P30D|"
              "LP-35b P30D|LP-36a P30D|LP-36b P30D"),
    ],
)  # fmt: skip
def test_clocks_of_the_sources(plan, expected):
    source = [clock for clock in clocks_of(PLANS[plan]) if "-P" not in clock.id[3:]]

    assert "|".join(f"{clock.id} {clock.duration}" for clock in source) == expected


def test_extensions():
    extended = {clock.id: (clock.extends, clock.max_extension)
                for plan in (RULES, LAW) for clock in clocks_of(PLANS[plan]) if clock.extends}  # fmt: skip

    assert extended == {"C004-8": ("C004-7", "P30D"), "LP-34x": ("LP-34", "P30D")}


def test_who_attends_at_which_headcount():
    entries = {entry["id"]: entry for entry in PLANS[BANDS]["levels"]}

    assert [entries[f"band{n}"]["attend_lead"] for n in (4, 3, 2, 1)] == [
        "police_bureau_principal", "police_duty_bureau_leader", "patrol_special_and_public_order_unit_heads",
        "local_police_station_head",
    ]  # fmt: skip
    assert [len(entries[f"band{n}"].get("attend_support", [])) for n in (4, 3, 2, 1)] == [4, 3, 0, 0]


def test_signatories_of_flows_and_unit_levels():
    flows = {
        entry: actions_for(PLANS[LINKAGE], entry).signatories[0].name for entry in ("emergency", "general")
    }

    assert flows == {"emergency": "leading_group_leader", "general": "emergency_office_director"}
    assert [actions_for(PLANS[UNIT], entry).signatories[0].name for entry in ("red", "orange", "yellow", "blue")] == [
        "principal_leader", "executive_deputy_leader", "deputy_leader", "responsible_unit",
    ]  # fmt: skip
    assert two_person_levels(PLANS[LINKAGE]) == ()


def test_lists_that_other_rooms_ask_for():
    assert [line.id for line in dispute_classes_of(PLANS[RULES])] == [
        "land", "projects", "enterprise", "environment", "school_health", "labour", "legal",
    ]  # fmt: skip
    assert [line.id for line in forms_of(PLANS[RULES])] == ["F1", "F2", "F3", "F4", "F5", "F8"]
    assert [line.id for line in report_fields_of(PLANS[LINKAGE], "incident_report")] == [
        "time", "place", "course", "result", "current_situation", "measures_taken", "command_contact", "other",
    ]  # fmt: skip
    assert report_fields_of(PLANS[CITY], "incident_report") == ()


def test_twenty_joint_petitioners_trigger_a_leader_case():
    at = {
        n: [t.line.id for t in triggered(PLANS[RULES], Facts.from_dict({"joint_petitioners": n}))]
        for n in (19, 20)
    }

    assert at == {19: [], 20: ["T4"]}
    kinds = [trigger.leads_to for trigger in triggers_of(PLANS[RULES])]
    assert [kinds.count(kind) for kind in ("major_situation", "leader_case", "inquiry")] == [5, 6, 5]


def test_no_list_of_persons_is_in_any_plan():
    """What the sources ask for about named persons stands under `excluded` and nowhere else."""
    for plan, document in PLANS.items():
        asked = {key: value for key, value in document.items() if key != "excluded"}
        for form in asked.get("forms", ()):
            assert form["in_scope"] is not True or "重点人员" not in form["zh"], plan


def test_every_kind_that_is_noted_by_hand_is_named_by_a_plan_of_the_library():
    named = {kind for document in PLANS.values() for clock in document.get("clocks", ())
             for kind in (clock.get("start"), clock.get("stop"), clock.get("before"))}  # fmt: skip

    assert {kind.name for kind in KINDS.values() if kind.by_hand} <= named
