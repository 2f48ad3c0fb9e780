"""The pages and the API of the report chain: what they say, in which language, and who gets nothing."""

import io
import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from command.report_chain import sending, signing
from command.report_chain.models import UpwardReport
from incidents.reporting.actions import add_observation
from plans.engine.facts import Facts
from tests.command.report_chain.conftest import ABOVE
from tests.early_warnings.conftest import PASSWORD
from tests.tokens import issue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wall_clock")]


@pytest.fixture
def call(cast, now, client):
    """call("county1.duty", "post", "reports/", event, {…}) → the answer, with a bearer token and a fresh key."""
    keys = itertools.count()

    def call(username, method, path, event, body=None, **headers):
        url = f"/api/v1/incidents/{event.number}/{path}"
        given = {"HTTP_AUTHORIZATION": f"Bearer {issue(user=cast[username], now=now)}", **headers}
        if method == "post":
            given["HTTP_IDEMPOTENCY_KEY"] = headers.pop("key", None) or f"k{next(keys)}"
            return client.post(url, body or {}, content_type="application/json", **given)
        return client.get(url, body or {}, **given)

    return call


def test_the_chain_over_the_api_from_the_draft_to_the_receipt(call, incident, passwords):
    event = incident(what="要求退费", headcount=8)
    duty, director = "county1.duty", "county1.director"

    drafted = call(duty, "post", "reports/", event, {"kind": "initial", "recipients": [ABOVE]})
    assert drafted.status_code == 201
    body = drafted.json()
    assert (body["number"], body["title"]) == (1, "关于一楼大厅要求退费一事的初报")
    assert list(body["fields"]) == [
        "time", "place", "course", "result", "situation", "measures", "contact", "other",
    ]  # fmt: skip
    assert [one["title"] for one in body["recipients"]] == [ABOVE]
    assert drafted["ETag"] == '"1"'
    assert drafted["Location"] == f"/api/v1/incidents/{event.number}/reports/1/"

    told = call(duty, "post", "reports/1/phone/", event, {"told_whom": "值班室"})
    assert told.json()["recipients"][0]["phoned_by"] == duty
    assert call(director, "post", "reports/1/sign/", event, {"credential": PASSWORD}).json()["errors"] == {
        "measures": ["此项未填。"]
    }
    said = {"result": "已平息", "measures": "已派员到场"}
    changed = call(duty, "post", "reports/1/revise/", event, {"fields": said})
    assert changed.json()["fields"]["result"] == "已平息"
    assert call(duty, "post", "reports/1/sign/", event, {"credential": PASSWORD}).status_code == 403
    old = call(director, "post", "reports/1/sign/", event, {"credential": PASSWORD}, HTTP_IF_MATCH='"1"')
    assert old.status_code == 412
    signed = call(director, "post", "reports/1/sign/", event, {"credential": PASSWORD}).json()
    assert (signed["state"], signed["intact"]) == ("signed", True)
    sent = call(duty, "post", "reports/1/send/", event, {"channel": "fax"}).json()
    assert sent["state"] == "sent"
    got = call(
        duty, "post", "reports/1/receipt/", event, {"receiver": "值班室", "outside_number": "2026-7"}
    ).json()
    assert (got["state"], got["recipients"][0]["outside_number"]) == ("received", "2026-7")

    chain = call(duty, "get", "reports/", event).json()
    assert [one["kind"] for one in chain["results"]] == ["initial"]
    assert [one["kind"] for one in chain["next"]] == ["continued", "final"]


def test_known_and_told_over_the_api(call, incident, sent, reach, now):
    event = incident(headcount=8)
    sent(event)
    add_observation(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        what="又来四人",
        facts=Facts.from_dict({"headcount": 12}),
        now=now,
    )

    lines = {line["fact"]: line for line in call("county1.duty", "get", "known-told/", event).json()}

    assert lines["headcount"]["known"] == "12"
    assert lines["headcount"]["told"] == "8"
    assert lines["headcount"]["differs"] is True
    assert lines["headcount"]["told_by"]
    assert lines["place"]["differs"] is False


def test_the_wrong_kind_is_refused_with_what_comes_next(call, incident):
    answer = call("county1.duty", "post", "reports/", incident(), {"kind": "final", "recipients": [ABOVE]})

    assert (answer.status_code, answer.json()["code"]) == (409, "another_kind_is_next")


