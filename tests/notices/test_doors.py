"""The list of the API and the button of the browser."""

import pytest
from django.urls import reverse

from journal.models import Entry
from journal.record import content_of
from notices.choices import State
from notices.models import Notice

FIELDS = {
    "recipient",
    "post",
    "channel",
    "state",
    "reason",
    "attempts",
    "queued_at",
    "sent_at",
    "delivered_at",
    "heard_at",
    "acknowledged_at",
}


def get(browser, subject="incident:5"):
    return browser.get(reverse("api:notices"), {"subject": subject}).json()


@pytest.mark.control(15)
def test_the_agreed_fields_and_no_telephone_number(tell, signed_in):
    tell("county1.duty", "county1.director", channels=["app"])

    rows = get(signed_in("county1.duty"))

    assert [row["recipient"] for row in rows] == ["county1.duty", "county1.director"]
    assert set(rows[0]) >= FIELDS
    assert "phone" not in str(rows)
    assert rows[0]["reason"] == "warning.signed"


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("county1.duty", 2),
        ("city.duty", 2),
        ("county2.duty", 0),
        ("city.sysadmin", 0),
        # A squad member is told, and sees that one notice.
        ("county1.squad.dialogue", 1),
    ],
)
def test_who_sees_whom(tell, signed_in, username, seen):
    tell("county1.duty", "county1.squad.dialogue", channels=["app"])

    assert len(get(signed_in(username))) == seen


def test_without_a_subject_ones_own(tell, signed_in):
    tell("county1.duty", "county1.director", channels=["app"])

    own = signed_in("county1.duty").get(reverse("api:notices")).json()

    assert [row["recipient"] for row in own] == ["county1.duty"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(tell, signed_in, count, django_assert_max_num_queries):
    tell(*["county1.duty", "county1.director", "county1.deputy"][:count], channels=["app"])
    browser = signed_in("county1.duty")

    # session, user, posts, exceptions, notices, and what the sign-in's bookkeeping asks
    with django_assert_max_num_queries(7):
        assert len(get(browser)) == count


def test_the_button(tell, signed_in):
    (notice,) = tell("county1.duty", channels=["app"])
    url = reverse("notice-acknowledge", args=[notice.pk])

    answer = signed_in("county1.duty").post(url, {"next": "/incidents/"})

    assert (answer.status_code, answer["Location"]) == (303, "/incidents/")
    assert Notice.objects.get().state == State.ACKNOWLEDGED
    entry = Entry.objects.get(kind="notice.acknowledged")
    assert (entry.thread, content_of(entry)["about"]) == ("incident:5", "warning:7")


def test_the_button_leads_nowhere_else(tell, signed_in):
    (notice,) = tell("county1.duty", channels=["app"])
    url = reverse("notice-acknowledge", args=[notice.pk])

    assert signed_in("county1.duty").post(url, {"next": "https://elsewhere.example/"})["Location"] == "/"


def test_confirming_twice_is_one_entry(tell, signed_in):
    (notice,) = tell("county1.duty", channels=["app"])
    browser = signed_in("county1.duty")
    for _ in range(2):
        browser.post(reverse("notice-acknowledge", args=[notice.pk]))

    assert Entry.objects.filter(kind="notice.acknowledged").count() == 1


@pytest.mark.parametrize("username", ["county1.director", "county2.duty", "city.director"])
def test_nobody_confirms_for_another(tell, signed_in, username):
    (notice,) = tell("county1.duty", channels=["app"])

    answer = signed_in(username).post(reverse("notice-acknowledge", args=[notice.pk]))

    assert answer.status_code == 404
    assert Notice.objects.get().state == State.SENT


def test_confirming_over_the_api(tell, signed_in):
    (notice,) = tell("county1.duty", channels=["app"])
    url = reverse("api:notice-acknowledge", args=[notice.pk])

    answer = signed_in("county1.duty").post(
        url, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )

    assert answer.json()["state"] == "acknowledged"
