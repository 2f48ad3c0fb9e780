"""An order that came down is one click from an order of one's own, filled in; and is destroyed with its incident."""

import json
from datetime import timedelta

import pytest

from command.destruction import gathered
from command.destruction.choices import DataKind
from command.linkage.actions import open_incident
from command.linkage.models import LinkageOrder
from exchange.models import Incoming
from tests.accounts.conftest import text_of, with_password  # noqa: F401
from tests.exchange.test_pages import as_  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]


@pytest.fixture
def order(province, client, now):
    """order(text) → what came from the province."""
    other, _partner = province

    def came(text="两小时内派员到场并续报。", title="派员到场"):
        written = other.document(
            "linkage_order", number="P-7", title=title, now=now, texts=[("要求", text), ("下达", "值班室")],
            due_at=now + timedelta(hours=2),
        )  # fmt: skip
        assert other.push(client, written).status_code == 200
        return Incoming.objects.get()

    return came


def filled(page) -> dict:
    return page.context["form"].initial


def test_the_next_act_is_a_button_and_the_form_is_filled(as_, order, units):  # noqa: F811
    document = order()
    browser = as_("city.duty")

    page = text_of(browser.get(f"/exchange/in/{document.number}/"))
    assert f'href="/linkage/new/?document={document.number}"' in page
    form = browser.get(f"/linkage/new/?document={document.number}")

    # Nothing typed for another order is put back into this one.
    assert f'data-draft="linkage{document.number}"' in text_of(form)
    assert 'data-draft="linkage"' in text_of(browser.get("/linkage/new/"))
    assert filled(form) == {
        "unit": "C0", "document": document.number, "centre": "示例省司法厅", "outside_number": "P-7",
        "nature": "派员到场", "asked": "两小时内派员到场并续报。", "arrive_by": document.due_at,
        "received_at": document.received_at,
    }  # fmt: skip


def test_a_long_text_is_cut_to_the_form_and_stays_whole_on_its_page(as_, order):  # noqa: F811
    document = order(text="派员" * 400)
    asked = filled(as_("city.duty").get(f"/linkage/new/?document={document.number}"))["asked"]
    assert (len(asked), asked[-1]) == (300, "…")


def given(document, **more):
    return {
        "unit": "C0", "centre": "示例省司法厅", "outside_number": "P-7", "nature": "派员到场", "place": "政务大厅",
        "asked": "派员到场并续报。", "document": document.number, **more,
    }  # fmt: skip


def test_it_is_recorded_once_and_each_page_leads_to_the_other(as_, order):  # noqa: F811
    document = order()
    browser = as_("city.duty")

    answer = browser.post("/linkage/new/", given(document))

    assert answer.status_code == 303
    made = LinkageOrder.objects.get()
    assert (made.via, made.document, made.outside_number) == ("exchange", document, "P-7")
    page = text_of(browser.get(f"/exchange/in/{document.number}/"))
    assert made.number in page
    assert "linkage/new" not in page
    assert document.number in text_of(browser.get(f"/linkage/{made.number}/"))
    # Somebody who had the form open meanwhile, and wrote another number.
    again = browser.post("/linkage/new/", given(document, outside_number="P-8"))
    assert again["Location"] == answer["Location"]
    assert LinkageOrder.objects.count() == 1


@pytest.mark.parametrize("who", ["county1.duty", "city.sysadmin"])
def test_who_does_not_see_the_document_fills_no_form_from_it(as_, order, who):  # noqa: F811
    document = order()
    browser = as_(who)
    assert browser.get(f"/linkage/new/?document={document.number}").status_code == 404
    assert browser.post("/linkage/new/", given(document)).status_code in (403, 404, 422)
    assert not LinkageOrder.objects.exists()


def test_who_may_only_read_has_no_button(as_, order):  # noqa: F811
    document = order()
    page = text_of(as_("city.audit").get(f"/exchange/in/{document.number}/"))
    assert "linkage/new" not in page


def test_a_report_from_below_fills_no_order(as_, city, client, now):  # noqa: F811
    other, _partner = city
    other.push(client, other.document(now=now))
    number = Incoming.objects.get().number
    browser = as_("county1.duty")
    assert "linkage/new" not in text_of(browser.get(f"/exchange/in/{number}/"))
    assert browser.get(f"/linkage/new/?document={number}").status_code == 404


def test_what_came_is_destroyed_with_the_incident_that_it_led_to(as_, order, reach, now):  # noqa: F811
    document = order()
    as_("city.duty").post("/linkage/new/", given(document))
    made = open_incident(order_id=LinkageOrder.objects.get().pk, reach=reach("city.duty"), now=now)
    # Landlines pass: a report ends with the duty room's. Here somebody's own was typed.
    Incoming.objects.filter(pk=document.pk).update(
        texts=[{"label": "要求", "text": "家属 0519-88886666"}], note="13800138000", title="致 0519-88886666"
    )

    found = {one.column for one in gathered.of(made.incident) if one.table == "exchange_incoming"}
    gathered.destroy(made.incident, [DataKind.TEXTS])

    assert found == {"texts", "note", "title"}
    document.refresh_from_db()
    kept = json.dumps([document.texts, document.note, document.title])
    assert "88886666" not in kept
    assert "13800138000" not in kept
    assert not [one for one in gathered.of(made.incident) if one.table == "exchange_incoming"]
