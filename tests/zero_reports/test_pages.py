"""The pages as a browser without JavaScript sees them."""

import re
from datetime import timedelta

import pytest

from accounts.models import Unit
from journal.numbering import number_new
from zero_reports.counts.tallies import fold
from zero_reports.filing.models import ReportItem, ZeroReport
from zero_reports.rounds.actions import fix_rounds, open_rounds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wall_clock")]


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


ROW = {"items.0.class": "land", "items.0.count": "2", "items.0.note": "两户对补偿标准有异议"}

# --- one tap ---------------------------------------------------------------------------------------------------


def test_the_page_shows_the_own_unit_the_date_and_two_big_buttons(signed_in):
    page = text(signed_in("village111.informant").get("/report/"))

    assert "城关一村" in page
    assert "2026-11-22" in page
    assert 'name="answer" value="nil"' in page
    assert "无情况，报送" in page
    assert "有情况" in page
    assert 'data-url="/api/v1/zero-reports/V111/2026-11-22/"' in page


def test_one_tap_files_nil_and_shows_the_receipt(signed_in):
    client = signed_in("village111.informant")

    answer = client.post("/report/V111/2026-11-22/", {"answer": "nil", "idempotency_key": "a"})

    assert (answer.status_code, answer["Location"]) == (303, "/report/V111/2026-11-22/")
    page = text(client.get(answer["Location"]))
    assert "R-V111-20261122-1" in page
    assert "09:00:00" in page
    assert ZeroReport.objects.get().via == "page"


def test_the_same_tap_twice_is_one_report(signed_in):
    client = signed_in("village111.informant")

    for _ in range(2):
        assert (
            client.post("/report/V111/2026-11-22/", {"answer": "nil", "idempotency_key": "a"}).status_code
            == 303
        )

    assert ZeroReport.objects.count() == 1


def test_after_filing_the_page_shows_it_instead_of_asking_again(signed_in, file):
    file("village111.informant", "V111")

    page = text(signed_in("village111.informant").get("/report/"))

    assert "R-V111-20261122-1" in page
    assert 'value="nil"' not in page


def test_after_the_cutoff_the_page_says_that_it_will_be_late(signed_in, now, wall_clock):
    client = signed_in("village111.informant")
    wall_clock.move_to(now + timedelta(hours=9))

    assert "17:30" in text(client.get("/report/"))
    client.post("/report/V111/2026-11-22/", {"answer": "nil"})

    assert "截止后" in text(client.get("/report/V111/2026-11-22/"))


def test_a_clerk_files_on_behalf_of_a_village_and_it_says_so(signed_in):
    client = signed_in("town11.clerk")
    assert "代报" in text(client.get("/report/?unit=V111"))

    client.post("/report/V111/2026-11-22/", {"answer": "nil"})

    assert ZeroReport.objects.get().on_behalf
    assert "代报" in text(client.get("/report/V111/2026-11-22/"))


def test_without_a_filing_post_the_page_says_whom_to_ask(signed_in):
    answer = signed_in("city.sysadmin").get("/report/")

    assert answer.status_code == 403
    assert "安全管理员" in text(answer)


def test_a_unit_outside_does_not_exist(signed_in):
    client = signed_in("village111.informant")

    for path in ("/report/?unit=V121", "/report/V121/2026-11-22/", "/report/V121/2026-11-22/items/"):
        assert client.get(path).status_code == 404
    assert client.post("/report/V121/2026-11-22/", {"answer": "nil"}).status_code == 404


def test_a_refusal_is_a_page_with_the_reason(signed_in):
    answer = signed_in("village111.informant").post("/report/V111/2026-11-23/", {"answer": "nil"})

    assert answer.status_code == 409
    assert "尚未开始" in text(answer)


@pytest.mark.parametrize("path", ["/report/", "/report/missing/", "/report/V111/2026-11-22/"])
def test_nobody_unknown_gets_in(client, cast, path):
    assert client.get(path).status_code == 302


# --- something to report ---------------------------------------------------------------------------------------


def test_something_is_reported_with_class_count_and_sentence(signed_in):
    client = signed_in("village111.informant")
    second = {"items.1.class": "labour", "items.1.count": "", "items.1.note": ""}

    answer = client.post("/report/V111/2026-11-22/items/", ROW | second)

    assert answer.status_code == 303
    assert list(ReportItem.objects.values_list("dispute_class", "count", "note")) == [
        ("land", 2, "两户对补偿标准有异议"),
        ("labour", 1, ""),
    ]
    assert "征地拆迁 × 2" in text(client.get("/report/V111/2026-11-22/"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "请选择类别"),
        ({"items.0.note": "有情况"}, "请选择类别"),
        (ROW | {"items.1.note": "还有"}, "请为这句话选择类别"),
        (ROW | {"items.0.count": "0"}, "0"),
        (ROW | {"items.0.class": "people"}, "people"),
        (ROW | {"items.0.note": "电话13800138000"}, "138****8000"),
        (ROW | {"items.0.note": "长" * 201}, "200"),
    ],
)
def test_bad_input_says_what_to_do_and_keeps_what_was_typed(signed_in, fields, sentence):
    answer = signed_in("village111.informant").post("/report/V111/2026-11-22/items/", fields)

    page = text(answer)
    assert answer.status_code == 422
    assert "data-error-summary" in page
    assert sentence in page
    assert fields.get("items.0.note", "") in page
    assert not ZeroReport.objects.exists()


