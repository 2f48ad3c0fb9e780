"""The statute's time limits are in force in every installation from the first migration on."""

import json

import pytest
from django.apps import apps

from clocks.models import ClockRule
from journal.models import Entry
from plans.document import statute
from plans.document.clock_rules import runs
from plans.document.sections import clocks_of
from plans.lifecycle import seed
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import Plan, PlanStep, PlanVersion
from plans.lifecycle.queries import overlays
from tests.processes import environment, migrate, python

LAW = "cn-law-petition-2022"


@pytest.fixture
def filled(db, now):
    """As the migration leaves it; a test that committed before may have emptied the tables."""
    seed.fill(apps.get_model, now=now)
    return PlanVersion.objects.select_related("plan").get(plan__plan_id=LAW)


def test_it_is_a_version_in_force_with_its_text_and_rules(filled, now):
    assert (filled.state, filled.plan.kind, filled.ref) == ("in_force", "statutory_overlay", f"{LAW}@1")
    assert filled.text.source == statute.SHIPPED.read_text("utf-8")
    assert filled.document == statute.shipped()
    assert [version.pk for version in overlays(now)] == [filled.pk]
    expected = {line.id for line in clocks_of(statute.shipped()) if runs(line)}
    assert set(ClockRule.objects.filter(plan=filled.ref).values_list("clock_id", flat=True)) == expected
    assert list(PlanStep.objects.filter(version=filled).order_by("pk").values_list("state", flat=True)) == [
        "draft", "filed", "in_force",
    ]  # fmt: skip


def test_a_second_filling_changes_nothing(filled, now):
    seed.fill(apps.get_model, now=now)

    assert (
        Plan.objects.filter(plan_id=LAW).count() == PlanVersion.objects.filter(plan__plan_id=LAW).count() == 1
    )


def test_loading_the_shipped_text_gives_the_version_that_is_there(filled, now):
    before = Entry.objects.count()

    again = load_plan(text=statute.SHIPPED.read_bytes(), actor=None, now=now, put_in_force=True)

    assert again == filled
    assert Entry.objects.count() == before


def test_a_newer_version_takes_its_place(filled, now):
    text = statute.SHIPPED.read_text("utf-8").replace("version: 1\n", "version: 2\n", 1)

    newer = load_plan(text=text, actor=None, now=now, put_in_force=True)

    assert [version.pk for version in overlays(now)] == [newer.pk]
    filled.refresh_from_db()
    assert filled.state == "superseded"


def test_it_stands_in_the_list_of_plans(filled, cast, signed_in):
    page = signed_in("county1.duty").get("/plans/").content.decode()

    assert f"/plans/{LAW}/" in page


LOOK = """
import json
import django
django.setup()
from datetime import datetime, timezone
from django.db import transaction
from clocks.actions import record_with_clocks
from clocks.models import Clock
from plans.lifecycle.models import PlanVersion
now = datetime(2026, 11, 22, 1, tzinfo=timezone.utc)
with transaction.atomic():
    record_with_clocks("petition.accepted", subject="incident:1", actor=None, at=now)
print(json.dumps({
    "plans": list(PlanVersion.objects.values_list("ref", "state")),
    "clocks": list(Clock.objects.values_list("clock_id", "plan")),
}))
"""


@pytest.mark.slow
@pytest.mark.embedded_only
def test_a_fresh_installation_counts_by_the_law(tmp_path):
    env = environment(tmp_path, DEMO="0")
    migrate(env)

    found = json.loads(python(LOOK, env=env).splitlines()[-1])

    assert found == {"plans": [[f"{LAW}@1", "in_force"]], "clocks": [["LP-34", f"{LAW}@1"]]}
