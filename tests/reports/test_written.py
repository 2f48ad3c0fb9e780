"""Written reports: asked as the plan says, kept without loss, handed in in versions, received by the level above."""

import io
import json
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from docx import Document

from accounts.actions import create_unit
from accounts.models import Unit
from accounts.scope import reach_of
from accounts.tokens import issue
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from common.periods import LOCAL, day_of, parse, period_of
from journal.models import Entry
from notices.models import Notice
from plans.actions import load_plan
from plans.campaigns import Term
from plans.writing import Cutoff, cutoff_of
from reports.matters.actions import register
from reports.models import ReportItem, WrittenReminder, WrittenReport, WrittenVersion
from reports.written import rules
from reports.written.actions import hand_in, keep, receive
from reports.written.figures import figures
from reports.written.queries import asked_below, get_slot
from reports.written.reminders import not_needed, remind_written

PLAN = "cn-unit-petition-stability-002"
WEEK, MONTH, QUARTER = "C002-11", "C002-12", "C002-13"
TEXTS = {"analysis": "欠薪为主", "judgement": "总体可控", "outlook": "年底前后上升"}
LINE = {"class": "labour", "what": "工地欠薪", "measure": "约谈企业", "responsible": "城关镇司法所",
        "deadline": "2026-11-30", "matter": ""}  # fmt: skip

pytestmark = pytest.mark.django_db


def text_of(name: str) -> str:
    return (settings.BASE_DIR / "plans/library" / name).read_text()


@pytest.fixture(autouse=True)
def _long_there(units):
    """The bureau is older than the periods that are asked for."""
    Unit.objects.update(valid_from=None)


@pytest.fixture
def plan(units, now):
    """The unit plan, for a month in force in the township T11."""
    return load_plan(text=text_of("unit-petition-reception.yaml"), actor=None, now=now - timedelta(days=40),
                     owner=units["T11"], put_in_force=True)  # fmt: skip


@pytest.fixture
def slot(cast, now, plan):
    """slot("town11.head", MONTH) → what is asked of T11 this month; weekly ones of V111."""

    def _slot(username="town11.head", clock=MONTH, code="", period="", at=now):
        code = code or ("V111" if clock == WEEK else "T11")
        period = period or {WEEK: "2026-W47", MONTH: "2026-11", QUARTER: "2026-Q4"}[clock]
        return get_slot(reach_of(cast[username], at), code, PLAN, clock, period, at)

    return _slot


@pytest.fixture
def write(cast, now, slot):
    """write("town11.head", MONTH, hand=True) → keeps or hands in what is written."""

    def _write(
        username="town11.head", clock=MONTH, *, hand=True, at=now, rev=None, texts=None, lines=(), **more
    ):
        found = slot(username, clock, at=at, **more)
        wanted = {part: text for part, text in TEXTS.items() if part in found.parts}
        act = hand_in if hand else keep
        return act(
            reach=reach_of(cast[username], at), slot=found, rev=found.rev if rev is None else rev,
            texts=wanted if texts is None else texts, lines=list(lines), now=at,
        )  # fmt: skip

    return _write


@pytest.fixture
def confirm(cast, now, slot):
    def _confirm(username="county1.duty", clock=MONTH, version=1, at=now):
        reach = reach_of(cast[username], at)
        return receive(reach=reach, slot=slot(username, clock, at=at), version=version, now=at)

    return _confirm


@pytest.fixture
def page(cast, client, now, plan):
    def _page(username, clock=MONTH, code="T11", period="2026-11", language="zh-hans", after="", **data):
        client.force_login(cast[username])
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        address = f"/reports/written/{code}/{PLAN}/{clock}/{period}/{after}"
        with time_machine.travel(now, tick=False):
            return client.post(address, data) if data else client.get(address)

    return _page


