import pytest
from django.conf import settings

from cases.demands.actions import register_demand
from tests.incidents.conftest import alarm
from tests.zero_reports.conftest import file, morning, noon, today

__all__ = ["alarm", "file", "morning", "noon", "today"]


@pytest.fixture
def reception(cast, units, now):
    """Plan 002 of the library, in force in county 1 with its clocks."""
    from plans.lifecycle.actions import load_plan
    from plans.lifecycle.models import PlanVersion

    text = (settings.BASE_DIR / "plans/library/unit-petition-reception.yaml").read_text()
    version = load_plan(text=text, actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)
    version.refresh_from_db()
    return version


@pytest.fixture
def register(reception, reach, units, now):
    def make(username="county1.duty", at=now, **words):
        given = {"unit": units["C1"], "origin": "counter", "point": "公证费退还", **words}
        return register_demand(reach=reach(username), now=at, **given)

    return make
