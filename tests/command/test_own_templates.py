"""A unit keeps templates of its own: offered beside the plan's, each version on record, ended when it is no longer used."""

import pytest
from django.db import IntegrityError, transaction

from command.orders import templates
from command.orders.actions import issue_order, read_target
from command.orders.models import Order
from command.own_templates import actions, queries
from command.own_templates.models import OwnTemplate
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from journal.models import Entry
from journal.record import content_of

SAID = {
    "name": "大厅秩序",
    "task": "到一楼大厅维持通道畅通",
    "checklist": "扩音器\n\n 警戒带 ",
    "minutes": 12,
    "squad": "perimeter",
}


@pytest.fixture
def add(units, reach, now):
    def act(unit="C1", by="county1.duty", **said):
        return actions.add_template(reach=reach(by), unit=units[unit], now=now, **SAID | said)

    return act


def test_each_version_stands_in_its_entry_in_full(add, reach, now):
    template = add()
    asked = {"reach": reach("county1.duty"), "template_id": template.pk, "now": now}

    actions.change_template(**asked, rev=1, **SAID | {"task": "到二楼"})
    actions.change_template(**asked, rev=2, **SAID | {"task": "到二楼"})
    with pytest.raises(Stale):
        actions.change_template(**asked, rev=1, **SAID)
    actions.end_template(**asked)
    actions.end_template(**asked)

    entries = Entry.objects.filter(subject=template.key).order_by("pk")
    assert [entry.kind.partition(".")[2] for entry in entries] == ["added", "changed", "ended"]
    assert content_of(entries[0]) == {
        "what": "大厅秩序", "version": 1, "task": SAID["task"], "checklist": ["扩音器", "警戒带"], "minutes": 12,
        "squad": "perimeter",
    }  # fmt: skip
    assert [(one.number, one.task) for one in queries.versions(template)] == [
        (2, "到二楼"),
        (1, SAID["task"]),
    ]
    with pytest.raises(WrongState) as refused:
        actions.change_template(**asked, **SAID)
    assert refused.value.code == "template_ended"
    add()


