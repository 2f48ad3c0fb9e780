"""What the forms of a step begin with: plan and record alone, in the reader's language, and what is sent is what stands."""

import pytest

from command.orders.models import Order
from command.orders.prefilled import first_order
from common.dates.local_time import LOCAL
from early_warnings.models import EarlyWarning
from early_warnings.proposals.actions import Statement, propose_new_warning
from early_warnings.proposals.drafting import first_reason
from early_warnings.signing.actions import sign_warning
from incidents.actions import take_over
from incidents.closing.queries import questions
from incidents.models import Incident
from plans.document.packages import package_at
from tests.early_warnings.conftest import PASSWORD, passwords  # noqa: F401

pytestmark = pytest.mark.usefixtures("plan")
LANGUAGES = {"zh-hans": "zh", "en": "en"}


@pytest.fixture
def order_form(signed_in):
    def ask(incident, language="zh-hans", **sent):
        browser, address = signed_in("county1.duty", language), f"/incidents/{incident.number}/order/"
        return browser.post(address, sent) if sent else browser.get(address)

    return ask


@pytest.mark.parametrize(("language", "short"), LANGUAGES.items())
def test_an_order_begins_with_what_the_plan_has_ready_for_the_level(alarm, order_form, language, short):
    incident = alarm(headcount=8)

    form = order_form(incident, language).context["form"]

    prepared = {
        f"squad:{one.squad}@C1": getattr(one.words, short)
        for one in package_at(incident.plan.document, "yellow").orders
    }
    assert incident.shown_level == "yellow"
    assert form.initial["to"] in dict(form.fields["to"].choices)
    assert form.initial["task"] == prepared[form.initial["to"]]
    assert set(form.initial) == {"to", "task"}


def test_what_stands_in_the_order_is_what_is_sent(alarm, order_form):
    incident = alarm(headcount=8)
    first = order_form(incident).context["form"].initial

    answer = order_form(incident, to=first["to"], task=first["task"], minutes="", checklist="")

    assert answer.status_code == 303
    assert Order.objects.get(incident=incident).task == first["task"]


def test_a_squad_under_way_is_passed_over(alarm, order_form):
    incident = alarm(headcount=8)
    first = order_form(incident).context["form"].initial
    order_form(incident, to=first["to"], task=first["task"], minutes="", checklist="")

    again = order_form(incident).context["form"].initial

    assert again["task"] != first["task"]
    assert again.get("to") != first["to"]


@pytest.mark.parametrize(
    ("language", "says"),
    [("zh-hans", "赶赴一楼大厅。已知：人数：8"), ("en", "Go to 一楼大厅. Known: headcount: 8")],
)
def test_where_the_plan_has_nothing_ready_it_says_where_to_go_and_what_is_known(
    alarm, order_form, language, says
):
    incident = alarm(headcount=8)
    Incident.objects.filter(pk=incident.pk).update(proposed_level="")

    assert order_form(incident, language).context["form"].initial == {"task": says}


def test_a_template_takes_the_place_of_what_nobody_typed_and_of_nothing_else(alarm, order_form):
    incident = alarm(headcount=8)
    first = order_form(incident).context["form"].initial
    sent = {"fill": "1", "template": "plan-T1", "minutes": "", "checklist": ""}

    untouched = order_form(incident, to=first["to"], task=first["task"], **sent).context["form"].initial
    typed = order_form(incident, to=first["to"], task="先到二楼", **sent).context["form"].initial

    assert untouched["task"] not in ("", first["task"])
    assert typed["task"] == "先到二楼"


def test_no_language_makes_a_task_longer_than_its_field(alarm):
    incident = alarm(headcount=8, place="长" * 120)
    incident.proposed_level, incident.place = "", "长" * 400

    assert len(first_order(incident, [])["task"]) == 300


# --- closing -----------------------------------------------------------------------------------------------------------


def closing_form(browser, incident):
    return browser.get(f"/incidents/{incident.number}/").context["close_form"]


def sent_with(form, incident, now, summary):
    answers = {f"answer-{one.id}": "not_needed" for one in questions(incident, now)}
    return {"summary": summary, "initial-summary": form.initial["summary"], "why": "现场平稳", **answers}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("zh-hans", "{at}知悉：一楼大厅。人数：8。"),
        ("en", "Known {at}: 一楼大厅. Headcount: 8."),
    ],
)
def test_the_summary_begins_with_what_is_on_record(alarm, reach, signed_in, now, language, says):
    incident = alarm(headcount=8)
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)

    form = closing_form(signed_in("county1.duty", language), incident)

    assert form.initial["summary"] == says.format(at=f"{now.astimezone(LOCAL):%Y-%m-%d %H:%M}")


def test_the_record_alone_does_not_close_and_what_stands_there_does(alarm, reach, signed_in, now):
    incident, browser = alarm(headcount=8), signed_in("county1.duty")
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)
    form = closing_form(browser, incident)
    begun = form.initial["summary"]

    untouched = browser.post(f"/incidents/{incident.number}/close/", sent_with(form, incident, now, begun))
    incident.refresh_from_db()
    was = incident.state
    finished = browser.post(
        f"/incidents/{incident.number}/close/", sent_with(form, incident, now, begun + "群众散去。")
    )

    incident.refresh_from_db()
    assert (untouched.status_code, was) == (422, "under_way")
    assert (finished.status_code, incident.state) == (303, "closed")
    assert incident.summary == begun + "群众散去。"


# --- a response ----------------------------------------------------------------------------------------------------------


def test_a_response_begins_with_the_plans_reasons_and_the_signed_measures(
    alarm,
    reach,
    signed_in,
    now,
    passwords,  # noqa: F811
):
    incident = alarm(headcount=8)
    said = Statement(level="yellow", reason="人数较多", measures="疏导分流，设外围警戒")
    warning = propose_new_warning(
        incident_id=incident.pk, reach=reach("county1.duty"), statement=said, now=now
    )
    sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)

    page = signed_in("county1.duty").get(f"/incidents/{incident.number}/response/")

    form = page.context["form"]
    assert form.initial["measures"] == EarlyWarning.objects.get().measures == "疏导分流，设外围警戒"
    assert form.initial["reason"] == first_reason(incident)
    assert "§" in form.initial["reason"]
