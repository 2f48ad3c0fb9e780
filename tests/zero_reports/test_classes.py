"""The classes of disputes are the plan's: what is offered, what is refused, and what they are called afterwards."""

import json

import pytest
from django.utils import translation

from cases.official_forms import actions as official
from cases.official_forms.models import OfficialForm
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from common.errors import Invalid
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion
from zero_reports.filing import classes
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.choices import Answer
from zero_reports.filing.models import ZeroReport
from zero_reports.rollups.queries import class_words
from zero_reports.templatetags.classes import counts_label

RULES = "plans/library/county-zero-report-and-cases.yaml"
OWN = """  classes:
    - {id: land, zh: 征地拆迁, en: Land and demolition}
    - {id: water, zh: 水利纠纷, en: Water}
"""


@pytest.fixture
def water(plan, settings, now, monkeypatch):
    """Working rules of the bureau that screen for two classes, one of them its own."""
    monkeypatch.setattr(classes, "_named", {})
    text = (settings.BASE_DIR / RULES).read_text()
    begin, end = text.index("  classes:"), text.index("  escalate:")
    version = load_plan(text=text[:begin] + OWN + text[end:], actor=None, now=now)
    # Its days and its reviewer are the business of the plans' own tests.
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)


@pytest.fixture
def file(reach, units, now):
    def file(*items):
        return file_report(
            reach=reach("village111.informant"), unit=units["V111"], period=period_of(DAILY, day_of(now)),
            answer=Answer.ITEMS, items=items, now=now,
        )  # fmt: skip

    return file


def test_the_form_offers_the_classes_of_the_plan(water, signed_in):
    page = signed_in("village111.informant").get("/report/V111/2026-11-22/items/").content.decode()

    assert "水利纠纷" in page
    assert 'value="water"' in page
    assert 'value="labour"' not in page


def test_where_no_plan_screens_the_shipped_ones_are_offered(plan, units, now):
    assert list(classes.classes_at(units["V111"], now))[-1] == "legal"


def test_a_class_the_plan_does_not_have_is_refused_and_the_others_are_named(water, file, signed_in):
    with pytest.raises(Invalid, match="labour.*land, water"):
        file(Item("labour", 1))
    body = {"answer": "items", "items": [{"class": "labour"}]}
    answer = signed_in("village111.informant").put(
        "/api/v1/zero-reports/V111/2026-11-22/", json.dumps(body), "application/json",
        headers={"Idempotency-Key": "one", "If-Match": '"0"'},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_class")
    assert not ZeroReport.objects.exists()


def test_a_correction_may_keep_a_class_that_the_plan_has_given_up(plan, settings, file, now, request):
    file(Item("labour", 1))
    request.getfixturevalue("water")

    assert file(Item("labour", 2)).version == 2
    with pytest.raises(Invalid):
        file(Item("legal", 1))


def test_what_was_reported_is_called_as_its_plan_calls_it(water, file, units, now):
    [item] = file(Item("water", 3)).items.all()

    assert item.class_name == "水利纠纷"
    with translation.override("en"):
        assert item.class_name == "Water"
        assert class_words({"water": 3, "land": 1, "incident": 2}) == [
            ("Land and demolition", 1), ("Water", 3), ("Incidents", 2),
        ]  # fmt: skip
    assert classes.class_label("nobody's") == "nobody's"


def test_counts_of_several_classes_stand_in_one_line():
    with translation.override("en"):
        assert counts_label([("land", 1), ("labour", 2)]) == "Land and demolition × 1, Labour × 2"
    assert counts_label([]) == ""


def test_the_statistics_form_counts_the_classes_of_the_plan(water, units, reach, now, signed_in):
    duty = reach("county1.duty")
    official.begin_form(reach=duty, kind="F1", unit=units["C1"], day=day_of(now), now=now)

    form = OfficialForm.objects.get()
    assert [name for name in form.fields if name.startswith("found_")] == ["found_land", "found_water"]
    assert ("水利纠纷", "0") in form.rows
    assert "水利纠纷" in signed_in("county1.duty").get(f"/reports/forms/{form.number}/").content.decode()
