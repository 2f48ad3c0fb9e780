"""A danger that returns or grows tells again; merging unites what is known; no record of an alert without one."""

from datetime import timedelta

import pytest

from clocks.queries import running
from incidents.actions import merge_incident, retract_incident
from incidents.models import Incident
from incidents.reporting.actions import add_observation
from incidents.steps.actions import note_step
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.engine.facts import Facts

MINUTE = timedelta(minutes=1)


@pytest.fixture
def seen(reach):
    def observe(incident, at, **facts):
        add_observation(
            incident_id=incident.pk,
            reach=reach("county1.duty"),
            what="现场",
            facts=Facts.from_dict(facts),
            now=at,
        )

    return observe


def alerts_of(incident):
    """How many alerts the journal has, and the reasons for which somebody was really told."""
    entries = Entry.objects.filter(subject=incident.key, kind="incident.life_safety_alerted").count()
    told = Notice.objects.filter(subject=incident.key, purpose__startswith="incident.life_safety")
    return entries, len(set(told.values_list("purpose", flat=True)))


def test_a_danger_that_returns_tells_again(alarm, seen, now, phones, turn):
    incident = alarm(life_risk=["suicide_threat"])
    seen(incident, now + MINUTE, life_risk=[])
    turn(now + MINUTE, 0)
    phones.clear()

    seen(incident, now + 2 * MINUTE, life_risk=["suicide_threat"])
    turn(now + 2 * MINUTE, 0)

    assert alerts_of(incident) == (2, 2)
    assert {user for _c, user, purpose, _s in phones.rang if purpose.startswith("incident.life_safety")}


@pytest.mark.parametrize(
    ("before", "after", "tells"),
    [
        ({"life_risk": ["suicide_threat"]}, {"life_risk": ["suicide_threat", "self_harm_occurring"]}, True),
        ({"life_risk": ["suicide_threat"]}, {"life_risk": ["medical_emergency"]}, True),
        ({"life_risk": ["suicide_threat"]}, {"casualties": {"injured": 1}}, True),
        ({"casualties": {"injured": 1}}, {"casualties": {"injured": 2}}, True),
        ({"casualties": {"injured": 2}}, {"casualties": {"injured": 1, "dead": 1}}, True),
        ({"casualties": {"injured": 1}, "life_risk": []}, {"life_risk": ["suicide_threat"]}, True),
        ({"life_risk": ["suicide_threat"]}, {"acts": ["storming"]}, True),
        ({"life_risk": ["suicide_threat"]}, {"acts": ["banner"]}, False),
        ({"life_risk": ["suicide_threat"]}, {"life_risk": ["suicide_threat"]}, False),
        ({"life_risk": ["suicide_threat", "medical_emergency"]}, {"life_risk": ["suicide_threat"]}, False),
        ({"casualties": {"injured": 2}}, {"casualties": {"injured": 1}}, False),
        ({"headcount": 3}, {"headcount": 80}, False),
    ],
)
def test_what_is_worse_is_a_new_reason_to_tell(alarm, seen, now, phones, before, after, tells):
    incident = alarm(**before)
    first = alerts_of(incident)

    seen(incident, now + MINUTE, **after)

    assert alerts_of(incident) == ((first[0] + 1,) * 2 if tells else first)


def test_the_new_alert_says_what_is_worse(alarm, seen, now, phones):
    incident = alarm(life_risk=["suicide_threat"])

    seen(incident, now + MINUTE, casualties={"injured": 1})

    entry = Entry.objects.filter(kind="incident.life_safety_alerted").latest("id")
    assert content_of(entry)["worse"] == ["injured"]
    told = Notice.objects.filter(subject=incident.key, channel="sms").latest("pk")
    assert "受伤" in told.text_zh
    assert "injured" in told.text_en