def test_a_correction_starts_from_what_was_said_and_keeps_the_history(signed_in, file):
    file("village111.informant", "V111", items=[("land", 3, "补偿标准"), ("labour", 1)])
    client = signed_in("village111.informant")

    form = text(client.get("/report/V111/2026-11-22/items/"))
    assert "补偿标准" in form
    assert re.search(r'name="items.0.class" value="land"[^>]* checked', form)
    client.post("/report/V111/2026-11-22/", {"answer": "nil"})

    page = text(client.get("/report/V111/2026-11-22/"))
    assert "R-V111-20261122-2" in page
    assert "R-V111-20261122-1" in page
    assert "征地拆迁 × 3" in page


# --- who is silent ---------------------------------------------------------------------------------------------


def test_the_level_above_sees_who_is_missing_with_telephones(signed_in, file, units):
    file("village111.informant", "V111")

    page = text(signed_in("county1.duty").get("/report/missing/"))

    assert "城关一村" not in page
    assert "柳林一村" in page
    assert f'href="tel:{units["V121"].phone}"' in page
    assert "tel:1390000" in page


def test_a_reader_without_the_right_to_see_people_sees_no_private_numbers(signed_in):
    page = text(signed_in("town11.clerk").get("/report/missing/"))

    assert "城关一村" in page
    assert "tel:0500" in page
    assert "tel:1390000" not in page


def test_the_neighbour_sees_nothing_of_county_1(signed_in):
    page = text(signed_in("county2.duty").get("/report/missing/"))

    assert "清河县" not in page
    assert signed_in("county2.duty").get("/report/missing/?unit=C1").status_code == 404


def test_drilling_down_shows_the_units_of_that_unit(signed_in):
    page = text(signed_in("city.duty").get("/report/missing/?unit=T11"))

    assert "城关一村" in page
    assert "柳林" not in page


def test_another_day_can_be_looked_at(signed_in, units):
    Unit.objects.update(valid_from=None)

    page = text(signed_in("county1.duty").get("/report/missing/?period=2026-11-21"))

    assert "2026-11-21" in page
    assert signed_in("county1.duty").get("/report/missing/?period=gestern").status_code == 422


def test_the_part_after_an_entry_equals_a_fresh_page(signed_in, file):
    client = signed_in("county1.duty")
    before = client.get("/report/missing/?part=missing").content.decode()
    file("village111.informant", "V111")

    part = client.get("/report/missing/?part=missing").content.decode()

    assert part != before
    assert part.strip() in client.get("/report/missing/").content.decode()


def test_the_board_fragment_shows_counts_and_the_way_on(signed_in, reach, now, file):
    from django.template.loader import render_to_string

    from zero_reports.counts.silent import missing_today

    file("village111.informant", "V111")

    html = render_to_string(
        "zero_reports/_missing.html", {"missing": missing_today(reach("county1.duty"), now), "now": now}
    )

    assert "/report/missing/?unit=T12" in html
    assert ">4<" in html


def add_villages(count, now):
    from accounts.posts.actions import create_unit

    town = Unit.objects.get(code="T11")
    for number in range(count):
        create_unit(
            code=f"W{count}-{number}",
            name=f"新{number}村",
            tier="village",
            parent=town,
            actor=None,
            now=now,
            phone="1",
        )


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/report/missing/", "/report/missing/?unit=T11"])
def test_the_missing_list_costs_the_same_for_1_3_and_30_units(
    signed_in, now, path, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, costs = signed_in("county1.duty"), []
    client.get(path)
    for more in (1, 2, 27):
        add_villages(more, now)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        costs.append(len(queries))

    assert len(set(costs)) == 1, costs
    assert costs[0] <= 25


def test_the_report_page_costs_few_queries(signed_in, django_assert_max_num_queries):
    client = signed_in("village111.informant")

    with django_assert_max_num_queries(14):
        client.get("/report/")


def test_after_the_cutoff_the_list_shows_those_whose_silence_was_written_down(
    signed_in, file, now, wall_clock
):
    open_rounds(now=now)
    file("village111.informant", "V111")
    wall_clock.move_to(now + timedelta(hours=9))
    fix_rounds(now=now + timedelta(hours=9))
    number_new()
    fold()

    page = text(signed_in("county1.duty").get("/report/missing/"))

    assert "城关一村" not in page
    assert "柳林一村" in page
    assert "已过 17:30" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "path", ["/report/", "/report/missing/", "/report/T11/2026-11-22/", "/report/T11/2026-11-22/items/"]
)
def test_every_page_speaks_one_language(signed_in, file, language, path):
    file("town11.clerk", "V111")
    page = signed_in("town11.clerk", language).get(path).content.decode()
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])

    if language == "en":
        assert not re.search(
            "[一-鿿]", main.replace("梅文书", "").replace("石信息员", "").replace("司法所文书", "")
        ), main
    else:
        assert not re.search(r"(?<![\w-])[a-z]{4,}", main), main
