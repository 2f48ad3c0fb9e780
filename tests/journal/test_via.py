"""Every entry that somebody's request writes says from which address and by which request it came; the hash covers it."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.asking import asked, via
from common.dates.local_time import day_of
from journal import verify
from journal.models import Entry
from journal.numbering import number_new
from journal.record import record, via_of
from tests.clients import new_key
from tests.journal.test_record import owner_of_the_table, tampered, write
from tests.tokens import issue

__all__ = ["owner_of_the_table"]

pytestmark = [pytest.mark.django_db, pytest.mark.control(26)]


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def alarm(**more):
    return {"client_id": new_key(), "unit": "C1", "place": "hall", "what": "", "facts": {}} | more


@pytest.mark.parametrize("door", ["page", "api"])
def test_each_entry_of_a_request_carries_its_address_and_its_id(door, cast, plan, signed_in, client, now):
    before = set(Entry.objects.values_list("pk", flat=True))
    if door == "api":
        token = issue(user=cast["county1.duty"], now=now)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
        answer = client.post(
            "/api/v1/alarms/",
            alarm(),
            content_type="application/json",
            headers=headers,
            REMOTE_ADDR="10.1.2.3",
        )
        assert answer.status_code == 201
    else:
        until = str(day_of(timezone.now()) + timedelta(days=10))
        given = {"note": "x", "scopes": ["alarms:write"], "until": until, "credential": "wrong"}
        answer = signed_in("city.duty").post("/account/tokens/", given, REMOTE_ADDR="10.1.2.3")
        assert answer.status_code == 422

    written = Entry.objects.exclude(pk__in=before)
    assert written
    assert any(entry.actor for entry in written)
    for entry in written:
        by_staff = {"address": "10.1.2.3"} if entry.actor else {}
        assert via_of(entry) == {"request": answer["X-Request-ID"]} | by_staff, entry.kind


def test_what_the_product_does_by_itself_has_none(now):
    write(None, now)
    (entry,) = Entry.objects.all()
    assert via_of(entry) == {}
    assert "via" not in json.loads(entry.body)


def test_the_address_of_who_is_no_member_of_staff_is_kept_nowhere(now):
    """A page that is open to everybody, a gateway that reports."""
    with asked(request="r1", address="10.1.2.3"):
        write(None, now)
    (entry,) = Entry.objects.all()
    assert via_of(entry) == {"request": "r1"}


def test_after_a_request_nothing_of_it_is_left():
    with asked(request="r1", address="10.1.2.3"):
        assert via()["request"] == "r1"
        with asked(request="r2", address="10.1.2.4"):
            assert via()["request"] == "r2"
        assert via()["request"] == "r1"
    assert via() == {}


def test_old_and_new_entries_make_one_chain_and_a_changed_address_is_found(cast, now, owner_of_the_table):
    write(None, now)
    with asked(request="r1", address="10.1.2.3"), transaction.atomic():
        record("incident.observed", subject="incident:1", actor=cast["county1.duty"], at=now)
    write(None, now)
    number_new()
    assert verify.verify().broken is None

    second = Entry.objects.get(kind="incident.observed", actor__isnull=False)
    body = second.body.replace("10.1.2.3", "10.1.2.9")
    tampered(f"UPDATE journal_entry SET body = '{body}' WHERE id = {second.pk}")

    assert verify.verify().broken == second.number


def test_the_auditor_reads_it_and_nobody_else(cast, plan, client, signed_in, now):
    token = issue(user=cast["county1.duty"], now=now)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
    client.post(
        "/api/v1/alarms/", alarm(), content_type="application/json", headers=headers, REMOTE_ADDR="10.1.2.3"
    )
    number_new()

    assert "10.1.2.3" in signed_in("city.audit").get("/journal/").content.decode()
    number = Entry.objects.get(kind="incident.reported").subject
    page = signed_in("county1.duty").get(f"/incidents/{_number_of(number)}/").content.decode()
    assert "10.1.2.3" not in page


def _number_of(subject: str) -> str:
    from incidents.models import Incident

    return Incident.objects.get(pk=subject.partition(":")[2]).number