def test_a_name_is_offered_once_and_the_database_holds_it(add, reach, now):
    template, other = add(), add(name="别的")
    asked = {"reach": reach("county1.duty"), "template_id": other.pk, "now": now}

    for twice in (add, lambda: actions.change_template(**asked, **SAID)):
        with pytest.raises(WrongState) as refused:
            twice()
        assert refused.value.code == "template_offered"
    # The third is template_squad_fits_an_address.
    for wrong in ({"task": ""}, {"minutes": 1441}, {"squad": "a b"}, {"name": "别的"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnTemplate.objects.filter(pk=template.pk).update(**wrong)
    with pytest.raises(Invalid):
        add(name="找人", task="找张三 13800138000")


@pytest.mark.parametrize("username", ["county2.duty", "town11.clerk", "county1.squad.dialogue", "city.audit"])
def test_who_gives_no_orders_there_keeps_no_template(add, reach, now, username):
    template = add()

    for act in (
        lambda: add(name="别的", by=username),
        lambda: actions.end_template(reach=reach(username), template_id=template.pk, now=now),
        lambda: actions.change_template(reach=reach(username), template_id=template.pk, now=now, **SAID),
    ):
        with pytest.raises(NotAllowed):
            act()
    if username == "county2.duty":
        with pytest.raises(NotFound):
            queries.get_own_template(reach(username), template.pk)


def test_an_order_is_offered_those_of_its_unit_and_above_the_nearest_first(
    alarm, add, reach, now, django_assert_num_queries
):
    of_city, ours = add("C0", by="city.duty"), add()
    add("T12", name="镇里的"), add("C2", by="county2.duty")
    ended = add(name="停用的")
    actions.end_template(reach=reach("county1.duty"), template_id=ended.pk, now=now)
    incident = alarm()

    with django_assert_num_queries(1):
        found = templates.offered(incident)

    own = [one for one in found if one.id.startswith("own-")]
    assert [one.id for one in own] == [f"own-{ours.pk}", f"own-{of_city.pk}"]
    assert own == found[-2:], "the plan's come first"
    assert own[0].group == str(ours.unit)


def test_it_fills_the_order_form_and_the_order_carries_its_checklist(signed_in, add, alarm):
    template, incident, browser = add(), alarm(), signed_in("county1.duty")
    address = f"/incidents/{incident.number}/order/"
    first = browser.get(address).context["form"].fields["to"].choices[0][0]
    chosen = {"fill": "1", "template": f"own-{template.pk}"}

    filled = browser.post(address, {**chosen, "task": "", "to": first}).context["form"]
    kept = browser.post(address, {**chosen, "task": "到二楼", "minutes": "5", "to": "squad:dialogue@C1"})
    several = browser.post(f"/incidents/{incident.number}/orders/", {**chosen, "task": ""})

    assert (filled["task"].value(), filled["minutes"].value()) == (SAID["task"], 12)
    assert (filled["checklist"].value(), filled["to"].value()) == (SAID["checklist"], "squad:perimeter@C1")
    assert "接收方已按模板填入" in several.content.decode()
    assert several.context["form"]["to"].value() == "squad:perimeter@C1"
    typed = kept.context["form"]
    assert (typed["task"].value(), typed["minutes"].value()) == ("到二楼", "5")

    sent = {"to": "squad:perimeter@C1", "task": SAID["task"], "checklist": SAID["checklist"]}
    assert browser.post(address, sent).status_code == 303
    order = Order.objects.get()
    assert order.checklist_lines == ["扩音器", "警戒带"]
    assert content_of(Entry.objects.get(kind="order.issued"))["checklist"] == ["扩音器", "警戒带"]
    assert "<li>警戒带</li>" in signed_in("county1.squad.perimeter").get("/squad/").content.decode()
    assert browser.get(f"/api/v1/orders/{order.number}/").json()["checklist"] == ["扩音器", "警戒带"]


def test_an_order_without_a_checklist_says_nothing_of_one(alarm, reach, now):
    target = read_target("squad:dialogue@C1")
    issue_order(incident_id=alarm().pk, reach=reach("county1.duty"), target=target, task="到场", now=now)

    assert "checklist" not in content_of(Entry.objects.get(kind="order.issued"))


def test_the_pages_begin_empty_add_change_and_end(signed_in):
    browser = signed_in("county1.duty")
    assert "尚无单位自建模板" in browser.get("/order-templates/").content.decode()
    assert 'value="C1"' in browser.get("/order-templates/new/").content.decode()
    assert browser.post("/order-templates/new/", {**SAID, "unit": "C2"}).status_code == 422

    assert browser.post("/order-templates/new/", {**SAID, "unit": "C1"}).status_code == 303
    template = OwnTemplate.objects.get()
    address = f"/order-templates/{template.pk}/"
    assert SAID["name"] in browser.get("/order-templates/").content.decode()
    page = browser.get(address).content.decode()
    assert 'name="rev" value="1"' in page
    assert browser.post(address, {**SAID, "task": "到二楼", "rev": 1}).status_code == 303
    assert browser.post(address, {**SAID, "rev": 1}).status_code == 422
    assert browser.get("/api/v1/order-templates/").json()["results"][0]["task"] == "到二楼"
    assert browser.get(f"/api/v1/order-templates/{template.pk}/")["ETag"] == '"2"'

    reader = signed_in("county1.squad.dialogue")
    assert "data-once" not in reader.get(address).content.decode().split("<main")[1]
    assert reader.get("/order-templates/new/").status_code == 403
    assert signed_in("city.secadmin").get("/order-templates/").status_code == 403

    assert browser.post(f"{address}end/", {"rev": 2}).status_code == 303
    assert SAID["name"] not in browser.get("/order-templates/").content.decode()
    assert "已停用" in browser.get(address).content.decode()
