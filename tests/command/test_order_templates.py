"""The order form offers tasks that are ready; a choice fills in an empty task and changes nothing that was typed."""

import re

import pytest

from command.orders import templates
from command.orders.models import Order

T1 = "到接待大厅接待集体访，请来访人推选代表（不超过5人），逐条登记诉求，告知办理时限，安抚其余人员"


@pytest.fixture
def page(alarm, signed_in):
    incident = alarm()
    browser = signed_in("county1.duty")

    def send(door="order", **fields):
        address = f"/incidents/{incident.number}/{door}/"
        return browser.post(address, fields) if fields else browser.get(address)

    send.incident = incident
    return send


def _task(answer) -> str:
    return re.search(r"<textarea[^>]*name=\"task\"[^>]*>\s*(.*?)</textarea>", answer.content.decode(), re.S)[
        1
    ]


@pytest.mark.parametrize("door", ["order", "orders"])
def test_the_plans_tasks_are_offered_by_kind(page, door):
    shown = page(door).content.decode()

    for group in ("集体访", "自伤自残", "各类事件"):
        assert f'<optgroup label="{group}">' in shown
    assert shown.index('name="fill"') > shown.index("button primary"), "Enter sends, it does not fill in"


@pytest.mark.parametrize("door", ["order", "orders"])
def test_a_choice_fills_an_empty_task_and_keeps_the_rest(page, door):
    answer = page(door, fill="1", template="plan-T1", task="  ", minutes="20", to="squad:dialogue@C1")

    assert answer.status_code == 200
    assert _task(answer) == T1
    shown = answer.content.decode()
    assert 'value="20"' in shown
    assert re.search(r'value="squad:dialogue@C1"[^>]*(selected|checked)', shown)
    assert "error-summary" not in shown
    assert not Order.objects.exists()


def test_what_was_typed_stays(page):
    answer = page(fill="1", template="plan-T1", task="到二楼", minutes="x")

    assert _task(answer) == "到二楼"
    assert 'value="x"' in answer.content.decode()


def test_a_choice_that_is_none_fills_in_nothing(page):
    assert _task(page(fill="1", template="plan-nothing", task="")) == ""


def test_an_order_goes_out_whatever_stands_in_the_choice(page):
    answer = page(template="plan-gone", task="到二楼", to="squad:dialogue@C1", minutes="")

    assert answer.status_code == 303
    assert Order.objects.get().task == "到二楼"


def test_a_template_from_a_level_on_waits_for_it(page):
    incident = page.incident
    incident.level = "blue"
    assert "plan-T2" not in [one.id for one in templates.offered(incident)]

    incident.level = "yellow"
    assert "plan-T2" in [one.id for one in templates.offered(incident)]


def test_who_may_give_no_orders_gets_no_form_filled_in(page, alarm, signed_in):
    address = f"/incidents/{page.incident.number}/order/"

    answer = signed_in("county1.responder").post(address, {"fill": "1", "template": "plan-T1"})

    assert answer.status_code in (403, 404)
