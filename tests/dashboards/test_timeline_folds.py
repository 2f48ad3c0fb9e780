"""Receipts of one alert stand behind one line; decisions stand by themselves, and paper has everything."""

import re
from types import SimpleNamespace

import pytest
from django.utils import translation

from command.orders.actions import move_order
from command.orders.choices import OrderVerb
from dashboards.incident import folds as timeline_folds
from dashboards.incident.folds import alert_of, folded, how_far
from journal.numbering import number_new

pytestmark = pytest.mark.usefixtures("plan")


def entry(kind, subject, number, post="", **content):
    return SimpleNamespace(kind=kind, subject=subject, number=number, post=post, content=content)


@pytest.fixture(autouse=True)
def plain_content(monkeypatch, request):
    if "signed_in" not in request.fixturenames:
        monkeypatch.setattr(timeline_folds, "content_of", lambda one: one.content)


def rows_of(entries):
    return [{"key": one.number, "at": one.number, "title": one.kind, "drill": False} for one in entries]


def test_receipts_of_one_alert_stand_where_the_newest_does():
    alert = {"about": "warning:5", "purpose": "warning.signed"}
    entries = [
        entry("notice.acknowledged", "notice:1", 5, "值班员", **alert),
        entry("incident.observed", "incident:1", 4),
        entry("notice.delivered", "notice:2", 3, "局长", **alert),
        entry("warning.signed", "warning:5", 2),
    ]

    shown = folded(entries, rows_of(entries))

    assert [row.get("fold") or row["title"] for row in shown] == [
        "warning:5-warning.signed", "notice.acknowledged", "incident.observed", "notice.delivered", "warning.signed",
    ]  # fmt: skip
    assert [row["title"] for row in shown[0]["folded"]] == ["notice.acknowledged", "notice.delivered"]
    assert [row["title"] for row in shown[1:] if row["is_folded"]] == [
        "notice.acknowledged",
        "notice.delivered",
    ]


def test_one_receipt_stands_by_itself():
    entries = [entry("notice.acknowledged", "notice:1", 1, about="warning:5", purpose="warning.signed")]

    assert folded(entries, rows_of(entries)) == [{**rows_of(entries)[0], "is_folded": False}]


def test_two_alerts_of_one_incident_are_two_and_an_orders_notice_goes_with_its_order():
    assert alert_of(
        entry("notice.sent", "notice:1", 1, about="incident:5", purpose="incident.reported")
    ) != alert_of(entry("notice.sent", "notice:1", 1, about="incident:5", purpose="incident.life_safety"))
    assert (
        alert_of(entry("notice.acknowledged", "notice:9", 1, about="order:3", purpose="order.issued"))
        == "order:3"
    )
    assert alert_of(entry("order.acknowledged", "order:3", 1)) == "order:3"


@pytest.mark.parametrize(
    "kind", ["order.issued", "order.declined", "notice.failed", "notice.escalated", "warning.signed"]
)
def test_a_decision_and_whatever_went_wrong_is_no_receipt(kind):
    assert alert_of(entry(kind, "order:3", 1, about="order:3")) == ""


def test_each_recipient_is_counted_once_where_they_got_to():
    entries = [
        entry("notice.sent", "notice:1", 1, post="值班员"),
        entry("notice.delivered", "notice:1", 2, post="值班员"),
        entry("notice.acknowledged", "notice:1", 3, post="值班员"),
        entry("notice.delivered", "notice:2", 4, post="局长"),
        entry("order.under_way", "order:1", 5, post="对话专班"),
        entry("notice.unheard", "callout:3", 6, post="副局长"),
        entry("notice.unheard", "callout:1", 7, post="值班员"),
    ]

    with translation.override("en"):
        assert how_far(entries) == "1 confirmed, 1 on the way, 1 delivered, 1 without an answer"
    with translation.override("zh-hans"):
        assert how_far(entries) == "已确认 1、在途 1、已送达 1、未应答 1"


def test_the_page_folds_the_receipts_of_an_order_and_prints_them_all(alarm, order_for, reach, signed_in, now):
    incident = alarm(headcount=8)
    order = order_for(incident)
    for verb in (OrderVerb.ACKNOWLEDGE, OrderVerb.DEPART):
        move_order(order_id=order.pk, verb=verb, reach=reach("county1.squad.dialogue"), now=now)
    number_new()

    part = (
        signed_in("county1.duty", "en").get(f"/incidents/{incident.number}/?part=timeline").content.decode()
    )

    assert part.count('data-key="fold:') == 1
    line = part[part.index('data-key="fold:') : part.index("</details>")]
    assert re.search(r"<summary>Order issued · .+ C1 · 1 on the way</summary>", line)
    assert "Order acknowledged" in line
    assert len(re.findall(r'class="only-print"', part)) == line.count('class="muted"')
