"""A confirmed summary and a written report go to the level above as they are confirmed and handed in, each version."""

import json

import pytest

from accounts.models import Unit
from accounts.scope import reach_of
from exchange.models import Outgoing
from exchange.queries import page_of
from journal.models import Entry
from tests.written_reports.conftest import page, plan, slot, write  # noqa: F401
from tests.zero_reports.conftest import file, today  # noqa: F401
from zero_reports.rollups.actions import confirm_roll_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _long_there(units):
    Unit.objects.update(valid_from=None)


@pytest.fixture
def above(own_key, open_partner):
    """The county's installation, right above the township."""
    return open_partner("superior", "T11", "示例区司法局")


@pytest.fixture
def confirm(cast, units, now, today):  # noqa: F811
    def confirmed(code="T11", username="town11.head", **words):
        return confirm_roll_up(
            reach=reach_of(cast[username], now), unit=units[code], period=today, now=now, **words
        )

    return confirmed


def test_a_confirmed_summary_goes_up_and_is_read_there(above, confirm, file, turn, client, cast):  # noqa: F811
    other, partner = above
    file("village111.informant", "V111", items=[("land", 2)])

    made = confirm(note="平稳")

    row = Outgoing.objects.get()
    assert (row.partner, row.kind, row.number) == (partner, "summary", made.number)
    assert (row.thread, row.queued_by) == (made.subject, cast["town11.head"])
    assert turn() == 1
    said = json.loads(other.got[0])
    texts = {one["label"]: one["text"] for one in said["texts"]}
    assert said["title"] == "2026-11-22 零报告情况汇总"
    assert texts["一、总体情况"].startswith("应报")
    assert "平稳" in "".join(texts.values())
    assert str(cast["town11.head"]) not in other.got[0].decode()
    row.refresh_from_db()
    assert (row.state, row.body) == ("received", "")
    assert Entry.objects.filter(kind="exchange.received_there", thread=made.subject).exists()

    client.force_login(cast["town11.head"])
    shown = client.get(page_of(row)).content.decode()
    assert row.receipt_number in shown
    assert "将经系统交换报送示例区司法局" in shown


def test_each_version_goes_and_the_same_again_does_not(above, confirm):
    confirm(note="平稳")
    confirm(note="平稳")
    assert Outgoing.objects.count() == 1
    second = confirm(note="有一件")
    assert second.version == 2
    assert Outgoing.objects.count() == 2


def test_of_a_unit_further_down_it_goes_nowhere_by_itself(own_key, open_partner, confirm):
    """Its level above is in this installation, and confirms its own."""
    open_partner("superior", "C1", "示例市司法局")
    confirm()
    assert not Outgoing.objects.exists()


def test_without_a_partner_nothing_is_said_of_the_exchange(confirm, client, cast, today):  # noqa: F811
    confirm()
    client.force_login(cast["town11.head"])
    assert "系统交换" not in client.get(f"/reports/roll-up/T11/{today}/").content.decode()


@pytest.mark.usefixtures("plan")
def test_a_written_report_goes_up_as_it_is_handed_in(above, write, turn, page):  # noqa: F811
    other, _partner = above
    assert "将经系统交换报送示例区司法局" in page("town11.head").content.decode()
    write(hand=False)
    assert not Outgoing.objects.exists()

    version = write()

    row = Outgoing.objects.get()
    assert (row.kind, row.number, row.thread) == (
        "written_report",
        version.report.number,
        version.report.key,
    )
    turn()
    texts = [one["text"] for one in json.loads(other.got[0])["texts"]]
    assert "欠薪为主" in texts
    row.refresh_from_db()
    shown = page("town11.head").content.decode()
    assert row.receipt_number in shown
    assert page_of(row) in shown
