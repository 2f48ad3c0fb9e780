from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.document import strict_yaml
from plans.document.strict_yaml import Unreadable, read

pytestmark = pytest.mark.control(48)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12:30", "12:30"),
        ("23:59:59", "23:59:59"),
        ("2026-01-09", "2026-01-09"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("~", "~"),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("+5", "+5"),
        ('"5"', "5"),
        ("'true'", "true"),
        ("9" * 16, "9" * 16),
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-3", -3),
        ("51", 51),
        ("100000", 100000),
        ("0.5", 0.5),
        ("§2.3", "§2.3"),
    ],
)
def test_scalars_are_read_as_written(written, meant):
    value = read(f"key: {written}").value["key"]

    assert value == meant
    assert type(value) is type(meant)


def test_empty_value_is_null():
    assert read("key:").value == {"key": None}


def test_keys_are_always_text():
    assert read("1: a\ntrue: b\nnull: c").value == {"1": "a", "true": "b", "null": "c"}


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a: 1\nb: 2\na: 3", 3, "given twice"),
        ("a: {b: 1, b: 2}", 1, "given twice"),
        ("a: &x 1", 1, "Anchors"),
        ("a: [&x 1]", 1, "Anchors"),
        ("a: 1\nb: *a", 2, ""),
        ("a: &x 1\nb: *x", 1, "Anchors"),
        ("a: !!str 1", 1, "Tags"),
        ("a: !!python/object/apply:os.system [id]", 1, "Tags"),
        ("a: !local x", 1, "Tags"),
        ("%TAG ! tag:x,2000:\n---\na: 1", 1, "Tags"),
        ("a: 1\n---\nb: 2", 2, "one document"),
        ("", 1, "empty"),
        ("# nothing", 1, "empty"),
        ("? [a, b]\n: 1", 1, "plain word"),
        ("a: [1, 2", 1, "well-formed"),
        ("a: 1\n  b: 2", 2, "well-formed"),
        ("a: 1\nb: \x00", 2, "control character"),
        ("a: \x07", 1, "control character"),
    ],
)
def test_hostile_text_is_refused_with_its_line(text, line, sentence):
    with pytest.raises(Unreadable) as refused:
        read(text)

    assert refused.value.line == line
    assert sentence in str(refused.value)


def test_merge_keys_are_only_a_key():
    assert read('"<<": {a: 1}').value == {"<<": {"a": 1}}


def test_text_over_the_limit_is_refused():
    with pytest.raises(Unreadable, match="512 KB"):
        read("a: " + "x" * strict_yaml.MAX_BYTES)


def test_other_encodings_are_refused():
    with pytest.raises(Unreadable, match="UTF-8") as refused:
        read("a: 1\nb: 预案".encode("gb18030"))

    assert refused.value.line == 2


def test_byte_order_mark_is_accepted():
    assert read(b"\xef\xbb\xbfa: 1").value == {"a": 1}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nests_are_refused_before_they_hurt(opening):
    with pytest.raises(Unreadable, match="levels deep"):
        read(opening * 50_000)


def test_lines_are_known_for_every_path():
    lines = read("a: 1\nb:\n  - c: 2\n    d: [3,\n      4]\n").lines

    assert lines == {
        "": 1,
        "a": 1,
        "b": 2,
        "b[0]": 3,
        "b[0].c": 3,
        "b[0].d": 4,
        "b[0].d[0]": 4,
        "b[0].d[1]": 5,
    }


def test_text_cut_off_by_a_comma_is_reported_and_left_out():
    found = read("a: {why: one, two, n: null}")

    assert found.value == {"a": {"why": "one", "n": None}}
    assert found.cut_off == [("a.two", "two")]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with suppress(Unreadable):
        assert isinstance(read(text).lines, dict)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw):
    with suppress(Unreadable):
        assert isinstance(read(raw).lines, dict)
