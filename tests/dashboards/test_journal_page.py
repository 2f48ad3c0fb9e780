"""The auditor's journal is searched by words, number, person, unit and day, and names things as people do."""

import ast
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dashboards.journal.subjects import KINDS, WORDS, words_of
from journal.models import Entry
from journal.numbering import number_new
from tests.incidents.conftest import alarm
from tests.test_local_time import product_files

__all__ = ["alarm"]
pytestmark = pytest.mark.django_db


def test_entries_are_found_by_words_number_person_unit_and_day(alarm, signed_in, cast, now):
    first, second = alarm(headcount=8), alarm(unit="T11", headcount=60)
    number_new()
    auditor = signed_in("city.audit", "en")

    def found(**asked):
        page = auditor.get("/journal/", asked).content.decode()
        return set(re.findall(r'data-key="entry:(\d+)"', page)), page

    def numbers(**asked):
        return {str(n) for n in Entry.objects.filter(**asked).values_list("number", flat=True)}

    everything, page = found()
    assert first.number in page
    assert f'href="/incidents/{second.number}/"' in page
    assert "incident:" not in page
    assert (
        found(kind="上报事件")[0] == found(kind="incident reported")[0] == numbers(kind="incident.reported")
    )
    assert found(kind="incident.")[0] == numbers(kind__startswith="incident.")
    assert found(about=first.number)[0] == numbers(thread=first.key)
    assert found(unit="T11")[0] == numbers(unit=second.unit)
    assert found(who=cast["county1.duty"].name)[0] >= numbers(kind="incident.reported")
    assert found(first="2099-01-01")[0] == set()
    assert found(last="2000-01-01")[0] == set()
    assert found(first="not a day")[0] == everything


def test_more_entries_need_no_more_queries(alarm, signed_in):
    auditor = signed_in("city.audit")

    def cost():
        number_new()
        with CaptureQueriesContext(connection) as seen:
            auditor.get("/journal/?part=entries")
        return len(seen)

    alarm(headcount=8)
    one = cost()
    for _ in range(2):
        alarm(headcount=8)

    assert cost() == one


def test_every_kind_of_thing_has_a_name_that_people_use():
    used = {
        call.args[0].value
        for text in product_files().values()
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("key", "key_of_column")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }

    assert len(used) > 50
    assert used - {*KINDS, *WORDS, "entry"} == set()  # an entry is nobody's subject


def test_what_has_no_number_of_its_own_is_named_by_its_day_or_row():
    with translation.override("en"):
        assert words_of("zero_report:17/2026-11-22") == "Zero-report 2026-11-22"
        assert words_of("paper:4") == "Paper pack 4"
        assert words_of("something:4") == "something:4"
