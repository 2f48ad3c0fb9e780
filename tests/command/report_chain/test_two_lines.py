"""A unit is led along two lines: both are named, each has its own time and receipt, and what each was told stands apart."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Unit
from accounts.unit_lines.actions import set_local_superior
from accounts.unit_lines.queries import with_local_superior
from clocks.models import Clock
from command.report_chain import queries, sending
from command.report_chain.choices import LineAbove
from common.errors import Invalid, NotAllowed
from journal.models import Entry
from journal.record import content_of
from plans.document.reporting import chain_at
from plans.lifecycle.actions import load_plan
from tests.command.report_chain.test_rules import LINKAGE

GOVERNMENT = "示例县人民政府"
CHANGES = [
    ("\nroles:\n", "\nroles:\n  local_superior: {zh: 属地党委政府, en: Local authority, kind: local}\n"),
    (
        "  at_levels:\n    - {level: red,",
        "  at_levels:\n    - {to: [provincial_justice_department, local_superior]}\n    - {level: red,",
    ),
    (
        "\nclocks:\n",
        "\nclocks:\n"
        "  - {id: X-L, zh: 属地, en: Local, start: upward_report.drafted, stop: upward_report.local_sent,"
        " duration: PT30M, per: thread, role: duty_officer, origin: proposal}\n"
        "  - {id: X-B, zh: 业务, en: Business, start: upward_report.drafted, stop: upward_report.business_sent,"
        " duration: PT60M, per: thread, role: duty_officer, origin: proposal}\n",
    ),
]


@pytest.fixture
def two_lines(plan, units, reach, now):
    """The city plan asks for both; the county of the incident says whom it works under."""
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new, 1)
    load_plan(text=text.replace("\nversion: ", "\nversion: 9"), actor=None, now=now, put_in_force=True)
    set_local_superior(
        reach=reach("city.sysadmin"), unit_id=units["C1"].pk, name=GOVERNMENT, phone="0500-8100000", now=now
    )


def running(event):
    rows = Clock.objects.running().filter(thread=event.key, clock_id__startswith="X-")
    return set(rows.values_list("clock_id", flat=True))


def test_both_are_named_each_with_its_own_time_and_what_each_was_told_stands_apart(
    two_lines, incident, drafted, signed_report, signed_in, reach, now
):
    event = incident(headcount=8)
    report = signed_report(drafted(event, recipients=("街道",)))
    event.refresh_from_db()
    named = {one.title_zh: one.line for one in report.deliveries.all()}
    assert named == {"省司法厅": LineAbove.BUSINESS, GOVERNMENT: LineAbove.LOCAL, "街道": LineAbove.BUSINESS}
    assert queries.line_dues(report) == {
        LineAbove.LOCAL: report.drafted_at + timedelta(minutes=30),
        LineAbove.BUSINESS: report.drafted_at + timedelta(minutes=60),
    }

    act = {"report_id": report.pk, "reach": reach("county1.duty"), "now": now + timedelta(minutes=9)}
    sending.send_report(**act, channel="fax", recipient="省司法厅")
    assert running(event) == {"X-L", "X-B"}, "the street is not told yet"
    sending.send_report(**act, channel="fax", recipient=GOVERNMENT)
    assert running(event) == {"X-B"}
    entry = Entry.objects.get(kind="upward_report.local_sent")
    assert content_of(entry)["to"] == GOVERNMENT

    page = signed_in("county1.duty").get(f"/incidents/{event.number}/reports/{report.n}/").content.decode()
    assert "属地条线" in page
    business, local = queries.known_and_told(event, [report], [])
    assert (business.line, local.line) == (LineAbove.BUSINESS, LineAbove.LOCAL)
    assert {one.fact: one.told_by for one in local.lines}["headcount"]
    browser = signed_in("county1.duty", "en")
    page = browser.get(f"/incidents/{event.number}/reports/").content.decode()
    assert page.index("Business line</h3>") < page.index("Local line</h3>")
    api = browser.get(f"/api/v1/incidents/{event.number}/known-told/").json()
    assert {one["line"] for one in api} == {"business", "local"}

    sending.record_receipt(**act | {"recipient": GOVERNMENT}, receiver="总值班室")
    report.refresh_from_db()
    assert report.state == "signed", "each receipt is its own"
    sending.send_report(**act, channel="fax")
    assert not running(event)
    assert (
        Entry.objects.filter(kind__in=["upward_report.business_sent", "upward_report.initial_sent"]).count()
        == 2
    )


def test_one_line_alone_is_shown_as_ever(incident, sent):
    event = incident()
    report = sent(event)

    (only,) = queries.known_and_told(event, [report], [])

    assert only.line is None
    assert not Entry.objects.filter(kind__endswith="_sent", kind__contains="local").exists()


def test_the_linkage_plan_names_both_lines():
    named = {role.name: role.is_local for role in chain_at(LINKAGE, "emergency").to}

    assert named == {
        "district_party_committee": True, "district_government": True,
        "district_political_legal_committee": True, "city_justice_bureau": False,
    }  # fmt: skip


def test_who_keeps_units_says_whom_a_unit_works_under(signed_in, units, reach, now):
    browser = signed_in("city.sysadmin")
    page = browser.get("/account/units/C1/local/")
    assert page.status_code == 200
    assert browser.post("/account/units/C1/local/", {"name": "", "phone": "119"}).status_code == 422
    given = {"name": GOVERNMENT, "phone": "0500-8100000"}
    assert browser.post("/account/units/C1/local/", given).status_code == 302
    assert GOVERNMENT in browser.get("/account/units/").content.decode()

    entry = Entry.objects.get(kind="unit.local_superior_set")
    assert (content_of(entry)["to"], "8100000" in entry.body) == (GOVERNMENT, False)
    county, township = Unit.objects.get(code="C1"), units["T11"]
    assert with_local_superior(township) == county, "the nearest above counts"
    assert with_local_superior(units["C2"]) is None

    about = {"unit_id": county.pk, "phone": "", "now": now}
    with pytest.raises(NotAllowed):
        set_local_superior(reach=reach("county1.director"), name="x", **about)
    with pytest.raises(Invalid):
        set_local_superior(reach=reach("city.sysadmin"), name="找张三 13800138000", **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=county.pk).update(local_superior="")
    assert signed_in("county1.director").get("/account/units/C1/local/").status_code == 403
    set_local_superior(reach=reach("city.sysadmin"), name="", **about)
    county.refresh_from_db()
    assert county.local_superior == ""
