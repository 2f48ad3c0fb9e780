import pytest
from django.conf import settings

from plans.document.response import owed_at, response_rules
from plans.document.sections import (
    actions_for,
    arrive_within,
    categories_of,
    checklists_of,
    clock_of,
    clocks_of,
    role_of,
    signatory_roles,
    squads_of,
)
from plans.document.strict_yaml import read

SIGNATORIES = [
    "judicial_office_head",
    "county_bureau_director",
    "city_bureau_deputy_director",
    "city_bureau_director",
]


@pytest.mark.parametrize(
    ("level", "chain"),
    [
        ("blue", SIGNATORIES),
        ("yellow", SIGNATORIES[1:]),
        ("orange", SIGNATORIES[2:]),
        ("red", SIGNATORIES[3:]),
    ],
)
def test_level_is_signed_by_its_role_and_then_by_the_higher_ones(city, level, chain):
    assert [role.name for role in signatory_roles(city, level)] == chain


def test_signatory_roles_mean_posts_at_tiers(city):
    assert [(role.tier, role.post) for role in signatory_roles(city, "blue")] == [
        ("township", "office_head"),
        ("county", "director"),
        ("city", "deputy_director"),
        ("city", "director"),
    ]


def test_red_reports_to_two_recipients(city):
    red, orange = actions_for(city, "red"), actions_for(city, "orange")

    assert [role.words.zh for role in red.report_to] == ["市委政法委", "省司法厅"]
    assert all(role.kind == "external" for role in red.report_to)
    assert orange.report_to == ()


def test_every_level_tells_platform_and_first_responder(city):
    for level in ("red", "orange", "yellow", "blue"):
        actions = actions_for(city, level)

        assert actions.platform is True
        assert [role.name for role in actions.phone] == ["first_responder"]


@pytest.mark.parametrize(
    ("level", "tier", "zh"),
    [
        ("red", "city_overall", "特大：同步启动市级总体应急预案"),
        ("orange", "city", "重大：市级统筹"),
        ("yellow", "raised", "较大：提级办理"),
        ("blue", "territorial", "一般：属地化解"),
    ],
)
def test_handling_tier_of_each_level(city, level, tier, zh):
    handling = actions_for(city, level).handling

    assert (handling.tier, handling.words.zh, handling.cite) == (tier, zh, "§1.4(3)")


def test_duty_leader_signs_blue_where_there_is_no_judicial_office(city):
    assert actions_for(city, "blue").where_absent.post == "duty_leader"
    assert actions_for(city, "yellow").where_absent is None


def test_the_two_three_minute_clocks_are_two(city):
    found, pushed = clock_of(city, "C000-1"), clock_of(city, "C000-2")

    assert (found.start, found.stop, found.duration, found.cite) == (
        "incident.discovered", "incident.reported", "PT3M", "§4.1",
    )  # fmt: skip
    assert (pushed.start, pushed.stop, pushed.duration, pushed.cite) == (
        "warning.signed", "warning.pushed_to_platform", "PT3M", "§2.4",
    )  # fmt: skip


def test_upward_report_clock_runs_at_red_only(city):
    at = {
        level: {clock.id for clock in actions_for(city, level).clocks} for level in ("red", "orange", "blue")
    }

    assert "C000-4" in at["red"]
    assert "C000-4" not in at["orange"] | at["blue"]


def test_clocks_of_the_city_plan(city):
    assert [
        (clock.id, clock.duration, clock.per, clock.effect, clock.origin) for clock in clocks_of(city)
    ] == [
        ("C000-1", "PT3M", "subject", "", "source"),
        ("C000-2", "PT3M", "subject", "", "source"),
        ("C000-3", "PT3M", "thread", "", "source"),
        ("C000-4", "PT3M", "thread", "", "proposal"),
        ("C000-5", "PT30M", "subject", "", "source"),
        ("C000-6", "given", "subject", "", "source"),
        ("C000-P1", "PT2M", "subject", "signoff.escalate", "proposal"),
        ("C000-P2", "PT4M", "subject", "signoff.escalate", "proposal"),
        ("C000-P3", "PT5M", "subject", "order.chase", "proposal"),
        ("C000-P4", "given", "subject", "order.chase", "proposal"),
        ("C000-P5", "given", "thread", "", "proposal"),
        ("C000-P6", "given", "thread", "", "proposal"),
        ("C000-P7", "PT2H", "subject", "", "proposal"),
        ("C000-P8", "PT5M", "subject", "", "proposal"),
        ("C000-P9", "P15D", "thread", "", "proposal"),
        ("C000-P10", "P15D", "thread", "", "proposal"),
        ("C000-P11", "P30D", "thread", "", "proposal"),
        ("C000-P12", "P30D", "thread", "", "proposal"),
    ]