# --- rules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "recurrence", "text", "last"),
    [
        ("2026-W47", "weekly", "Thu 24:00", "2026-11-19T23:59:59"),
        ("2026-W47", "weekly", "Fri 17:30", "2026-11-20T17:30:00"),
        ("2026-11", "monthly", "24 24:00", "2026-11-24T23:59:59"),
        ("2026-11", "monthly", "last 24:00", "2026-11-30T23:59:59"),
        ("2027-02", "monthly", "31 12:00", "2027-02-28T12:00:00"),
        ("2026-Q4", "quarterly", "last 24:00", "2026-12-31T23:59:59"),
        ("2026-Q3", "quarterly", "25 09:00", "2026-09-25T09:00:00"),
    ],
)
def test_the_cutoff_is_where_the_plan_says(period, recurrence, text, last):
    due = rules.due_at(parse(period), cutoff_of(text, recurrence))

    assert due.replace(microsecond=0) == datetime.fromisoformat(last).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("text", "recurrence"),
    [("", "weekly"), ("24:00", "weekly"), ("24 24:00", "weekly"), ("Thu 24:00", "monthly"), ("Thu 25:00", "weekly"),
     ("32 12:00", "monthly"), ("last 24:00", "daily"), ("Thu 24:00", "daily")],
)  # fmt: skip
def test_a_cutoff_that_does_not_fit_is_none(text, recurrence):
    assert cutoff_of(text, recurrence) is None


def test_what_is_still_missing_is_named_field_by_field():
    parts = ("data", "analysis", "judgement")

    assert rules.gaps(parts, "risks", {"analysis": " "}, [{**LINE, "measure": ""}]) == [
        ("analysis", None), ("judgement", None), ("measure", 0),
    ]  # fmt: skip
    assert rules.gaps(("data",), "risks", {}, []) == []
    assert rules.gaps(("data",), "improvements", {}, [{"what": "x", "responsible": "y", "deadline": ""}]) == [
        ("deadline", 0)
    ]


def test_a_day_without_hour_counts_as_the_whole_day():
    assert cutoff_of("24 24:00", "monthly") == Cutoff(time.max, day=24)


# --- whom the plan asks --------------------------------------------------------------------------------------


def test_the_plan_asks_the_unit_and_its_base_units(cast, units, plan, now):
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert [(a.title, str(a.period), [s.unit.code for s in a.slots]) for a in lists] == [
        ("周风险清单", "2026-W47", ["V111"]),
        ("月研判会", "2026-11", ["T11"]),
        ("季度改进报告", "2026-Q4", ["T11"]),
    ]
    assert [s.state(now) for a in lists for s in a.slots] == ["overdue", "none", "none"]


def test_a_plan_asks_nothing_before_it_is_in_force(cast, units, now):
    load_plan(
        text=text_of("unit-petition-reception.yaml"),
        actor=None,
        now=now,
        owner=units["T11"],
        put_in_force=True,
    )
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert [str(a.period) for a in lists] == ["2026-11", "2026-Q4"]


def test_another_cutoff_in_the_plan_is_another_cutoff_here(cast, units, now):
    text = text_of("unit-petition-reception.yaml").replace('at: "24 24:00"', 'at: "20 12:00"')
    load_plan(text=text, actor=None, now=now - timedelta(days=40), owner=units["T11"], put_in_force=True)
    lists = asked_below(reach_of(cast["town11.head"], now), units["T11"], now)

    assert lists[1].due_at == datetime(2026, 11, 20, 12, tzinfo=LOCAL)
    assert lists[1].slots[0].state(now) == "overdue"


def test_a_campaign_asks_the_townships_while_it_lasts(cast, units, now):
    term = Term(date(2026, 11, 1), date(2026, 11, 30), "清河县", cast["city.sysadmin"])
    load_plan(text=text_of("county-zero-report-and-cases.yaml"), actor=None, now=now - timedelta(days=20),
              owner=units["C1"], put_in_force=True, term=term)  # fmt: skip
    reach = reach_of(cast["county1.duty"], now)

    (found,) = asked_below(reach, units["C1"], now)
    assert [s.unit.code for s in found.slots] == ["T11", "T12"]
    assert found.slots[0].parts == ("data", "analysis", "judgement", "outlook")
    assert asked_below(reach, units["C1"], now + timedelta(days=14)) == []


