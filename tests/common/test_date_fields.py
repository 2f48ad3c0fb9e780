"""A date in a form is one the browser's picker shows, in both languages, in every form."""

import ast
from datetime import date, datetime, time
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.utils import translation

from common.dates.date_fields import day_field, hour_field, moment_field
from common.dates.local_time import LOCAL

#: Django's own: their texts follow the language unless each is told otherwise.
LOCALISED = {"DateField", "TimeField", "DateTimeField", "DateInput", "TimeInput", "DateTimeInput"}


class ThreeForm(forms.Form):
    day = day_field()
    hour = hour_field()
    moment = moment_field()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_dates_are_written_as_the_picker_reads_them(language):
    moment = datetime(2026, 11, 28, 14, 5, tzinfo=LOCAL)

    with translation.override(language):
        page = str(ThreeForm(initial={"day": date(2026, 11, 28), "hour": time(7, 30), "moment": moment}))

    assert 'value="2026-11-28"' in page
    assert 'value="07:30"' in page
    assert 'value="2026-11-28T14:05"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_a_picker_sends_is_read(language):
    sent = {"day": "2026-11-28", "hour": "07:30", "moment": "2026-11-28T14:05:30"}

    with translation.override(language):
        form = ThreeForm(sent)
        assert form.is_valid(), form.errors

    assert form.cleaned_data["day"] == date(2026, 11, 28)
    assert form.cleaned_data["hour"] == time(7, 30)
    assert form.cleaned_data["moment"] == datetime(2026, 11, 28, 14, 5, 30, tzinfo=LOCAL)


def test_no_form_makes_its_own_dates():
    found = [where for path in product_files() for where in localised_in(path)]

    assert found == []


def product_files():
    here = settings.BASE_DIR
    for path in here.rglob("*.py"):
        first = path.relative_to(here).parts[0]
        if first not in (".venv", "tests", "var") and path.name != "date_fields.py":
            yield path


def localised_in(path: Path) -> list[str]:
    return [
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno} forms.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in LOCALISED
        and isinstance(node.value, ast.Name)
        and node.value.id == "forms"
    ]