@pytest.mark.parametrize("path", ["reports/", "reports/1/", "reports/1.docx", "known-told/"])
def test_the_neighbour_finds_nothing(call, sent, path):
    report = sent()

    assert call("county2.director", "get", path, report.incident).status_code == 404


def test_who_sees_the_incident_and_does_not_direct_it_reads_and_does_nothing(call, sent, signed_in):
    report = sent()
    event = report.incident

    assert call("city.audit", "get", "reports/1/", event).status_code == 200
    assert call("city.audit", "post", "reports/1/receipt/", event, {"receiver": "x"}).status_code == 403
    page = signed_in("city.audit", "en").get(f"/incidents/{event.number}/reports/").content.decode()
    assert "draft-report" not in page


def test_the_number_of_queries_does_not_grow(sent, incident, signed_in):
    event = incident()
    sent(event)
    browser = signed_in("county1.duty")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/incidents/{event.number}/reports/").status_code == 200
        return len(queries)

    asked()
    few = asked()
    sent(event, "continued", minutes=10, recipients=("甲局", "乙局", "丙局"))
    sent(event, "continued", minutes=20)

    assert asked() == few


# --- pages -----------------------------------------------------------------------------------------------------


def test_the_chain_on_a_page_without_scripts(incident, passwords, signed_in):
    event = incident(what="要求退费", headcount=8)
    duty, director = signed_in("county1.duty"), signed_in("county1.director")
    chain = f"/incidents/{event.number}/reports/"

    assert "起草初报" in duty.get(chain).content.decode()
    began = duty.post(chain, {"kind": "initial", "recipients": f"{ABOVE}\n"})
    assert (began.status_code, began["Location"]) == (303, f"{chain}1/")
    text = duty.get(f"{chain}1/text/")
    assert text.status_code == 200
    kept = duty.post(
        f"{chain}1/text/",
        {
            **UpwardReport.objects.get().fields,
            "result": "已平息",
            "measures": "已派员",
            "rev": "1",
            "recipients": ABOVE,
        },
    )
    assert kept.status_code == 303
    assert duty.post(f"{chain}1/phone/", {"recipient": ABOVE, "told_whom": "值班室"}).status_code == 303
    wrong = director.post(f"{chain}1/sign/", {"credential": "wrong"})
    assert wrong.status_code == 422
    assert director.post(f"{chain}1/sign/", {"credential": PASSWORD}).status_code == 303
    assert duty.post(f"{chain}1/send/", {"recipient": ABOVE, "channel": "fax"}).status_code == 303
    page = duty.get(f"{chain}1/").content.decode()
    assert "已报出，待回执" in page
    assert "与签发时一致" in page
    assert duty.post(f"{chain}1/receipt/", {"recipient": ABOVE, "receiver": "值班室"}).status_code == 303
    assert "各方均已签收" in duty.get(chain).content.decode()


