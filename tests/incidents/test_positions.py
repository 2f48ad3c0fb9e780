"""A position is put right by an act with a reason: the former one can still be read, and nothing is converted."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from command.destruction import gathered
from command.destruction.choices import DataKind
from common.errors import Invalid, NotAllowed, Stale, WrongState
from incidents.actions import retract_incident
from incidents.models import FormerPosition, Incident
from incidents.positions.actions import correct_position
from incidents.positions.queries import former_positions
from incidents.reporting.actions import Position
from journal.models import Entry
from journal.record import content_of

pytestmark = pytest.mark.usefixtures("plan")

GATE = Position(Decimal("30.551000"), Decimal("114.203000"), 20, "GCJ02")
KIND = "incident.position_corrected"


@pytest.fixture
def placed(alarm):
    """An incident whose reporter's device gave a position."""
    incident = alarm(headcount=8)
    Incident.objects.filter(pk=incident.pk).update(
        latitude="30.550000", longitude="114.200000", accuracy_m=12, crs="WGS84"
    )
    incident.refresh_from_db()
    return incident


@pytest.fixture
def correct(placed, reach, now):
    def act(username="county1.duty", position=GATE, reason="现场核对：在东门", **more):
        given = {"incident_id": placed.pk, "reach": reach(username), "now": now, **more}
        return correct_position(position=position, reason=reason, **given)

    return act


def test_it_is_put_right_and_the_former_one_stays_to_be_read(placed, correct, cast, now):
    correct()

    after, (former,) = Incident.objects.get(pk=placed.pk), former_positions(placed)
    assert (after.latitude, after.longitude, after.accuracy_m, after.crs) == (
        Decimal("30.551000"), Decimal("114.203000"), 20, "GCJ02",
    )  # fmt: skip
    assert after.rev == placed.rev + 1
    assert (former.latitude, former.longitude, former.accuracy_m, former.crs) == (
        Decimal("30.550000"), Decimal("114.200000"), 12, "WGS84",
    )  # fmt: skip
    assert (former.corrected_at, former.corrected_by, former.reason) == (
        now, cast["county1.duty"], "现场核对：在东门",
    )  # fmt: skip


def test_the_journal_says_why_and_holds_no_figures(correct):
    correct()

    entry = Entry.objects.get(kind=KIND)
    assert content_of(entry) == {"reason": "现场核对：在东门", "crs_before": "WGS84", "crs": "GCJ02"}
    assert "30.55" not in entry.body
    assert "114.2" not in entry.body


def test_one_that_had_none_gets_one(alarm, reach, now):
    incident = alarm(headcount=8)

    correct_position(
        incident_id=incident.pk, reach=reach("county1.duty"), position=GATE, reason="来电说明", now=now
    )

    assert Incident.objects.get(pk=incident.pk).crs == "GCJ02"
    assert former_positions(incident)[0].latitude is None


@pytest.mark.parametrize("username", ["town11.clerk", "county2.duty", "city.audit"])
def test_who_does_not_manage_it_may_not(correct, username):
    with pytest.raises(NotAllowed):
        correct(username)
    assert not FormerPosition.objects.exists()


def test_what_is_over_keeps_its_position(placed, correct, reach, now):
    retract_incident(incident_id=placed.pk, reach=reach("county1.duty"), now=now)

    with pytest.raises(WrongState):
        correct()


def test_who_saw_an_older_page_is_told(placed, correct):
    with pytest.raises(Stale):
        correct(rev=placed.rev - 1)


@pytest.mark.parametrize("reason", ["", "  ", "家属 13800138000 说的"])
def test_a_reason_is_asked_for_and_holds_nobodys_number(correct, reason):
    with pytest.raises(Invalid) as refused:
        correct(reason=reason)
    assert "reason" in refused.value.fields


def test_the_same_position_again_is_no_correction(correct):
    correct()

    with pytest.raises(Invalid):
        correct()
    assert FormerPosition.objects.count() == 1


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({"latitude": None}, "a_former_position_is_whole_or_empty"),
        ({"crs": ""}, "a_former_position_is_whole_or_empty"),
        ({"reason": ""}, "a_correction_of_a_position_says_why"),
    ],
)
def test_a_former_position_is_whole(correct, broken, named):
    correct()

    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        FormerPosition.objects.update(**broken)


# --- doors -----------------------------------------------------------------------------------------------------------


def form(incident, **changed):
    return {
        "latitude": "30.551", "longitude": "114.203", "crs": "GCJ02", "accuracy_m": "", "reason": "现场核对",
        "rev": str(incident.rev),
    } | changed  # fmt: skip


def test_the_page_begins_with_what_is_there_and_leads_back(placed, signed_in):
    browser, address = signed_in("county1.duty", "en"), f"/incidents/{placed.number}/position/"

    page = browser.get(address)
    answer = browser.post(address, form(placed))

    assert page.context["form"].initial["crs"] == "WGS84"
    assert (answer.status_code, answer["Location"]) == (303, f"/incidents/{placed.number}/")
    assert Incident.objects.get(pk=placed.pk).accuracy_m is None
    assert "Before it was put right" in browser.get(address).content.decode()


@pytest.mark.parametrize(
    "changed", [{"crs": ""}, {"latitude": "91"}, {"longitude": "x"}, {"reason": ""}, {"crs": "MARS"}]
)
def test_what_is_not_in_order_comes_back_with_what_was_typed(placed, signed_in, changed):
    answer = signed_in("county1.duty").post(f"/incidents/{placed.number}/position/", form(placed, **changed))

    assert answer.status_code == 422
    assert answer.context["form"]["longitude"].value() == changed.get("longitude", "114.203")
    assert not FormerPosition.objects.exists()


@pytest.mark.parametrize("username", ["town11.clerk", "city.audit"])
def test_the_page_opens_for_nobody_else(placed, signed_in, username):
    assert signed_in(username).get(f"/incidents/{placed.number}/position/").status_code in (403, 404)


def test_a_program_puts_it_right_and_reads_it(placed, signed_in):
    browser, address = signed_in("county1.duty"), f"/api/v1/incidents/{placed.number}/position/"
    body = {"position": {"latitude": 30.551, "longitude": 114.203}, "reason": "现场核对"}

    def post(key, **headers):
        headers = {"Idempotency-Key": key, **headers}
        return browser.post(address, body, content_type="application/json", headers=headers)

    answer, stale = post("a"), post("b", **{"If-Match": '"1"'})

    assert answer.status_code == 200, answer.content
    assert answer.json()["position"] == {
        "latitude": 30.551, "longitude": 114.203, "accuracy_m": None, "crs": "unknown",
    }  # fmt: skip
    assert stale.status_code == 412


def test_it_is_destroyed_with_the_incidents_own(placed, correct):
    correct()
    found = [one for one in gathered.of(Incident.objects.get(pk=placed.pk)) if one.kind == DataKind.POSITION]

    gathered.destroy(Incident.objects.get(pk=placed.pk), [DataKind.POSITION])

    former = FormerPosition.objects.get()
    assert len(found) == 2
    assert (former.latitude, former.longitude, former.accuracy_m, former.crs) == (None, None, None, "")
    assert former.reason == "现场核对：在东门"
