"""Loading a plan and putting it in force: what is stored, what is recorded, what is refused."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from clocks.models import ClockRule
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from plans.lifecycle import queries
from plans.lifecycle.actions import load_plan, put_plan_in_force
from plans.lifecycle.choices import PlanState
from plans.lifecycle.models import Plan, PlanText, PlanVersion
from plans.versions.queries import history
from tests.plans.conftest import CITY_FILE

pytestmark = pytest.mark.django_db


def small_ones():
    """Versions of the small plan; the statute is there from the first migration on."""
    return PlanVersion.objects.filter(plan__plan_id="small-plan")


@pytest.fixture
def load(now):
    def load(text, **more):
        return load_plan(text=text, actor=None, now=now, **more)

    return load


@pytest.fixture
def next_version(small):
    return lambda number: small("version: 1\n", f"version: {number}\n")


def entries(kind):
    return [
        (e.kind, e.subject, e.actor, e.at, content_of(e))
        for e in Entry.objects.filter(kind=kind).order_by("pk")
    ]


def test_city_plan_is_stored_as_written_and_as_read(load, city, city_text, now):
    version = load(CITY_FILE.read_bytes())

    assert (version.ref, version.version, version.state) == (
        "cn-justice-city-petition-000@2",
        2,
        PlanState.DRAFT,
    )
    assert version.plan.title_zh == "司法局处置涉法涉诉信访工作应急预案"
    assert version.text.source == city_text
    assert version.document == city
    assert json.loads(json.dumps(version.document)) == city
    assert version.loaded_at == now


def test_loading_is_recorded(load, small, now):
    version = load(small())

    assert entries("plan.loaded") == [
        ("plan.loaded", f"plan:{version.pk}", None, now, {"plan": "small-plan@1", "sha256": version.sha256})
    ]
    assert entries("plan.in_force") == []


def test_clock_rules_are_registered_with_the_version(load):
    load(CITY_FILE.read_bytes())

    rules = {rule.clock_id: rule for rule in ClockRule.objects.filter(plan="cn-justice-city-petition-000@2")}

    assert set(rules) == {f"C000-{n}" for n in range(1, 7)} | {f"C000-P{n}" for n in range(1, 13)}
    pushed = rules["C000-2"]
    assert (pushed.start_kind, pushed.stop_kind, pushed.duration, pushed.cite, pushed.origin) == (
        "warning.signed", "warning.pushed_to_platform", "PT3M", "§2.4", "source",
    )  # fmt: skip
    assert (pushed.title_zh, pushed.title_en) == ("预警3分钟推送", "Warning pushed within three minutes")
    assert rules["C000-4"].when_level == "red"
    assert rules["C000-3"].per == "thread"
    assert (rules["C000-P1"].effect, rules["C000-P1"].origin) == ("signoff.escalate", "proposal")


def test_same_text_again_is_the_same_version(load, small):
    first, again = load(small()), load(small())

    assert first == again
    assert small_ones().count() == PlanText.objects.filter(version__in=small_ones()).count() == 1
    assert len(entries("plan.loaded")) == 1
    assert ClockRule.objects.filter(plan=first.ref).count() == 1


def test_other_text_under_the_same_number_is_refused(load, small):
    load(small())

    with pytest.raises(WrongState) as refused:
        load(small("gte: 10", "gte: 12"))

    assert refused.value.code == "plan_version_exists"
    assert small_ones().get().document["levels"][0]["match"]["any_of"][0]["gte"] == 10


def test_plan_with_problems_is_refused_with_all_of_them(load, small):
    text = small("stop: warning.lifted", "stop: warning.evaporated").replace("post: director", "post: king")

    with pytest.raises(Invalid) as refused:
        load(text)

    assert refused.value.code == "plan_has_problems"
    assert [(found["line"], found["path"]) for found in refused.value.extra["problems"]] == [
        (8, "roles.chief.post"),
        (27, "clocks[0].stop"),
    ]
    assert not Plan.objects.filter(plan_id="small-plan").exists()


def test_putting_in_force_supersedes_the_version_before(load, small, next_version, now):
    first = load(small(), put_in_force=True)
    second = load(next_version(2))
    later = now + timedelta(hours=1)

    put_plan_in_force(version_id=second.pk, actor=None, now=later)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.in_force_from, first.in_force_to) == (PlanState.SUPERSEDED, now, later)
    assert (second.state, second.in_force_from, second.in_force_to) == (PlanState.IN_FORCE, later, None)
    assert [content["plan"] for *_, content in entries("plan.in_force")] == ["small-plan@1", "small-plan@2"]


@pytest.mark.parametrize("superseded", [False, True])
def test_only_a_new_version_can_be_put_in_force(load, small, next_version, now, superseded):
    version = load(small(), put_in_force=True)
    if superseded:
        load(next_version(2), put_in_force=True)

    with pytest.raises(WrongState) as refused:
        put_plan_in_force(version_id=version.pk, actor=None, now=now)

    assert refused.value.code == "wrong_state"


def test_loading_what_is_in_force_again_changes_nothing(load, small):
    load(small(), put_in_force=True)

    assert load(small(), put_in_force=True).state == PlanState.IN_FORCE
    assert len(entries("plan.in_force")) == 1


def test_plan_without_roles_is_loaded_but_not_put_in_force(load, small):
    text = small("""roles:
  head: {zh: 所长, en: Head, post: office_head, tier: township}
  chief: {zh: 局长, en: Chief, post: director, tier: county}
