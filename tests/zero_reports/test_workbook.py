"""代报 by a workbook: out, in as a difference, and only what was shown is filed."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import Unit
from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, as_xlsx
from journal.models import Entry
from journal.record import content_of
from tests.zero_reports.test_table import villages
from works import running
from works.models import Work
from zero_reports.bulk import actions, works
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.actions import open_rounds
from zero_reports.rounds.rules import FILE, SLOTS

pytestmark = pytest.mark.usefixtures("plan")

OUT, IN = "/report/table/workbook/", "/report/table/import/"


def downloaded(browser, language="en"):
    browser.cookies["language"] = language
    sheet = load_workbook(io.BytesIO(browser.get(OUT).content)).active
    return [[cell if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def handed_in(browser, rows):
    file = SimpleUploadedFile("list.xlsx", as_xlsx(Sheet("x", rows[0], rows[1:])))
    return browser.post(IN, {"file": file})


def shown_in(answer) -> str:
    return re.search(r'name="shown" value="([^"]+)"', answer.content.decode())[1]


def test_what_is_shown_is_filed_marked_as_on_behalf(clerk):
    rows = downloaded(clerk, "zh-hans")
    assert [row[0] for row in rows[1:]] == ["T11", "V111"]
    rows[1][3] = "无"
    rows[2][4], rows[2][-1] = 3, "两户对补偿标准有异议"
    clerk.cookies["language"] = "en"

    difference = handed_in(clerk, rows)
    assert "Land and demolition × 3" in difference.content.decode()
    assert not ZeroReport.objects.exists()
    answer = clerk.post(IN, {"shown": shown_in(difference)}, follow=True)

    assert "Filed for 2 units." in answer.content.decode()
    reports = {report.unit.code: report for report in ZeroReport.objects.select_related("unit")}
    assert {code: (r.answer, r.via, r.on_behalf) for code, r in reports.items()} == {
        "T11": ("nil", "sheet", False),
        "V111": ("items", "sheet", True),
    }
    [item] = reports["V111"].items.all()
    assert (item.dispute_class, item.count, item.note) == ("land", 3, "两户对补偿标准有异议")


def test_the_same_again_files_nothing_twice(clerk):
    rows = downloaded(clerk)
    rows[1][3] = rows[2][3] = "nil"
    token = shown_in(handed_in(clerk, rows))

    clerk.post(IN, {"shown": token})
    clerk.post(IN, {"shown": token})

    assert ZeroReport.objects.count() == 2
    assert "The workbook changes nothing." in handed_in(clerk, rows).content.decode()


def test_who_has_answered_since_keeps_their_answer(clerk, file):
    rows = downloaded(clerk)
    rows[1][3] = rows[2][3] = "nil"
    token = shown_in(handed_in(clerk, rows))
    file("village111.informant", "V111", items=[("labour", 1, "")])

    answer = clerk.post(IN, {"shown": token}, follow=True).content.decode()
    assert "Filed for 1 unit." in answer
    assert "it has answered since you looked" in answer
    assert ZeroReport.objects.get(unit__code="V111").via == "page"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({0: "V121"}, "not one you file for here"),
        ({0: "nowhere"}, "not one you file for here"),
        ({0: "T11"}, "line 2 is about the same unit"),
        ({2: "2026-11-21"}, "the line is for 2026-11-21"),
        ({3: "maybe"}, "neither 无 nor 有"),
        ({4: "many"}, "not a whole number"),
        ({4: "-1"}, "not a whole number"),
        ({3: "有"}, "needs how many"),
        ({3: "无", 4: 2}, "takes no counts"),
        ({-1: "x"}, "a sentence needs a class"),
        ({4: 1, -1: "长" * 201}, "longer than 200"),
        ({4: 1, -1: "13800138000"}, "take it out"),
    ],
)
def test_a_line_that_is_not_in_order_is_named_and_the_others_are_filed(clerk, change, sentence):
    rows = downloaded(clerk)
    rows[1][3] = "nil"
    for column, value in change.items():
        rows[2][column] = value

    difference = handed_in(clerk, rows)
    assert sentence in difference.content.decode()
    clerk.post(IN, {"shown": shown_in(difference)})

    assert [report.unit.code for report in ZeroReport.objects.select_related("unit")] == ["T11"]


@pytest.mark.parametrize(
    "rows",
    [[["a", "b"], ["c", "d"]], [["Code code"]], [[""], [""]]],
    ids=["other headings", "one heading", "empty"],
)
def test_another_workbook_is_refused(clerk, rows):
    answer = handed_in(clerk, rows)

    assert answer.status_code == 422
    assert "nothing was filed" in answer.content.decode()


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"x" * (50 * 2**20)], ids=["empty", "text", "50 MB"]
)
def test_a_hostile_file_is_refused(clerk, content):
    answer = clerk.post(IN, {"file": SimpleUploadedFile("list.xlsx", content)})

    assert answer.status_code in (413, 422)
    assert not ZeroReport.objects.exists()


def test_a_formula_is_refused_by_its_cell(clerk):
    from openpyxl import Workbook

    book = Workbook()
    for row in downloaded(clerk):
        book.active.append(row)
    book.active["D2"] = "=1+1"
    file = io.BytesIO()
    book.save(file)

    answer = clerk.post(IN, {"file": SimpleUploadedFile("list.xlsx", file.getvalue())})

    assert answer.status_code == 422
    assert "D2" in answer.content.decode()


def test_a_future_day_and_a_closed_unit_are_refused(clerk, now):
    rows = downloaded(clerk)
    file = SimpleUploadedFile("x.xlsx", as_xlsx(Sheet("x", rows[0], [[*rows[1][:2], "2026-11-23", "nil"]])))
    answer = clerk.post(IN + "?period=2026-11-23", {"file": file})
    assert "has not begun" in answer.content.decode()

    rows[2][3] = "nil"
    Unit.objects.filter(code="V111").update(valid_from=None, valid_to=day_of(now) - timedelta(days=1))
    assert "closed" in handed_in(clerk, rows).content.decode()


def test_a_difference_of_somebody_else_or_a_forged_one_is_refused(clerk, cast, now):
    rows = downloaded(clerk)
    rows[1][3] = "nil"
    token = shown_in(handed_in(clerk, rows))
    other = Client()
    other.force_login(cast["town11.head"])

    for browser, said in ((other, token), (clerk, token + "x"), (clerk, "")):
        assert browser.post(IN, {"shown": said}).status_code == 422
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        assert clerk.post(IN, {"shown": token}).status_code in (302, 422)
    assert not ZeroReport.objects.exists()


def test_who_files_for_nobody_has_no_such_page(signed_in):
    assert signed_in("city.audit").get(OUT).status_code in (302, 403)
    assert signed_in("city.audit").post(IN, {"shown": "x"}).status_code in (302, 403)


@pytest.mark.parametrize("more", [0, 3, 30])
def test_the_cost_of_a_difference_does_not_follow_the_lines(
    clerk, units, now, more, django_assert_num_queries
):
    villages(units, range(more), now)
    open_rounds(now=now)
    rows = downloaded(clerk)
    for row in rows[1:]:
        row[3] = "nil"

    with django_assert_num_queries(8):
        handed_in(clerk, rows)


# --- a long workbook, in the background -----------------------------------------------------------------------


@pytest.fixture
def in_the_background(clerk, monkeypatch, settings, tmp_path):
    """in_the_background() → the work that files nil for T11 and V111."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(works, "MOST_AT_ONCE", 1)

    def ask():
        rows = downloaded(clerk)
        rows[1][3] = rows[2][3] = "nil"
        token = shown_in(handed_in(clerk, rows))
        for _press in range(2):
            assert clerk.post(IN, {"shown": token})["Location"].startswith("/works/")
        return Work.objects.get()

    return ask


