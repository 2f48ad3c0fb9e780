"""The plans' tables go forward on a filled database: nothing is lost, and earlier days get their steps."""

import json

import pytest

from tests.processes import environment, manage, python

pytestmark = [pytest.mark.slow, pytest.mark.embedded_only]

FILL = """
import django
django.setup()
from datetime import datetime, timedelta, timezone
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

executor = MigrationExecutor(connection)
executor.migrate([("plans", "0001_initial")])
apps = MigrationExecutor(connection).loader.project_state([("plans", "0001_initial")]).apps
Plan, Version, Text = (apps.get_model("plans", name) for name in ("Plan", "PlanVersion", "PlanText"))
then = datetime(2026, 1, 5, tzinfo=timezone.utc)
plan = Plan.objects.create(plan_id="old", title_zh="旧预案")
states = [("superseded", then, then + timedelta(days=9)), ("in_force", then + timedelta(days=9), None), ("draft", None, None)]
for number, (state, begun, ended) in enumerate(states, start=1):
    version = Version.objects.create(plan=plan, version=number, ref=f"old@{number}", sha256="0" * 64, state=state,
                                     loaded_at=then, in_force_from=begun, in_force_to=ended)
    Text.objects.create(version=version, source=f"version: {number}", document={"id": "old", "version": number})
"""

LOOK = """
import json
from plans.lifecycle.models import PlanStep, PlanText, PlanVersion
from plans.lifecycle.queries import plan_list
print(json.dumps({
    "states": list(PlanVersion.objects.filter(plan__plan_id="old").order_by("version").values_list("state", flat=True)),
    "steps": [f"{step.version.version} {step.state}" for step in PlanStep.objects.filter(version__plan__plan_id="old").select_related("version").order_by("version__version", "pk")],
    "texts": list(PlanText.objects.filter(version__plan__plan_id="old").order_by("version__version").values_list("source", flat=True)),
    "listed": [version.ref for version in plan_list()],
    "days": list(PlanVersion.objects.values_list("valid_from", "place").distinct()),
}))
"""


def test_forward_on_a_filled_database(tmp_path):
    env = environment(tmp_path)
    python(FILL, env=env)

    manage("migrate", "--verbosity", "0", env=env)

    found = json.loads(python(LOOK, env=env).splitlines()[-1])
    assert found["states"] == ["superseded", "in_force", "draft"]
    assert found["steps"] == ["1 draft", "1 filed", "1 in_force", "1 superseded", "2 draft", "2 filed", "2 in_force", "3 draft"]  # fmt: skip
    assert found["texts"] == ["version: 1", "version: 2", "version: 3"]
    # The statute holds in every installation, beside what the bureau had.
    assert found["listed"] == ["cn-law-petition-2022@1", "old@2"]
    assert found["days"] == [[None, ""]]
