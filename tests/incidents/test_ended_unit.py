"""A unit that ended at midnight: its alarms go to who took over, or to the unit above, and are never refused for that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Appointment, Reform, Unit
from accounts.posts.actions import appoint_person, post_in
from accounts.reform.actions import carry_out_due
from common.dates.local_time import day_of
from dashboards.journal.timeline import text_of
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from journal.models import Entry
from journal.record import content_of
from plans.engine.facts import Facts


@pytest.fixture
def reform(plan, units, cast, now, wall_clock):
    """reform("V111", into=["V119"]) → the day after, when the units of these codes have taken over."""

    def carry_out(*olds, into=()):
        day = day_of(now + timedelta(days=1))
        Reform.objects.create(
            day=day, olds=[units[code].pk for code in olds], suffix="-27", reason="撤并",
            news=[{"code": code, "name": f"新{code}", "name_en": "", "parent": ""} for code in into],
            planned_by=cast["city.sysadmin"], planned_at=now,
        )  # fmt: skip
        wall_clock.shift(timedelta(days=1))
        assert carry_out_due(timezone.now()) == 1
        return timezone.now()

    return carry_out


def raise_alarm(reach, username, unit, at, **more):
    unit = Unit.objects.get(pk=unit.pk)
    given = Alarm(unit=unit, place="村口", what="来访", client_id="a1", facts=Facts.from_dict({}), **more)
    return report_incident(reach=reach(username, at), alarm=given, now=at)[0]


def test_it_goes_to_the_successor_and_the_record_says_so(reform, reach, units):
    tomorrow = reform("V111", into=["V119"])

    incident = raise_alarm(reach, "village111.informant", units["V111"], tomorrow)

    assert incident.unit.code == "V119"
    assert incident.number.startswith("V119-")
    content = content_of(Entry.objects.get(kind="incident.reported"))
    assert content["named_unit"] == {"code": "V111", "name": units["V111"].name, "goes_to": "V119"}
    assert "V111" in text_of(content)
    assert "V119" in text_of(content)


def test_without_a_successor_it_goes_to_the_unit_above(reform, reach, units):
    tomorrow = reform("V111")

    assert raise_alarm(reach, "village111.informant", units["V111"], tomorrow).unit.code == "T11"


def test_of_several_successors_none_is_guessed(reform, reach, units):
    tomorrow = reform("V111", into=["V117", "V118"])

    assert raise_alarm(reach, "village111.informant", units["V111"], tomorrow).unit.code == "T11"


def test_of_several_successors_it_is_the_one_where_the_reporter_works(reform, reach, units, cast):
    tomorrow = reform("V111", into=["V117", "V118"])
    new = Unit.objects.get(code="V118")
    appoint_person(
        person=cast["village111.informant"],
        post=post_in(unit=new, kind="informant"),
        actor=None,
        now=tomorrow,
    )

    assert raise_alarm(reach, "village111.informant", units["V111"], tomorrow).unit.code == "V118"


def test_an_alarm_kept_on_the_telephone_since_yesterday_is_taken_although_the_post_ended_too(
    reform, api, units, cast, now
):
    tomorrow = reform("V111", into=["V119"])
    Appointment.objects.filter(person=cast["village111.informant"]).update(
        valid_to=tomorrow - timedelta(hours=1)
    )
    body = {"client_id": "kept", "unit": "v111", "what": "来访", "known_at": now.isoformat()}

    answers = [api("village111.informant").post("alarms/", body, key=key) for key in ("k1", "k2")]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["unit"] == "V119"
    assert "V119" in answers[0].json()["note"]
    assert answers[1].json()["note"] == answers[0].json()["note"]


def test_somebody_elses_ended_unit_is_still_refused(reform, api, units):
    reform("V111", into=["V119"])

    answer = api("county2.duty").post("alarms/", {"client_id": "x", "unit": "V111"})

    assert answer.status_code == 403
    assert not Incident.objects.exists()


def test_the_page_offers_who_took_over_first_and_takes_what_an_older_page_sends(reform, signed_in, units):
    reform("V111", into=["V119"])
    browser = signed_in("village111.informant")

    page = browser.get("/alarm/")
    assert [unit.code for unit in page.context["form"].fields["unit"].queryset] == ["V119", "T11", "C1", "C0"]
    assert page.context["form"].initial["unit"].code == "V119"

    sent = browser.post("/alarm/", {"unit": "V111", "idempotency_key": "older"}, follow=True)
    assert Incident.objects.get().unit.code == "V119"
    assert "V111" in sent.content.decode()


def test_the_duty_rooms_form_offers_only_units_that_exist(reform, signed_in):
    reform("V111", into=["V119"])

    page = signed_in("county1.duty").get("/incidents/new/")

    codes = {unit.code for unit in page.context["form"].fields["unit"].queryset}
    assert "V119" in codes
    assert "V111" not in codes
