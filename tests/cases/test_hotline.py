"""Totals of the 12345 hotline: a table is shown line by line before it is kept; no caller and no call gets in."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from cases.hotline import actions, files
from cases.hotline.models import HotlineTotal
from cases.hotline.queries import totals_by_class
from common.documents.workbooks import Sheet, as_xlsx, read_rows
from common.errors import Invalid, NotAllowed
from journal.models import Entry
from journal.record import content_of

pytestmark = pytest.mark.django_db
HEAD = "月份,单位代码,类别,件数\n"


def table(*lines, head=HEAD):
    return SimpleUploadedFile("12345.csv", (head + "\n".join(lines)).encode())


@pytest.fixture
def read(plan, reach, now):
    return lambda *lines, who="county1.duty", **more: files.read(
        table(*lines, **more), reach=reach(who), now=now
    )


@pytest.fixture
def keep(read, reach, now):
    def run(*lines, who="county1.duty"):
        totals = files.unseal(files.seal(read(*lines, who=who), reach=reach(who)), reach=reach(who))
        return actions.keep_totals(reach=reach(who), totals=totals, now=now)

    return run


def test_each_line_says_what_it_would_do(read, keep):
    keep("2026-10,C1,劳动争议,12", "2026-10,C1,环境保护,3")

    lines = read(
        "2026年10月,C1,劳动争议,15", "202610,C1,environment,3", "2026/11,T11,其他,7", "2026-12,C1,其他,1", "2026-11,C2,其他,1",
        "2026-11,C1,邻里,1", "2026-11,C1,其他,许多", "十月,C1,其他,2", "2026-11,T11,other,8",
    )  # fmt: skip

    assert [(line.does, line.was) for line in lines[:3]] == [("changed", 12), ("same", 3), ("new", None)]
    assert {line.does for line in lines[3:]} == {"refused"}
    said = [line.problem for line in lines[3:]]
    assert "尚未开始" in said[0]
    assert "C2" in said[1]
    assert "邻里" in said[2]
    assert "许多" in said[3]
    assert "十月" in said[4]
    assert "4" in said[5]  # the line whose twin it is


def test_what_was_shown_is_kept_in_the_place_of_what_stood_there(keep, units, reach, now):
    assert keep("2026-10,C1,劳动争议,12", "2026-11,T11,其他,7") == 2
    assert keep("2026-10,C1,劳动争议,15") == 1

    assert set(HotlineTotal.objects.values_list("unit__code", "month", "dispute_class", "count")) == {
        ("C1", date(2026, 10, 1), "labour", 15),
        ("T11", date(2026, 11, 1), "other", 7),
    }
    entries = Entry.objects.filter(kind="hotline.imported").order_by("pk")
    assert [content_of(entry)["totals"] for entry in entries] == [
        [["2026-10", "labour", 12]], [["2026-11", "other", 7]], [["2026-10", "labour", 15]],
    ]  # fmt: skip
    assert totals_by_class(units["C1"], date(2026, 10, 1), date(2026, 11, 30)) == {"labour": 15, "other": 7}
    assert totals_by_class(units["C1"], date(2026, 11, 1), date(2026, 11, 30)) == {"other": 7}
    assert not HotlineTotal.objects.visible_to(reach("county2.duty")).exists()


@pytest.mark.parametrize(
    "head", ["月份,单位代码,类别,件数,来电人\n", "月份,单位代码,类别,件数,诉求内容\n", "月份,单位代码,件数\n"]
)
def test_a_table_with_callers_or_contents_is_refused_whole(read, head):
    with pytest.raises(Invalid) as refused:
        read("2026-10,C1,劳动争议,12,张某", head=head)
    assert refused.value.code == "not_read"
    assert not HotlineTotal.objects.exists()


def test_a_workbook_is_read_like_a_csv(plan, reach, now):
    content = as_xlsx(Sheet("x", ["月份", "单位代码", "类别", "件数"], [["2026-10", "C1", "劳动争议", 12]]))
    upload = SimpleUploadedFile("12345.xlsx", content)
    (line,) = files.read(upload, reach=reach("county1.duty"), now=now)
    assert (line.does, line.many, line.dispute_class) == ("new", 12, "labour")


def test_nobody_keeps_what_another_was_shown_or_for_a_unit_that_is_not_theirs(read, reach, now):
    token = files.seal(read("2026-10,C1,劳动争议,12"), reach=reach("county1.duty"))
    with pytest.raises(Invalid):
        files.unseal(token, reach=reach("county1.director"))
    with pytest.raises(Invalid):
        files.unseal(token[:-2], reach=reach("county1.duty"))
    totals = files.unseal(token, reach=reach("county1.duty"))
    for who in ("county2.duty", "city.audit"):
        with pytest.raises(NotAllowed):
            actions.keep_totals(reach=reach(who), totals=totals, now=now + timedelta(minutes=1))
    assert not HotlineTotal.objects.exists()


def test_the_page_shows_the_lines_and_keeps_them(client, cast, plan, wall_clock):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "en"
    assert "No totals yet." in client.get("/reports/hotline/").content.decode()

    shown = client.post("/reports/hotline/", {"file": table("2026-10,C1,劳动争议,12", "2026-10,C1,邻里,1")})
    text = shown.content.decode()
    assert ("Not kept" in text, "Keep 1 total" in text) == (True, True)
    assert not HotlineTotal.objects.exists()
    kept = client.post("/reports/hotline/", {"shown": shown.context["shown"]})
    assert (kept.status_code, HotlineTotal.objects.get().count) == (303, 12)
    assert client.post("/reports/hotline/", {"shown": "x"}).status_code == 422
    picture = client.get("/statistics/pictures/").content.decode()
    assert "12345 hotline (imported)" in picture
    assert "Labour: Reported by our units 0, 12345 hotline (imported) 12" in picture

    client.force_login(cast["city.audit"])
    page = client.get("/reports/hotline/").content.decode()
    assert ('type="file"' in page, "12" in page) == (False, True)
    assert client.post("/reports/hotline/", {"file": table("2026-10,C1,其他,1")}).status_code == 403
    client.force_login(cast["county1.squad.dialogue"])
    assert client.get("/reports/hotline/").status_code == 403


def test_a_program_hands_in_all_of_it_or_nothing_and_hears_which_field_is_wrong(
    client, cast, plan, wall_clock
):
    def hand_in(*totals, **more):
        body = {
            "totals": [dict(zip(("month", "unit", "class", "count"), one, strict=True)) for one in totals]
        }
        headers = {"Idempotency-Key": str(uuid4()), "Accept-Language": "en"}
        url = "/api/v1/hotline-totals/"
        return client.post(url, {**body, **more}, content_type="application/json", headers=headers)

    client.force_login(cast["county1.duty"])
    good, away, odd = (
        ("2026-10", "C1", "劳动争议", 12),
        ("2026-10", "C2", "其他", 1),
        ("2026-10", "C1", "邻里", 1),
    )

    checked = hand_in(good, away, ("soon", "C1", "其他", 2), check=True).json()
    assert [one["does"] for one in checked["totals"]] == ["new", "refused", "refused"]
    assert [list(one["errors"]) for one in checked["totals"]] == [[], ["unit"], ["month"]]
    refused = hand_in(good, odd)
    assert (refused.status_code, list(refused.json()["errors"]["totals"]["1"])) == (422, ["class"])
    caller = client.post(
        "/api/v1/hotline-totals/", {"totals": [{"month": "2026-10", "unit": "C1", "class": "其他", "count": 1, "caller": "x"}]},
        content_type="application/json", headers={"Idempotency-Key": str(uuid4())},
    )  # fmt: skip
    assert (caller.status_code, list(caller.json()["errors"]["totals"]["0"])) == (422, ["caller"])
    assert not HotlineTotal.objects.exists()

    kept = hand_in(good)
    assert (kept.status_code, kept.json()["kept"]) == (201, 1)
    (changed,) = hand_in((*good[:3], 15)).json()["totals"]
    assert (changed["does"], changed["was"], changed["class"]) == ("changed", 12, "labour")
    assert hand_in((*good[:3], 15)).json()["kept"] == 0
    asked = client.get("/api/v1/hotline-totals/?unit=C1&class=labour&since=2026-10-01").json()["results"]
    assert [(one["month"], one["unit"], one["count"]) for one in asked] == [("2026-10", "C1", 15)]
    assert client.get("/api/v1/hotline-totals/?class=other").json()["results"] == []
    client.force_login(cast["city.audit"])
    assert (hand_in(good).status_code, len(client.get("/api/v1/hotline-totals/").json()["results"])) == (
        403,
        1,
    )


def test_the_empty_table_has_the_headings_that_are_read(client, cast, plan, wall_clock, reach, now):
    client.force_login(cast["county1.duty"])
    content = client.get("/reports/hotline/?format=template").content
    upload = io.BytesIO(content)
    upload.size = len(content)
    (heads,) = read_rows(upload)
    assert len(heads.cells) == 4
    filled = as_xlsx(Sheet("x", heads.cells, [["2026-10", "C1", "其他", 1]]))
    (line,) = files.read(SimpleUploadedFile("a.xlsx", filled), reach=reach("county1.duty"), now=now)
    assert line.does == "new"


def test_the_table_has_one_total_for_a_unit_month_and_class_and_names_the_class(keep, units, cast, now):
    keep("2026-10,C1,劳动争议,12")
    given = {"unit": units["C1"], "unit_path": units["C1"].path, "month": date(2026, 10, 1), "count": 1,
             "imported_at": now, "imported_by": cast["county1.duty"]}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():  # one_hotline_total_per_unit_month_and_class
        HotlineTotal.objects.create(dispute_class="labour", **given)
    with pytest.raises(IntegrityError), transaction.atomic():  # a_hotline_total_has_a_class
        HotlineTotal.objects.create(dispute_class="", **given)
