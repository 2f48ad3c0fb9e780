"""代报: one person files for many units."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.posts.actions import create_unit
from zero_reports.filing.actions import file_nil_for
from zero_reports.filing.models import ZeroReport


def villages(units, numbers, now):
    return [
        create_unit(
            code=f"W{n}",
            name=f"新{n}村",
            name_en=f"New {n}",
            tier="village",
            parent=units["T11"],
            actor=None,
            now=now,
        )
        for n in numbers
    ]


def test_every_ticked_unit_gets_a_report_of_its_own(clerk, units, now):
    villages(units, range(3), now)

    answer = clerk.post(
        "/report/table/", {"unit": ["T11", "V111", "W0", "W2"], "idempotency_key": "k"}, follow=True
    )

    reports = ZeroReport.objects.select_related("unit")
    assert {(r.unit.code, r.on_behalf, r.via) for r in reports} == {
        ("T11", False, "table"),
        ("V111", True, "table"),
        ("W0", True, "table"),
        ("W2", True, "table"),
    }
    assert "Filed for 4 units." in answer.content.decode()


def test_the_list_says_who_has_answered_and_offers_the_others(clerk, units, now, file):
    villages(units, range(1), now)
    file("village111.informant", "V111")

    page = clerk.get("/report/table/").content.decode()

    assert not re.search(r'name="unit"\s+value="V111"', page)
    assert re.search(r'name="unit"\s+value="W0"\s*>', page)
    assert re.search(
        r'name="unit"\s+value="W0"\s+checked\s*>', clerk.get("/report/table/?tick=all").content.decode()
    )


def test_an_answer_is_never_overwritten_from_the_list(clerk, reach, units, today, now, file):
    file("village111.informant", "V111", items=[("land", 1)])

    clerk.post("/report/table/", {"unit": ["V111"]})
    (done,) = file_nil_for(reach=reach("town11.clerk"), units=[units["V111"]], period=today, now=now)

    assert done.report.answer == "items"
    assert ZeroReport.objects.count() == 1


def test_one_unit_that_is_refused_holds_up_no_other(reach, units, today, now):
    someone_elses = [units["V111"], units["V121"], units["T11"]]

    done = file_nil_for(reach=reach("town11.clerk"), units=someone_elses, period=today, now=now)

    assert [(d.unit.code, bool(d.report), d.refused and d.refused.code) for d in done] == [
        ("V111", True, None),
        ("V121", False, "not_found"),
        ("T11", True, None),
    ]


def test_units_of_others_cannot_be_slipped_in(clerk, units):
    clerk.post("/report/table/", {"unit": ["V121", "C1"]})

    assert not ZeroReport.objects.exists()
    assert clerk.get("/report/table/?unit=T12").status_code == 404


def test_without_a_tick_nothing_happens_and_it_says_so(clerk):
    answer = clerk.post("/report/table/", {}, follow=True)

    assert "no unit was ticked" in answer.content.decode()


def test_the_same_list_sent_twice_files_once(clerk, units):
    for _ in range(2):
        clerk.post("/report/table/", {"unit": ["V111"], "idempotency_key": "k"})

    assert ZeroReport.objects.count() == 1


@pytest.mark.slow
def test_the_list_costs_the_same_for_any_number_of_units(clerk, units, now):
    clerk.get("/report/table/")
    costs = []
    for first, last in ((0, 1), (1, 3), (3, 30)):
        villages(units, range(first, last), now)
        with CaptureQueriesContext(connection) as queries:
            clerk.get("/report/table/")
        costs.append(len(queries))

    assert len(set(costs)) == 1, costs