def test_what_is_not_in_order_comes_back_beside_its_field(incident, signed_in):
    event = incident()
    duty = signed_in("county1.duty", "en")
    chain = f"/incidents/{event.number}/reports/"

    answer = duty.post(chain, {"kind": "initial", "recipients": ""})

    assert answer.status_code == 422
    assert "The plan names nobody above for this level" in answer.content.decode()
    duty.post(chain, {"kind": "initial", "recipients": ABOVE})
    answer = duty.post(f"{chain}1/phone/", {"recipient": ABOVE, "told_whom": ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert duty.post(f"{chain}1/nothing/", {}).status_code == 404


def test_a_gap_is_said_before_anybody_is_asked_or_signs(drafted, signed_in, passwords):
    report = drafted()
    chain = f"/incidents/{report.incident.number}/reports/1/"

    for username, act, given in (
        ("county1.duty", "ask", {}),
        ("county1.director", "sign", {"credential": PASSWORD}),
    ):
        answer = signed_in(username).post(f"{chain}{act}/", given)
        assert answer.status_code == 422
        assert "以下各项为空：已采取措施" in answer.content.decode()


def test_differences_and_overdue_receipts_are_seen(sent, incident, reach, signed_in, now, wall_clock):
    event = incident(headcount=8)
    sent(event)
    add_observation(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        what="又来四人",
        facts=Facts.from_dict({"headcount": 12}),
        now=now,
    )
    chain = f"/incidents/{event.number}/reports/"

    assert "1 thing is known otherwise" in signed_in("county1.duty", "en").get(chain).content.decode()
    assert "回执逾期" not in signed_in("county1.duty").get(chain).content.decode()
    wall_clock.move_to(now + timedelta(hours=3))
    assert "回执逾期" in signed_in("county1.duty").get(chain).content.decode()


def test_the_incident_leads_to_its_reports(incident, signed_in):
    event = incident()

    page = signed_in("county1.duty").get(f"/incidents/{event.number}/").content.decode()

    assert f'href="/incidents/{event.number}/reports/"' in page


def test_what_a_warning_told_stands_beside_the_chain(signed, signed_in):
    warning = signed("red", headcount=60)

    page = signed_in("city.director").get(f"/incidents/{warning.incident.number}/reports/").content.decode()

    assert "随预警上报" in page
    assert warning.number in page
    assert "省司法厅" in page


# --- papers ----------------------------------------------------------------------------------------------------


def test_a_signed_report_is_an_official_paper(sent, incident, signed_in, reach, now):
    event = incident(what="要求退费", headcount=8)
    add_observation(
        incident_id=event.pk, reach=reach("county1.duty"), what="情绪平稳", facts=Facts(), now=now
    )
    sent(event)

    answer = signed_in("county1.duty", "en").get(f"/incidents/{event.number}/reports/1/paper.docx")

    lines = [paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs]
    assert "关于一楼大厅要求退费一事的初报" in lines
    assert f"{ABOVE}：" in lines
    assert "一、时间" in lines
    course = lines.index("三、经过")
    assert lines[course + 1 : course + 3] == [
        "9时00分，上报事件：要求退费；人数 8。",
        "9时00分，现场情况：情绪平稳。",
    ]
    assert "七、负责人联系方式" in lines
    assert any(event.unit.phone in line for line in lines)
    assert f"{event.number}-R1" in "".join(lines)


def test_a_drill_says_so_on_its_paper(sent, incident, signed_in):
    event = incident(drill=True, what="演练科目一")
    sent(event)

    answer = signed_in("county1.duty").get(f"/incidents/{event.number}/reports/1/paper.docx")

    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)
    assert "【演练】" in text
    assert "不是真实事件" in text


def test_a_draft_has_no_paper(drafted, call):
    report = drafted()

    answer = call("county1.duty", "get", "reports/1.pdf", report.incident)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_signed")


def test_a_paper_of_another_kind_is_not_there(sent, call):
    assert call("county1.duty", "get", "reports/1.odt", sent().incident).status_code == 404


@pytest.mark.slow
def test_the_pdf_is_one(sent, call):
    answer = call("county1.duty", "get", "reports/1.pdf", sent().incident)

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_a_text_that_was_typed_as_a_number_of_a_person_is_asked_about(drafted, call):
    report = drafted()

    answer = call(
        "county1.duty", "post", "reports/1/revise/", report.incident, {"fields": {"other": "13800138000"}}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "personal_data")


# --- what waits on the boards ----------------------------------------------------------------------------------


def board(browser, path="/duty/"):
    return browser.get(path).content.decode()


def test_the_boards_show_what_has_to_be_signed_sent_and_asked_after(
    drafted, whole, signed_report, reach, signed_in, now, wall_clock
):
    report = whole(drafted())
    director, duty = signed_in("county1.director"), signed_in("county1.duty")
    assert "签发上报：初报" not in board(director, "/command/")

    signing.ask_for_signature(report_id=report.pk, reach=reach("county1.duty"), now=now)
    assert "签发上报：初报" in board(director, "/command/")
    assert re.search(r"待签发</h2>\s*<span class=\"count\">1</span>", board(director, "/command/")), (
        "it is counted"
    )
    assert "签发上报：初报" not in board(duty)
    assert "上报：初报" not in board(signed_in("county2.duty"))

    signed_report(report)
    assert "签发上报：初报" not in board(director, "/command/")
    assert "报出上报：初报" in board(duty)
    assert "报出上报：初报" not in board(signed_in("city.duty"))

    at = now + timedelta(minutes=3)
    sending.send_report(report_id=report.pk, reach=reach("county1.duty", at), channel="fax", now=at)
    assert "上报：初报" not in board(duty)
    wall_clock.move_to(now + timedelta(hours=3))
    assert "回执逾期：初报" in board(duty)