""")

    with pytest.raises(WrongState) as refused, transaction.atomic():
        load(text, put_in_force=True)

    assert refused.value.code == "plan_without_roles"
    assert load(text).state == PlanState.DRAFT


def test_plan_stays_with_its_unit(load, small, next_version, units):
    load(small(), owner=units["C1"])

    with pytest.raises(WrongState) as refused, transaction.atomic():
        load(next_version(2), owner=units["C2"])

    assert refused.value.code == "plan_of_another_unit"
    assert load(next_version(2)).plan.owner_unit == units["C1"]


MAY_LOAD = [
    ("city.sysadmin", None, True),
    ("city.director", None, True),
    ("city.duty", None, False),
    ("city.audit", None, False),
    ("county1.director", None, False),
    ("county1.director", "C1", True),
    ("county1.director", "C2", False),
    ("county1.duty", "C1", False),
    ("city.director", "C1", True),
    ("village111.informant", "C1", False),
]


def test_who_may_load_a_plan(cast, units, small, now):
    for number, (who, owner, may) in enumerate(MAY_LOAD):
        text = of_unit(small, f"plan-{number}")
        given = {"text": text, "actor": cast[who], "now": now, "owner": units[owner] if owner else None}

        if may:
            assert load_plan(**given, put_in_force=True).loaded_by == cast[who]
        else:
            with pytest.raises(NotAllowed), transaction.atomic():
                load_plan(**given)


# --- what the database keeps -----------------------------------------------------------------------------


def test_database_keeps_one_version_in_force_per_plan(load, small, next_version, now):
    load(small(), put_in_force=True)
    second = load(next_version(2))

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=second.pk).update(state=PlanState.IN_FORCE, in_force_from=now)


@pytest.mark.parametrize(
    "broken",
    [
        {"state": PlanState.IN_FORCE},
        {"state": PlanState.SUPERSEDED},
        {"state": PlanState.DRAFT, "in_force_from": "now"},
        {"state": PlanState.SUPERSEDED, "in_force_from": "now", "in_force_to": "before"},
        {"state": PlanState.IN_FORCE, "in_force_from": "before", "in_force_to": "now"},
    ],
)
def test_database_keeps_state_and_dates_together(load, small, now, broken):
    version = load(small())
    moments = {"now": now, "before": now - timedelta(days=1)}

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.filter(pk=version.pk).update(**{k: moments.get(v, v) for k, v in broken.items()})


def test_database_keeps_refs_and_numbers_unique(load, small, now):
    version = load(small())

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.create(plan=version.plan, version=1, ref="other@1", sha256="x", loaded_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.create(
            plan=version.plan, version=2, ref="small-plan@1", sha256="x", loaded_at=now
        )


# --- which plan holds ------------------------------------------------------------------------------------


def of_unit(small, plan_id):
    return small("id: small-plan", f"id: {plan_id}")


def test_nearest_owner_counts(load, small, units, now):
    load(of_unit(small, "bureau"), put_in_force=True)
    load(of_unit(small, "county"), owner=units["C1"], put_in_force=True)
    load(of_unit(small, "town"), owner=units["T11"], put_in_force=True)

    found = {code: queries.plan_in_force(unit, now).plan.plan_id for code, unit in units.items()}

    assert found["C0"] == found["C2"] == found["T21"] == "bureau"
    assert found["C1"] == found["T12"] == found["V121"] == "county"
    assert found["T11"] == found["V111"] == "town"


def test_version_that_held_at_that_moment_counts(load, small, next_version, units, now):
    load(small(), put_in_force=True)
    second = load(next_version(2))
    put_plan_in_force(version_id=second.pk, actor=None, now=now + timedelta(hours=1))

    def at(hours):
        return queries.plan_in_force(units["C1"], now + timedelta(hours=hours)).ref

    assert (at(0), at(0.99), at(1), at(2)) == ("small-plan@1", "small-plan@1", "small-plan@2", "small-plan@2")
    with pytest.raises(WrongState):
        at(-1)


def test_drafts_overlays_and_neighbours_plans_do_not_count(load, small, units, now):
    load(of_unit(small, "draft"))
    load(
        of_unit(small, "overlay")
        .replace("version: 1", "version: 1\nkind: statutory_overlay")
        .replace("id: S-1", "id: L-1")
        .replace(
            "start: warning.signed, stop: warning.lifted",
            "start: demand.registered, stop: demand.reply_issued",
        ),
        put_in_force=True,
    )
    load(of_unit(small, "neighbour"), owner=units["C2"], put_in_force=True)

    with pytest.raises(WrongState) as refused:
        queries.plan_in_force(units["C1"], now)

    assert refused.value.code == "no_plan_in_force"


def test_plan_in_force_is_one_query_and_its_document_is_remembered(
    load, small, units, now, django_assert_num_queries
):
    load(small(), put_in_force=True)
    assert queries.plan_in_force(units["V111"], now).document["id"] == "small-plan"

    with django_assert_num_queries(1):
        assert queries.plan_in_force(units["V111"], now).document["levels"]


def test_versions_of_a_plan(load, small, next_version):
    first = load(small(), put_in_force=True)
    second = load(next_version(2))

    assert queries.get_version("small-plan") == first
    assert queries.get_version("small-plan", 2) == second
    assert [one for one in queries.plan_list() if one.plan == first.plan] == [first]
    assert list(history(first)) == [second, first]
    with pytest.raises(NotFound):
        queries.get_version("small-plan", 3)
    with pytest.raises(NotFound):
        queries.get_version("no-plan")


# --- the commands ----------------------------------------------------------------------------------------


def run(capsys, *args):
    call_command(*args)
    return capsys.readouterr().out


def test_check_plan_prints_lines_and_passes_with_notes(tmp_path, small, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(small("gte: 10", "gte: 12"), "utf-8")

    printed = run(capsys, "check_plan", str(file))

    assert f"{file}:13:" in printed
    assert "levels" in printed
    assert "10, 11" in printed


def test_check_plan_fails_on_a_problem(tmp_path, small, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(small("gte: 10", "gte: ten"), "utf-8")

    with pytest.raises(CommandError) as failed:
        run(capsys, "check_plan", str(file))

    assert failed.value.returncode == 1
    assert f"{file}:18:" in capsys.readouterr().out


def test_check_plan_passes_the_shipped_plan(capsys):
    assert "§4.2(4)" in run(capsys, "check_plan", str(CITY_FILE))


def test_load_plan_puts_in_force(tmp_path, small, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(small(), "utf-8")

    assert "small-plan@1" in run(capsys, "load_plan", str(file))
    assert small_ones().get().state == PlanState.IN_FORCE


def test_load_plan_for_a_unit_and_as_a_draft(tmp_path, small, units, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(small(), "utf-8")

    call_command("load_plan", str(file), "--unit", "C1", "--draft")

    version = small_ones().get()
    assert (version.plan.owner_unit, version.state) == (units["C1"], PlanState.DRAFT)


@pytest.mark.parametrize(("text", "args"), [("a: [", []), (None, []), ("ok", ["--unit", "nowhere"])])
def test_load_plan_says_what_is_wrong(tmp_path, small, text, args):
    file = tmp_path / "plan.yaml"
    if text:
        file.write_text(small() if text == "ok" else text, "utf-8")

    with pytest.raises(CommandError):
        call_command("load_plan", str(file), *args)

    assert not small_ones().exists()
