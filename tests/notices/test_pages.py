"""The inbox that asks for an answer, the receipt of an open screen, and the list to telephone by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.models import Entry
from journal.record import content_of
from notices.choices import ALERT
from notices.models import Callout, Notice
from notices.silence import escalation
from tests.notices.test_escalation import warn  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(warn, now):  # noqa: F811
    """silent("county1.director") → nobody heard: these people have to be telephoned."""

    def wait(*usernames):
        warn(*usernames, channels=("app",))
        for seconds in range(120, 1000, 60):
            escalation.take_due(now + timedelta(seconds=seconds))

    return wait


def test_the_inbox_asks_whether_they_come(warn, signed_in):  # noqa: F811
    warn("county1.duty", channels=("app",))
    page = signed_in("county1.duty").get(reverse("duty")).content.decode()

    notice = Notice.objects.get(recipient__username="county1.duty")
    for answer in ("coming", "cannot", "passed_on"):
        assert f'name="answer" value="{answer}"' in page
    assert f'data-unseen="{notice.pk}"' in page


@pytest.mark.parametrize("answer", ["coming", "cannot", "passed_on"])
def test_a_button_is_an_answer(warn, signed_in, answer):  # noqa: F811
    warn("county1.duty", channels=("app",))
    notice = Notice.objects.get(recipient__username="county1.duty")
    signed_in("county1.duty").post(reverse("notice-acknowledge", args=[notice.pk]), {"answer": answer})

    notice.refresh_from_db()
    assert (notice.state, notice.answer) == ("acknowledged", answer)
    assert Callout.objects.get(recipient=notice.recipient).answer == answer


def test_an_open_screen_is_a_receipt_of_its_own_notices_only(warn, signed_in):  # noqa: F811
    warn("county1.duty", "county1.director", channels=("app",))
    mine, other = Notice.objects.order_by("recipient__username").values_list("pk", flat=True)[::-1]
    browser = signed_in("county1.duty")

    answer = browser.post(reverse("notices-seen"), {"notice": [mine, other, "x", "-1", "9" * 30]})

    assert answer.status_code == 204
    assert list(Notice.objects.filter(delivered_at__isnull=False).values_list("pk", flat=True)) == [mine]
    assert Entry.objects.filter(kind="notice.delivered").count() == 1
    browser.post(reverse("notices-seen"), {"notice": [mine]})
    assert Entry.objects.filter(kind="notice.delivered").count() == 1


def test_whom_nobody_reached_is_telephoned_and_taken_off_the_list(silent, signed_in, now):
    silent("county1.director")
    browser = signed_in("county1.duty")
    address = reverse("notices-calls")
    assert "高远" in browser.get(address).content.decode()
    callout = Callout.objects.get(recipient__username="county1.director")

    browser.post(reverse("notices-call", args=[callout.pk]), {"outcome": "no_answer"})
    assert "高远" in browser.get(address).content.decode()
    browser.post(reverse("notices-call", args=[callout.pk]), {"outcome": "coming", "next": address})

    assert "高远" not in browser.get(address).content.decode()
    entry = Entry.objects.filter(kind="notice.acknowledged").latest("id")
    assert content_of(entry)["by_hand"] is True
    assert "1390000" not in entry.body


@pytest.mark.parametrize(("username", "status"), [("county2.duty", 404), ("town11.clerk", 404)])
def test_a_neighbour_records_no_call(silent, signed_in, username, status):
    silent("county1.director")
    callout = Callout.objects.get(recipient__username="county1.director")
    answer = signed_in(username).post(reverse("notices-call", args=[callout.pk]), {"outcome": "coming"})

    assert answer.status_code == status
    callout.refresh_from_db()
    assert callout.answer == ""


@pytest.mark.parametrize("outcome", ["", "maybe", "coming'; --"])
def test_a_call_needs_an_outcome(silent, signed_in, outcome):
    silent("county1.director")
    callout = Callout.objects.get(recipient__username="county1.director")
    answer = signed_in("county1.duty").post(reverse("notices-call", args=[callout.pk]), {"outcome": outcome})

    assert answer.status_code == 422


def test_the_list_costs_the_same_for_one_and_for_three(silent, signed_in):
    browser = signed_in("county1.duty")
    silent("county1.director")
    browser.get(reverse("notices-calls"))
    with CaptureQueriesContext(connection) as one:
        browser.get(reverse("notices-calls"))
    silent("county1.leader", "county1.petition", "county1.deputy")
    with CaptureQueriesContext(connection) as more:
        browser.get(reverse("notices-calls"))

    assert len(more) == len(one)


def test_the_calls_page_belongs_to_desks(signed_in):
    assert signed_in("village111.informant").get(reverse("notices-calls")).status_code == 403


def test_alerts_are_followed_in_the_journal_and_reminders_are_not(gateway, tell, now):
    from notices.sending import outbox

    tell("county1.duty", priority=ALERT)
    tell("county1.duty", subject="report:1")
    outbox.send_due(now)
    gateway.messages()

    assert Entry.objects.filter(kind="notice.sent").count() == 1