def carried_out(work, at):
    running.carry_out(work.pk, lambda: at)
    work.refresh_from_db()
    return work


def test_a_long_one_is_filed_in_the_background_and_shows_what_became_of_it(
    in_the_background, clerk, now, file, signed_in
):
    work = in_the_background()
    assert not ZeroReport.objects.exists()
    file("village111.informant", "V111", items=[("labour", 1, "")])

    carried_out(work, now + timedelta(minutes=3))

    assert (work.state, work.phrase, work.done, work.handed_in) == ("done", "some_refused", 2, "")
    [report] = ZeroReport.objects.filter(via="sheet")
    # It came when it was handed in.
    assert (report.unit.code, report.received_at) == ("T11", now)
    page = clerk.get(f"{IN}{work.pk}/").content.decode()
    assert "it has answered since you looked" in page
    assert "Every unit of the workbook" not in page
    assert signed_in("town11.head").get(f"{IN}{work.pk}/").status_code == 404
    entry = Entry.objects.get(kind="work.asked")
    assert content_of(entry)["arguments"] == {"unit": "T11", "period": "2026-11-22", "lines": 2}


def test_one_that_died_half_way_files_no_unit_twice(in_the_background, now, monkeypatch):
    work = in_the_background()
    died = []

    def dies(name):
        if name == "zero_reports.bulk.after_line" and not died:
            died.append(ZeroReport.objects.count())
            running.ENDING.set()

    monkeypatch.setattr(actions, "crash_point", dies)
    carried_out(work, now)
    assert (died, work.state) == ([1], "queued")
    running.ENDING.clear()

    carried_out(work, now)

    assert (work.state, work.phrase, work.attempts) == ("done", "filed", 2)
    assert sorted(ZeroReport.objects.values_list("unit__code", "version")) == [("T11", 1), ("V111", 1)]
    assert Entry.objects.filter(kind=SLOTS[FILE].entry).count() == 2


def test_of_one_that_is_taken_back_what_was_filed_stays_and_that_is_said(
    in_the_background, clerk, now, monkeypatch
):
    work = in_the_background()

    def taken_back(name):
        if name == "zero_reports.bulk.after_line":
            clerk.post(f"/works/{work.pk}/cancel/")
            hold.beat()

    monkeypatch.setattr(actions, "crash_point", taken_back)
    begun = running.Hold.__init__

    def noted(self, *args):
        nonlocal hold
        begun(self, *args)
        hold = self

    hold = None
    monkeypatch.setattr(running.Hold, "__init__", noted)
    carried_out(work, now)

    assert work.state == "cancelled"
    assert [one.unit.code for one in ZeroReport.objects.all()] == ["T11"]
    assert "It went through 1 of 2 units." in clerk.get("/works/").content.decode()


def test_after_the_lock_it_is_refused_although_it_was_handed_in_before(in_the_background, clerk, oclock, up):
    work = in_the_background()
    up("T11", "town11.head", "18:00")

    carried_out(work, oclock("18:01"))

    assert (work.state, work.phrase) == ("done", "some_refused")
    assert [one.unit.code for one in ZeroReport.objects.all()] == ["T11"]