@pytest.mark.parametrize(
    ("code", "clock", "period"),
    [("T12", MONTH, "2026-11"), ("V111", MONTH, "2026-11"), ("T11", "C002-99", "2026-11"), ("T11", MONTH, "2026-W47"),
     ("T11", MONTH, "2026-08"), ("T11", MONTH, "heute"), ("T11", MONTH, "9999-12")],
)  # fmt: skip
def test_what_nobody_asks_is_not_there(cast, now, plan, code, clock, period):
    with pytest.raises(NotFound):
        get_slot(reach_of(cast["county1.duty"], now), code, PLAN, clock, period, now)


def test_a_plan_document_must_say_of_whom_and_by_when(units, now):
    text = text_of("unit-petition-reception.yaml")
    for old, new, why in (
        ("asks: owner, ", "", "asks 或 tiers"),
        ('at: "24 24:00"', 'at: "Thu 24:00"', "须写明哪一天"),
        ("stop: written_report.handed_in,\n     role: base_units", "role: base_units", "才要求书面报告"),
    ):
        assert old in text
        with pytest.raises(Invalid) as refused:
            load_plan(text=text.replace(old, new, 1), actor=None, now=now)
        assert why in str(refused.value.extra["problems"])


# --- writing, handing in, receiving ---------------------------------------------------------------------------


def test_a_draft_is_kept_and_handed_in_with_a_receipt(write, cast):
    draft = write(hand=False, texts={"analysis": "半句"}, lines=[LINE])
    assert (draft.version, draft.rev, draft.number) == (0, 1, "")

    made = write(lines=[LINE])

    assert made.receipt == "T11〔2026〕书报 1 号 / 1"
    assert (made.report.version, made.report.is_late, made.post) == (1, False, "司法所所长")
    kinds = Entry.objects.filter(subject=made.report.key).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["written_report.begun", "written_report.handed_in"]


def test_the_same_words_again_are_the_version_that_is_there(write):
    first = write()

    assert write().pk == first.pk
    assert WrittenVersion.objects.count() == 1


def test_a_correction_is_a_version_under_the_same_number(write):
    first = write()
    again = write(texts={**TEXTS, "outlook": "平稳"})

    assert (again.number, again.report.number) == (2, first.report.number)
    assert WrittenVersion.objects.get(number=1).texts["outlook"] == "年底前后上升"
    assert Entry.objects.filter(kind="written_report.corrected").count() == 1


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_late_is_accepted_and_marked(write, seconds, late):
    at = datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=LOCAL) + timedelta(seconds=seconds)
    made = write(at=at)

    assert made.report.is_late is late
    assert made.report.state(at) == ("late" if late else "handed_in")


def test_a_correction_does_not_make_a_timely_report_late(write, now):
    write()
    again = write(at=now + timedelta(days=5), texts={**TEXTS, "outlook": "平稳"})

    assert not again.report.is_late


def test_nothing_is_written_before_the_period_begins(write, cast, now):
    with pytest.raises(WrongState) as refused:
        write(period="2026-12")
    assert refused.value.code == "period_not_begun"


def test_what_is_missing_is_named_and_nothing_is_handed_in(write):
    with pytest.raises(Invalid) as refused:
        write(texts={"analysis": "x"}, lines=[{**LINE, "deadline": ""}])

    assert set(refused.value.fields) == {"texts.judgement", "texts.outlook", "lines.0.deadline"}
    assert not WrittenReport.objects.exists()


@pytest.mark.parametrize("hand", [True, False])
@pytest.mark.parametrize("where", ["texts", "lines"])
def test_personal_numbers_are_refused(write, hand, where):
    said = {"texts": {**TEXTS, "analysis": "电话13912345678"}} if where == "texts" else {
        "lines": [{**LINE, "what": "张某 139 1234 5678"}]}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        write(hand=hand, **said)

    assert refused.value.code == "personal_data"
    assert not WrittenReport.objects.exists()


