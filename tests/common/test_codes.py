"""One rule for what becomes part of an address, and addresses that stand whatever is stored."""

from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Unit
from common.text import codes
from common.text.typed import plain, tidy
from common.web.codes_in_urls import CodeConverter


@pytest.mark.parametrize(
    "code", ["320/11", "V21/A", "..", ".", "", "V21?x=1", "V 21", "T11#a", "-1", "T1-", "村一", "T%31"]
)
def test_what_cannot_stand_in_an_address_is_no_code(code):
    assert not codes.fits("unit_code", code)
    with pytest.raises(ValidationError):
        Unit._meta.get_field("code").clean(code, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｔ１１", "T11"),
        ("T1\u200b1", "T11"),
        ("\ufeffT11\u3000", "T11"),
        ("\u00a0t11 ", "T11"),
        ("3205-01.a_b", "3205-01.A_B"),
    ],
)
def test_a_code_is_kept_in_one_form_however_it_is_typed(typed, kept):
    assert codes.unit_code(typed) == kept
    assert codes.fits("unit_code", typed)


@pytest.mark.parametrize(("typed", "kept"), [("Ｄialogue", "dialogue"), ("DIALOGUE", "dialogue")])
def test_a_squads_name_has_small_letters(typed, kept):
    assert codes.squad(typed) == kept


@pytest.mark.parametrize("name", ["..", "a/b", "a b", "a?b", "a#b", ""])
def test_what_is_no_username(name):
    assert not codes.fits("username", name)


def test_prose_keeps_its_chinese_punctuation():
    assert tidy("\ufeff\u3000清河县（城区）：一\u200b楼\u00a0") == "清河县（城区）：一楼"
    assert plain("（１２：３０）") == "(12:30)"


CODES = [
    "320/11",
    "V21/A",
    "..",
    ".",
    "",
    "V21?x=1",
    "T\u200b11",
    "Ｔ１１",
    "a b",
    "~2F",
    "~",
    "T#1",
    "50%",
    "a\nb",
    "T11",
]


@pytest.mark.parametrize("code", CODES)
def test_any_stored_code_has_an_address_that_leads_back_to_it(code):
    for name, rest in [("api:roster-month", []), ("zero-report", ["2026-11-22"]), ("api:roster-feed", [])]:
        address = reverse(name, args=[code, *rest])

        assert "?" not in address
        assert "/../" not in address
        assert resolve(unquote(address)).kwargs["unit"] == code


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_the_converter_takes_every_text(text):
    converter = CodeConverter()

    written = converter.to_url(text)

    assert written
    assert not set(written) & set("/?#%\\")
    assert written.strip(".")
    assert converter.to_python(written) == text


def test_what_fits_the_rule_stands_in_the_address_as_it_is():
    assert CodeConverter().to_url("C1-20261122-003") == "C1-20261122-003"
    assert CodeConverter().to_url("~2F") == "~7E2F"