def test_merging_unites_what_is_known(alarm, reach, now, phones):
    blue = alarm(headcount={"low": 5, "high": 6}, crowd_tension="calm")
    red = alarm(
        headcount=60,
        acts=["storming"],
        life_risk=["suicide_threat"],
        casualties={"injured": 2},
        crowd_tension="heated",
        urgent=True,
    )

    merge_incident(incident_id=red.pk, into_id=blue.pk, reach=reach("county1.duty"), now=now + MINUTE)

    blue.refresh_from_db()
    assert blue.facts == {
        "headcount": {"low": 60, "high": 60},
        "acts": ["storming"],
        "life_risk": ["suicide_threat"],
        "casualties": {"injured": 2},
        "crowd_tension": "heated",
        "urgent": True,
    }
    assert blue.proposed_level == red.proposed_level == "red"
    assert Entry.objects.filter(subject=blue.key, kind="incident.level_proposed", level="red").exists()
    assert blue.observations.latest("pk").facts == blue.facts


def test_after_merging_what_was_told_stays_told_and_goes_on(alarm, reach, now, phones, turn):
    blue = alarm(headcount=6)
    red = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    told = Notice.objects.filter(subject=red.key, purpose="incident.life_safety")
    before = set(told.values_list("pk", "state"))

    merge_incident(
        incident_id=red.pk, into_id=blue.pk, reach=reach("county1.duty"), now=now + timedelta(seconds=5)
    )
    phones.clear()
    turn(now + timedelta(seconds=5), 130)

    assert set(told.filter(pk__in=[pk for pk, _s in before]).values_list("pk", flat=True)) == {
        pk for pk, _s in before
    }
    assert not told.filter(state="cancelled", last_error="merged").exists()
    # The danger lives on in the other one: nobody who was told is told anew, and silence is followed up.
    assert {purpose for _c, _u, purpose, _s in phones.rang} >= {"incident.life_safety"}
    again = Notice.objects.filter(subject=blue.key, purpose__startswith="incident.life_safety")
    assert not set(again.values_list("recipient", flat=True)) & set(told.values_list("recipient", flat=True))


@pytest.mark.parametrize("verb", ["safe", "retract"])
def test_the_end_of_the_survivor_ends_what_was_told_of_the_merged(
    alarm, seen, reach, now, phones, turn, verb
):
    blue = alarm(headcount=6)
    red = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    merge_incident(incident_id=red.pk, into_id=blue.pk, reach=reach("county1.duty"), now=now)

    if verb == "safe":
        seen(blue, now + timedelta(seconds=5), life_risk=[])
    else:
        retract_incident(incident_id=blue.pk, reach=reach("county1.duty"), now=now + timedelta(seconds=5))
    phones.clear()
    turn(now + timedelta(seconds=6), 300)

    assert [one for one in phones.rang if not one[2].startswith("incident.stood_down")] == []


def test_merging_into_one_that_knew_of_a_lesser_danger_tells_of_the_greater(alarm, reach, now, phones):
    mild = alarm("town11.clerk", unit="T11", life_risk=["suicide_threat"])
    grave = alarm(casualties={"injured": 1})

    merge_incident(incident_id=grave.pk, into_id=mild.pk, reach=reach("county1.duty"), now=now + MINUTE)

    mild.refresh_from_db()
    assert mild.facts["casualties"] == {"injured": 1}
    told = Notice.objects.filter(purpose__startswith="incident.life_safety")
    grave_people = set(told.filter(subject=grave.key).values_list("recipient", flat=True))
    mild_people = set(
        told.filter(subject=mild.key)
        .exclude(purpose="incident.life_safety")
        .values_list("recipient", flat=True)
    )
    first = set(
        told.filter(subject=mild.key, purpose="incident.life_safety").values_list("recipient", flat=True)
    )
    assert first - grave_people <= mild_people


def test_merging_leaves_the_clocks_of_a_demand_running(alarm, reach, now):
    incident, other = alarm(headcount=3), alarm(headcount=4)
    note_step(incident_id=incident.pk, reach=reach("county1.duty"), kind="petition.accepted", now=now)
    owed = {clock.clock_id for clock in running(incident.key)}
    assert "LP-34" in owed

    merge_incident(incident_id=incident.pk, into_id=other.pk, reach=reach("county1.duty"), now=now + MINUTE)

    assert "LP-34" in {clock.clock_id for clock in running(incident.key)}
    assert Incident.objects.get(pk=incident.pk).state == "merged"