def test_a_day_that_does_not_exist_is_refused(write):
    with pytest.raises(Invalid) as refused:
        write(lines=[{**LINE, "deadline": "2026-11-31"}])
    assert refused.value.code == "bad_deadline"


def test_a_confirmed_receipt_locks_the_report(write, confirm):
    write()
    report = confirm()

    assert (report.received_by.username, report.received_post) == ("county1.duty", "县局值班员")
    assert confirm().received_at == report.received_at
    for hand in (True, False):
        with pytest.raises(WrongState) as refused:
            write(hand=hand, texts={**TEXTS, "outlook": "平稳"})
        assert refused.value.code == "already_received"
    assert Entry.objects.filter(kind="written_report.received").count() == 1


def test_only_what_was_read_is_received(write, confirm):
    with pytest.raises(WrongState):
        confirm()
    write()
    write(texts={**TEXTS, "outlook": "平稳"})
    with pytest.raises(Stale) as refused:
        confirm(version=1)
    assert refused.value.code == "another_version"
    assert confirm(version=2).received_at


@pytest.mark.parametrize("username", ["town11.head", "town11.clerk", "city.audit"])
def test_receipt_is_the_business_of_the_level_above(write, confirm, username):
    write()
    with pytest.raises(NotAllowed):
        confirm(username)


@pytest.mark.parametrize(
    ("username", "refusal"),
    [("city.audit", NotAllowed), ("town12.head", NotFound), ("county2.duty", NotFound), ("village111.informant", NotFound)],
)  # fmt: skip
def test_who_may_not_write_does_not(write, username, refusal):
    with pytest.raises(refusal):
        write(username)
    assert not WrittenReport.objects.exists()


def test_from_above_it_is_on_behalf(write):
    assert write("county1.duty").on_behalf
    assert not write("village111.informant", WEEK).on_behalf


