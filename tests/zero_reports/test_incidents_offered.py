"""What a unit has recorded is offered to it, not asked again."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import Invalid
from tests.incidents.conftest import alarm  # noqa: F401
from zero_reports.counts.queries import asked_now
from zero_reports.filing.actions import Item, items_in
from zero_reports.filing.models import ReportItem, ZeroReport


@pytest.fixture
def incident(alarm):  # noqa: F811
    return alarm("town11.clerk", unit="T11", what="两户到所反映补偿标准")


def test_todays_incident_of_the_unit_is_offered(incident, reach, units, now):
    (asked,) = asked_now(reach("town11.clerk"), units["T11"], now)

    assert asked.incidents == [incident]


@pytest.mark.parametrize(
    ("unit", "days"),
    [("V111", 0), ("C1", 0), ("T11", 1)],
    ids=["a unit below", "a unit above", "the next day"],
)
def test_other_units_and_other_days_are_not_offered_it(incident, reach, units, now, unit, days):
    at = now + timedelta(days=days)

    assert asked_now(reach("city.duty", at), units[unit], at)[0].incidents == []


def test_one_tap_reports_the_incident_as_it_is(incident, clerk, reach, units, today):
    page = clerk.get("/report/").content.decode()
    form = page[page.index('id="offered-T11') :]
    fields = dict(
        re.findall(
            r'<input\s+type="hidden"\s+name="([\w.]+)"\s+value="([^"]*)"', form[: form.index("</form>")]
        )
    )
    del fields["csrfmiddlewaretoken"]

    answer = clerk.post("/report/T11/2026-11-22/items/", fields)

    assert answer.status_code == 303
    assert items_in(ZeroReport.objects.get()) == [Item(incident=incident.number)]
    assert incident.number in clerk.get("/report/T11/2026-11-22/").content.decode()


def test_in_a_flood_five_stand_open_and_one_tap_reports_all(alarm, clerk):  # noqa: F811
    """The rest is behind a line that opens: the button stays in reach on a telephone."""
    numbers = [alarm("town11.clerk", unit="T11", what=f"第{n}件").number for n in range(7)]

    page = clerk.get("/report/").content.decode()

    seen, folded = page[: page.index('id="offered-T11')].split("<details>\n", 1)
    assert re.findall(r"<li>(T11-\S+)", seen) + re.findall(r"<li>(T11-\S+)", folded) == numbers
    assert seen.count("<li>T11-") == 5
    assert re.search(r"<summary>\s*2 more\s*</summary>", folded)
    assert all(f'value="{number}"' in page for number in numbers)


def test_an_unticked_incident_is_not_reported(incident, clerk):
    fields = {"items.0.class": "land", "items.0.count": "1", "items.0.note": ""}

    clerk.post("/report/T11/2026-11-22/items/", fields)

    assert items_in(ZeroReport.objects.get()) == [Item("land", 1)]


def test_the_same_incident_by_the_same_person_again_is_the_same_report(incident, file):
    item = Item(incident=incident.number)

    first = file("town11.clerk", "T11", items=[item])

    assert file("town11.clerk", "T11", items=[item]).pk == first.pk


@pytest.mark.parametrize("number", ["C9-20261122-001", "other"])
def test_an_incident_of_another_unit_is_refused(incident, alarm, file, number):  # noqa: F811
    other = alarm("county2.duty", unit="C2")
    number = other.number if number == "other" else number

    with pytest.raises(Invalid) as refusal:
        file("town11.clerk", "T11", items=[Item(incident=number)])

    assert refusal.value.code == "unknown_incident"


def test_the_same_incident_twice_is_refused(incident, file):
    item = Item(incident=incident.number)

    with pytest.raises(Invalid):
        file("town11.clerk", "T11", items=[item, item])


def test_the_database_refuses_the_same_incident_twice_in_one_report(incident, file):
    report = file("town11.clerk", "T11", items=[Item(incident=incident.number)])

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportItem.objects.create(report=report, incident=incident, count=1)
