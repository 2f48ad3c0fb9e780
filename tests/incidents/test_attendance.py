"""Bands of an attendance plan beside the incident's own: who of other agencies attends, on the page."""

from datetime import timedelta

import pytest
from django.conf import settings

from common.dates.local_time import day_of
from incidents.models import Incident
from incidents.queries import attendance
from plans.document.campaigns import Term
from plans.lifecycle.actions import load_plan

NAME = "county-joint-attendance.yaml"


@pytest.fixture
def campaign(cast, units, now):
    """campaign(first, last) → the attendance plan of county 1, in force for these days from today."""

    def enable(first=0, last=3, **more):
        day = day_of(now)
        term = Term(
            day + timedelta(days=first), day + timedelta(days=last), "县政府门前", cast["county1.deputy"]
        )
        text = (settings.BASE_DIR / "plans/library" / NAME).read_text()
        return load_plan(
            text=text, actor=None, now=now, owner=units["C1"], term=term, put_in_force=True, **more
        )

    return enable


@pytest.mark.parametrize(
    ("headcount", "band", "lead"),
    [(9, "band1", "local_police_station_head"), (10, "band2", "patrol_special_and_public_order_unit_heads"),
     (49, "band3", "police_duty_bureau_leader"), (50, "band4", "police_bureau_principal")],
)  # fmt: skip
def test_the_band_follows_the_headcount(alarm, campaign, now, headcount, band, lead):
    campaign()
    (found,) = attendance(alarm(headcount=headcount, unit="T11"), now)

    assert found.proposal.level.id == band
    assert [role.name for role in found.attending.lead] == [lead]


@pytest.mark.parametrize(("language", "words"), [("zh-hans", ("第三档", "县公安局带班局领导", "到场处置")),
                                                 ("en", ("Band 3", "Duty leader of the county police bureau", "Attendance"))])  # fmt: skip
def test_the_page_shows_band_and_who_attends(alarm, campaign, signed_in, language, words):
    incident = alarm(headcount=30)
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language
    address = f"/incidents/{incident.number}/"
    assert words[0] not in browser.get(address).content.decode()

    # The page asks the real clock.
    campaign(last=4000)

    page = browser.get(address).content.decode()
    for said in words:
        assert said in page
    # The incident's own level stays that of its own plan.
    incident.refresh_from_db()
    assert incident.proposed_level == "orange"


def test_only_on_its_days_and_in_its_county(alarm, campaign, now):
    inside, outside = alarm(headcount=30), alarm("county2.duty", headcount=30, unit="C2")
    campaign(first=1, last=2)

    assert attendance(inside, now) == []
    assert len(attendance(inside, now + timedelta(days=1))) == 1
    assert attendance(inside, now + timedelta(days=3)) == []
    assert attendance(outside, now + timedelta(days=1)) == []


def test_it_costs_one_query(alarm, campaign, now, django_assert_num_queries):
    incident = alarm(headcount=30)
    campaign()
    attendance(incident, now)

    incident = Incident.objects.select_related("unit", "plan").get(pk=incident.pk)
    with django_assert_num_queries(1):
        attendance(incident, now)
        attendance(incident, now)