def test_two_people_at_once_lose_nothing(write, slot):
    write(hand=False, texts={"analysis": "甲写的"})
    read = slot().rev
    write("town11.clerk", hand=False, texts={"analysis": "乙写的"})

    for hand in (True, False):
        with pytest.raises(Stale) as refused:
            write(hand=hand, rev=read, texts={**TEXTS, "analysis": "甲又写的"})
        assert refused.value.code == "changed_meanwhile"
    assert WrittenReport.objects.get().texts == {"analysis": "乙写的"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_first_drafts_at_the_same_moment_make_one_report(write, slot, cast, now):
    start, outcomes = Barrier(2), []

    def one(username, text):
        try:
            found, reach = slot(username), reach_of(cast[username], now)
            start.wait()
            keep(reach=reach, slot=found, rev=0, texts={"analysis": text}, lines=[], now=now)
            outcomes.append(text)
        except Stale as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=args) for args in (("town11.head", "甲"), ("town11.clerk", "乙"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = WrittenReport.objects.get().texts["analysis"]
    assert sorted(outcomes) == sorted([kept, "changed_meanwhile"])


def test_two_first_drafts_do_not_meet_unseen(write):
    write(hand=False, rev=0, texts={"analysis": "甲写的"})

    with pytest.raises(Stale):
        write("town11.clerk", hand=False, rev=0, texts={"analysis": "乙写的"})


def test_a_report_outlives_the_plan_that_asked_for_it(write, slot, units, now):
    write()
    text = text_of("unit-petition-reception.yaml").replace("version: 2", "version: 3").replace(
        "stop: written_report.handed_in,\n     role: leading_group, asks: owner, written: {lines: risks, origin: proposal}",
        "role: leading_group",
    )  # fmt: skip
    load_plan(text=text, actor=None, now=now, owner=units["T11"], put_in_force=True)

    assert slot().asking is None
    assert slot().title == "月研判会"


def test_numbers_are_dense_within_unit_and_year(write):
    assert [write(clock=clock).report.serial for clock in (QUARTER, MONTH)] == [1, 2]


# --- the counted part ----------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_unit_and_below(units, file, now, cast):
    file("village111.informant", "V111", items=[("land", 2), ("labour", 1)])
    file("village121.informant", "V121", items=[("land", 9)])
    item = ReportItem.objects.filter(report__unit=units["V111"], dispute_class="labour").get()
    register(reach=reach_of(cast["county1.duty"], now), item_id=item.pk, now=now)

    found = figures(units["T11"], parse("2026-11"), now)

    assert found["classes"] == {"labour": 1, "land": 2}
    assert found["matters"] == {"registered": 1, "filed": 0, "open": 1}
    assert (found["incidents"], found["breached"]) == ([], 0)
    assert figures(units["T11"], parse("2026-12"), now)["classes"] == {}


def test_what_was_handed_in_keeps_its_figures(write, file):
    made = write()
    file("village111.informant", "V111", items=[("land", 2)])

    assert WrittenVersion.objects.get(pk=made.pk).data["classes"] == {}


def test_the_list_begins_with_the_open_matters(page, file, units, cast, now):
    file("village111.informant", "V111", items=[("labour", 1, "工地欠薪")])
    register(reach=reach_of(cast["county1.duty"], now), item_id=ReportItem.objects.get().pk, now=now)

    assert "工地欠薪" in page("town11.head").content.decode()


# --- pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("书面报告", "周风险清单", "月研判会", "未起草")), ("en", ("Written reports", "Weekly risk list", "Not begun"))],
)  # fmt: skip
def test_the_list_says_what_is_asked(cast, client, now, plan, language, words):
    client.force_login(cast["town11.head"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with time_machine.travel(now, tick=False):
        body = client.get("/reports/written/").content.decode()

    assert [word for word in words if word not in body] == []


def test_the_page_keeps_a_draft_and_hands_it_in(page):
    said = {"rev": "0", "texts.analysis": "欠薪为主\r\n两起"}
    assert page("town11.head", **said).status_code == 303
    assert WrittenReport.objects.get().texts["analysis"] == "欠薪为主\n两起"

    lines = {f"lines.1.{name}": value for name, value in LINE.items()}
    whole = {"rev": "1", **{f"texts.{part}": text for part, text in TEXTS.items()}, **lines, "hand_in": "1"}
    answer = page("town11.head", **whole)

    assert answer.status_code == 303
    assert WrittenVersion.objects.get().lines == [LINE]
    assert "T11〔2026〕书报 1 号 / 1" in page("town11.head").content.decode()


def test_gaps_are_marked_where_they_are_and_nothing_typed_is_lost(page):
    answer = page(
        "town11.head", rev="0", hand_in="1", **{"texts.analysis": "只写了这些", "lines.2.what": "工地欠薪"}
    )
    body = answer.content.decode()

    assert answer.status_code == 422
    assert "只写了这些" in body
    assert {"texts.judgement", "texts.outlook", "lines.2.measure"} <= set(answer.context["form"].errors)


def test_a_conflict_shows_both_texts(page, write):
    write(hand=False, texts={"analysis": "乙写的"})
    answer = page("town11.head", rev="0", **{"texts.analysis": "甲写的"})
    body = answer.content.decode()

    assert answer.status_code == 412
    assert "甲写的" in body
    assert "乙写的" in body
    again = page(
        "town11.head", rev=str(answer.context["form"]["rev"].value()), **{"texts.analysis": "甲和乙"}
    )
    assert again.status_code == 303


def test_the_level_above_reads_and_confirms(page, write):
    write()
    assert "version" in page("county1.director").content.decode()

    assert page("county1.director", after="receive/", version="1").status_code == 303
    body = page("town11.head").content.decode()
    assert "已签收" in body
    assert "hand_in" not in body


def test_a_neighbour_finds_nothing(page, write):
    write()
    assert page("county2.duty").status_code == 404
    assert page("county2.duty", after="receive/", version="1").status_code == 404
    assert page("county2.duty", after="paper.docx").status_code == 404


def test_the_paper_has_the_parts_in_order(page, write):
    assert page("town11.head", after="paper.docx").status_code == 404
    write(lines=[LINE])
    paper = Document(io.BytesIO(page("town11.head", after="paper.docx").content))
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)

    found = [
        words.index(word)
        for word in (
            "月研判会 2026-11",
            "1. 数据",
            "2. 分析",
            "欠薪为主",
            "3. 研判",
            "4. 展望",
            "5. 风险清单",
        )
    ]
    assert found == sorted(found)
    assert any("约谈企业" in cell.text for table in paper.tables for row in table.rows for cell in row.cells)


def test_a_years_reports_are_listed(cast, client, write, now):
    write()
    client.force_login(cast["county1.duty"])
    with time_machine.travel(now, tick=False):
        assert "T11〔2026〕书报 1 号" in client.get("/reports/written/year/T11/2026/").content.decode()
        assert "T11〔2026〕书报" not in client.get("/reports/written/year/T11/2025/").content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(cast, units, plan, now, client):
    client.force_login(cast["county1.duty"])

    def queries():
        with time_machine.travel(now, tick=False), CaptureQueriesContext(connection) as caught:
            assert client.get("/reports/written/?unit=T11").status_code == 200
        return len(caught)

    queries()
    before = queries()
    for n in range(12):
        create_unit(code=f"X{n}", name=f"新村{n}", name_en="", tier="village", parent=units["T11"], actor=None,
                    now=now - timedelta(days=30))  # fmt: skip
    assert queries() == before


def test_an_informant_finds_the_way(cast, client, now, plan):
    client.force_login(cast["village111.informant"])
    with time_machine.travel(now, tick=False):
        assert 'href="/reports/written/"' in client.get("/report/").content.decode()
        assert "周风险清单" in client.get("/reports/written/").content.decode()


# --- the API -------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast, client, now, plan):
    def _api(username, method="get", path=f"T11/{PLAN}/{MONTH}/2026-11/", body=None, key="k1", **headers):
        token = {
            "Authorization": f"Bearer {issue(user=cast[username], now=now)}",
            "Idempotency-Key": key,
            **headers,
        }
        more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        with time_machine.travel(now, tick=False):
            return getattr(client, method)(f"/api/v1/written-reports/{path}", headers=token, **more)

    return _api


def test_the_api_lists_keeps_hands_in_and_receives(api):
    listed = api("town11.head", path="?unit=T11").json()["reports"]
    assert [(one["clock"], one["unit"], one["state"]) for one in listed] == [
        (WEEK, "V111", "overdue"), (MONTH, "T11", "none"), (QUARTER, "T11", "none"),
    ]  # fmt: skip

    kept = api("town11.head", "put", body={"texts": {"analysis": "半句"}})
    assert (kept.status_code, kept.json()["state"], kept["ETag"]) == (201, "draft", '"1"')

    line = {name: value for name, value in LINE.items() if name != "matter"}
    done = api("town11.head", "put", body={"texts": TEXTS, "lines": [line], "hand_in": True}, key="k2",
               **{"If-Match": '"1"'})  # fmt: skip
    assert done.status_code == 200
    assert done.json()["handed_in"][0]["receipt"] == "T11〔2026〕书报 1 号 / 1"
    assert api("town11.head").json()["lines"] == [LINE]

    received = api("county1.duty", "post", f"T11/{PLAN}/{MONTH}/2026-11/receipt/", {"version": 1}, key="k3")
    assert received.json()["state"] == "received"


@pytest.mark.parametrize(
    ("username", "body", "status"),
    [
        ("town11.head", {"texts": {"data": "x"}}, 422),
        ("town11.head", {"texts": {"summary": "x"}}, 422),
        ("town11.head", {"hand_in": True}, 422),
        ("town11.head", {"texts": {"analysis": "13912345678"}}, 422),
        ("city.audit", {"texts": {}}, 403),
        ("county2.duty", {"texts": {}}, 404),
    ],
)
def test_the_api_refuses_with_reasons(api, username, body, status):
    assert api(username, "put", body=body).status_code == status
    assert not WrittenReport.objects.exists()


def test_the_api_refuses_what_was_read_before_it_changed(api, write):
    write(hand=False, texts={"analysis": "乙写的"})
    answer = api("town11.head", "put", body={"texts": TEXTS}, **{"If-Match": '"0"'})
    assert answer.status_code == 412


# --- what must always hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_handed_in_report_has_time_and_number", {"version": 0}),
        ("a_handed_in_report_has_time_and_number", {"serial": None}),
        ("a_received_report_was_handed_in", {"received_at": datetime(2026, 11, 23, tzinfo=LOCAL)}),
    ],
)
def test_the_database_holds_it(write, name, change):
    made = write()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WrittenReport.objects.filter(pk=made.report_id).update(**change)


