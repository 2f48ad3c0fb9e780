"""The pages: two administrators bring a partner into use, the duty room acknowledges, orders and settles."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange import keys, queries
from exchange.models import Incoming, Outgoing, Partner
from tests.accounts.conftest import PASSWORD, sign_in, text_of, with_password  # noqa: F401
from tests.exchange.other import Other

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]


@pytest.fixture
def as_(client, with_password, now):  # noqa: F811
    """as_("city.sysadmin") → a browser in which that person has just signed in."""
    with time_machine.travel(now, tick=False):

        def signed_in(username):
            with_password(username)
            client.logout()
            sign_in(client, username)
            return client

        yield signed_in


def test_two_administrators_bring_a_partner_into_use(as_, settings, cast):
    other = Other()
    settings.EXCHANGE_TARGETS, settings.SITE_URL = [other.address], "https://city.example"
    browser = as_("city.sysadmin")
    assert browser.post("/exchange/keys/make/", {}).status_code == 303
    page = text_of(browser.get("/exchange/partners/"))
    own = queries.own_keys().get()
    assert own.fingerprint in page
    assert f"id: {queries.own_uid()}" in page
    assert own.secret not in page
    given = {"handed_over": other.handed_over, "direction": "superior", "unit": "C0", "also_called": "省厅\n"}
    assert browser.post("/exchange/partners/", given).status_code == 303
    partner = Partner.objects.get()
    assert (partner.name, partner.also_called, partner.state) == ("示例省司法厅", "省厅", "proposed")
    # Not to be copied by whoever is to hear it.
    assert keys.fingerprint(other.public) not in text_of(browser.get("/exchange/partners/"))

    browser = as_("city.secadmin")
    wrong = browser.post(f"/exchange/partners/{partner.pk}/confirm/", {"typed": "0000 1111"})
    assert wrong.status_code == 422
    assert "没有这个指纹" in text_of(wrong)
    typed = {"typed": keys.fingerprint(other.public)}
    assert browser.post(f"/exchange/partners/{partner.pk}/confirm/", typed).status_code == 303
    partner.refresh_from_db()
    assert (partner.state, partner.confirmed_by) == ("active", cast["city.secadmin"])
    browser.post(f"/exchange/partners/{partner.pk}/suspend/", {"reason": "核查"})
    partner.refresh_from_db()
    assert partner.state == "suspended"
    other.close()


def test_what_is_not_in_order_comes_back_beside_its_field(as_, settings):
    settings.EXCHANGE_TARGETS = ["https://province.example"]
    browser = as_("city.sysadmin")
    answer = browser.post(
        "/exchange/partners/",
        {"handed_over": "hello", "direction": "superior", "unit": "C0", "also_called": ""},
    )
    assert answer.status_code == 422
    assert "未登记" in text_of(answer)


@pytest.mark.parametrize("who", ["city.duty", "city.audit", "county1.director"])
def test_partners_are_the_administrators(as_, who):
    assert as_(who).get("/exchange/partners/").status_code == 403


@pytest.mark.parametrize("who", ["city.sysadmin", "city.secadmin"])
def test_documents_are_not_the_administrators(as_, city, client, now, who):
    other, _partner = city
    other.push(client, other.document(now=now))
    browser = as_(who)
    assert browser.get("/exchange/").status_code == 403
    assert browser.get(f"/exchange/in/{Incoming.objects.get().number}/").status_code == 404


def test_the_duty_room_reads_and_acknowledges(as_, city, client, now):
    other, _partner = city
    other.push(client, other.document(now=now - timedelta(days=3)))
    number = Incoming.objects.get().number
    browser = as_("county1.duty")
    assert "关于大厅聚集的初报" in text_of(browser.get("/exchange/"))
    page = text_of(browser.get(f"/exchange/in/{number}/"))
    assert "大厅聚集八人。" in page
    assert "签收" in page

    assert browser.post(f"/exchange/in/{number}/", {"note": "已转带班领导"}).status_code == 303

    page = text_of(browser.get(f"/exchange/in/{number}/"))
    assert "已转带班领导" in page
    assert "持续发送" in page


def test_another_units_document_is_not_there(as_, city, client, now):
    other, _partner = city
    other.push(client, other.document(now=now))
    number = Incoming.objects.get().number
    browser = as_("county2.duty")
    assert "关于大厅聚集的初报" not in text_of(browser.get("/exchange/"))
    assert browser.get(f"/exchange/in/{number}/").status_code == 404
    assert browser.post(f"/exchange/in/{number}/", {"note": ""}).status_code == 404
    auditor = as_("city.audit")
    assert auditor.get(f"/exchange/in/{number}/").status_code == 200
    assert auditor.post(f"/exchange/in/{number}/", {"note": ""}).status_code == 403


def test_an_order_is_written_sent_and_settled(as_, city, turn):
    other, partner = city
    browser = as_("city.duty")
    assert browser.get("/exchange/orders/new/").status_code == 200
    bad = browser.post(
        "/exchange/orders/new/", {"partner": partner.pk, "title": "派员", "text": "电话 13800138000"}
    )
    assert bad.status_code == 422
    good = {"partner": partner.pk, "title": "派员到场", "text": "派员到场并续报。"}
    answer = browser.post("/exchange/orders/new/", good)
    assert answer.status_code == 303
    row = Outgoing.objects.get()
    assert answer["Location"] == f"/exchange/sent/{row.pk}/"
    other.mood = "refuse"
    turn()
    assert "拒收" in text_of(browser.get("/exchange/sent/"))
    assert browser.post(f"/exchange/sent/{row.pk}/", {"act": "again"}).status_code == 303
    assert browser.post(f"/exchange/sent/{row.pk}/", {"note": ""}).status_code == 422
    assert browser.post(f"/exchange/sent/{row.pk}/", {"note": "已电话下达"}).status_code == 303
    assert "已电话下达" in text_of(browser.get(f"/exchange/sent/{row.pk}/"))


def test_an_order_to_whom_one_may_not_write_is_answered_as_one_to_nobody(as_, province):
    """The level above is a partner too, and takes no orders."""
    browser = as_("city.duty")
    _other, above = province
    order = {"title": "派员到场", "text": "派员到场"}

    answers = [
        browser.post("/exchange/orders/new/", {**order, "partner": pk}) for pk in (above.pk, above.pk + 1000)
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    said = [answer.context["form"].errors for answer in answers]
    assert set(said[0]) == {"partner"}
    assert said[0] == said[1]


def test_what_was_received_is_read_where_it_was_written(as_, province, turn, units, cast, now):
    from exchange.outgoing import hand_over

    row = hand_over(
        partner=province[1], kind="upward_report", unit=units["C0"], number="R1", title="初报", by=cast["city.duty"],
        now=now, subject="upward_delivery:1", texts=[("经过", "大厅八人")],
    )  # fmt: skip
    browser = as_("city.duty")
    assert "大厅八人" in text_of(browser.get(f"/exchange/sent/{row.pk}/"))
    turn()
    page = text_of(browser.get(f"/exchange/sent/{row.pk}/"))
    assert "大厅八人" not in page
    assert "不再另存" in page


def test_lists_are_narrowed_and_a_wrong_filter_narrows_nothing(as_, city, client, now):
    other, partner = city
    other.push(client, other.document(now=now))
    browser = as_("county1.duty")

    def shown(query):
        return "关于大厅聚集的初报" in text_of(browser.get(f"/exchange/?{query}"))

    assert shown(f"kind=upward_report&state=new&partner={partner.pk}")
    assert not shown("kind=linkage_order")
    assert not shown("state=acknowledged")
    assert shown("kind=nonsense")


@pytest.mark.parametrize("page", ["/exchange/", "/exchange/sent/"])
def test_a_list_asks_as_often_for_one_as_for_three(as_, city, client, reach, now, page):
    from exchange import inbox, outgoing

    other, partner = city
    browser = as_("city.duty")

    def more():
        other.push(client, other.document(now=now))
        outgoing.send_order(
            reach=reach("city.duty"), partner_id=partner.pk, title="派员", text="派员。", due_at=None, now=now
        )

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(page).status_code == 200
        return len(found)

    more()
    inbox.acknowledge(reach=reach("county1.duty"), number=Incoming.objects.get().number, note="", now=now)
    asked()
    one = asked()
    more()
    more()
    assert asked() == one