def test_signoff_goes_to_the_deputy_and_then_one_level_up(city):
    assert [(clock.duration, clock.to) for clock in actions_for(city, "blue").signoff] == [
        ("PT2M", "deputy"),
        ("PT4M", "next_higher"),
    ]


def test_zero_report_has_a_cutoff_the_bureau_sets(city):
    clock = clock_of(city, "C000-6")

    assert (clock.recurrence, clock.cutoff, clock.cutoff_origin) == ("daily", "17:30", "proposal")
    assert clock.tiers == ("city", "county", "township", "village")


def test_orders_have_a_time_to_arrive(city):
    assert arrive_within(city, "squad") == "PT30M"
    assert arrive_within(city, "first_responder") == "PT15M"
    assert arrive_within(city, "expert") == ""


def test_five_squads(city):
    assert [(squad.id, squad.words.zh, len(squad.duties)) for squad in squads_of(city)] == [
        ("perimeter", "稳控专班", 2),
        ("dialogue", "对话专班", 3),
        ("public_info", "舆情专班", 2),
        ("support", "保障专班", 7),
        ("inquiry", "调查专班", 3),
    ]


def test_life_comes_first_and_holds_back_accountability(city):
    first = checklists_of(city)[0].items[0]

    assert first.words.zh.startswith("有自伤或人身危险先救人：立即拨打120")
    assert first.blocks == ("accountability_steps",)
    assert [item.cite for item in checklists_of(city)[0].items] == [
        "§4.2(2) §1.4(2)", "§4.2(1)", "§4.2(3)", "§4.2(4)",
    ]  # fmt: skip


def test_seven_categories(city):
    assert [category.id for category in categories_of(city)] == [f"R{n}" for n in range(1, 8)]


def test_everything_of_the_city_plan_is_said_in_both_languages(city):
    for level in ("red", "orange", "yellow", "blue"):
        actions = actions_for(city, level)
        entries = [*actions.signatories, *actions.squads, *actions.checklists, *actions.clocks, actions.handling,
                   *(item for checklist in actions.checklists for item in checklist.items), *categories_of(city)]  # fmt: skip

        assert all(entry.words.zh != entry.words.en for entry in entries)


def test_role_without_an_entry_is_held_by_nobody(city):
    assert role_of(city, "stranger").kind == "body"


def test_unknown_level_and_clock_are_errors(city):
    with pytest.raises(KeyError):
        actions_for(city, "violet")
    with pytest.raises(KeyError):
        clock_of(city, "C000-99")


def test_source_of_the_city_plan_is_marked_incomplete(city):
    assert city["source"]["complete"] is False
    assert city["source"]["truncated_at"] == "§4.2(4)"


def test_what_a_response_owes_is_read_from_the_level_and_the_plan():
    """City plan §1.4(3): red starts the city's overall plan too; nothing of it at orange."""
    document = read((settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()).value

    (also,) = owed_at(document, "red")

    assert (also.kind, also.roles, also.within) == ("tell", ("city_bureau_director",), "PT30M")
    assert also.to.zh == "市人民政府总值班室"
    assert owed_at(document, "orange") == ()


def test_an_obligation_of_a_plan_lasts_or_is_done_once():
    document = {"obligations": [{"id": "O1", "kind": "presence", "zh": "坚守现场"},
                                {"id": "O2", "kind": "record", "zh": "登记", "within": "P1D"}]}  # fmt: skip

    assert [(one.id, one.kind, one.within) for one in owed_at(document, "")] == [
        ("O1", "keep", ""),
        ("O2", "act", "P1D"),
    ]


def test_a_plan_that_says_nothing_of_its_response_leaves_it_to_the_level():
    rules = response_rules({})

    assert (rules.proposers, rules.deciders, rules.levels, rules.grades) == ((), (), (), ())