#: Unique ones: one_written_report_per_ask, one_written_report_per_number, one_written_version_per_number.
def test_the_database_holds_one_of_each(write):
    made = write()
    for row, changed in (
        (WrittenReport.objects.get(), {"version": 0, "handed_in_at": None, "serial": None}),
        (WrittenReport.objects.get(), {"clock": "X"}),
        (WrittenVersion.objects.get(), {}),
    ):
        row.pk = None
        for field, value in changed.items():
            setattr(row, field, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert period_of("monthly", day_of(made.handed_in_at)) == made.report.period


# --- reminders -----------------------------------------------------------------------------------------------

DUE_AT = datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=LOCAL)


def told(purpose):
    rows = Notice.objects.filter(purpose__startswith=purpose, channel="app").select_related(
        "unit", "recipient"
    )
    return sorted((notice.unit.code, notice.recipient.username) for notice in rows)


def test_the_silent_are_reminded_when_the_plan_says_and_once(plan):
    at = DUE_AT - timedelta(hours=31)
    remind_written(at)
    assert told("written.due") == []

    remind_written(at + timedelta(minutes=1))
    assert told("written.due") == [("T11", "town11.clerk")]
    assert remind_written(at + timedelta(minutes=2)) == 0
    notice = Notice.objects.filter(purpose__startswith="written.due").first()
    assert "月研判会" in notice.text_zh
    assert "11-24 23:59" in notice.text_en


def test_at_the_cutoff_the_level_above_hears_who_is_silent(plan):
    remind_written(DUE_AT + timedelta(minutes=1))

    assert told("written.missed") == [("T11", "town11.clerk")]
    assert told("written.silent") == [("C1", "county1.duty")]
    assert "城关镇司法所" in Notice.objects.filter(purpose__startswith="written.silent").first().text_zh


def test_who_has_handed_in_hears_nothing_and_what_was_asked_is_taken_back(plan, write, now):
    at = DUE_AT - timedelta(hours=30)
    remind_written(at)
    notices = Notice.objects.filter(purpose__startswith="written.due")
    assert not not_needed(list(notices), at)

    write(at=at + timedelta(hours=1))

    assert set(notices.values_list("state", flat=True)) == {"cancelled"}
    assert set(not_needed(list(notices), at)) == {notice.pk for notice in notices}
    remind_written(DUE_AT + timedelta(minutes=1))
    assert told("written.missed") + told("written.silent") == []


def test_a_step_missed_for_a_day_is_not_taken_any_more(plan):
    remind_written(DUE_AT + timedelta(hours=25))

    assert [code for code, _person in told("written.") if code != "V111"] == []


#: one_written_reminder_per_number
def test_a_reminder_is_taken_once(plan):
    remind_written(DUE_AT + timedelta(minutes=1))
    row = WrittenReminder.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
