"""The journal's names of things, and the house rule that nobody puts one together or takes one apart by hand."""

import ast
import re

import pytest
from django.db.models import F

from accounts.models import User
from common.dates.periods import parse
from journal.keys import key, key_of_column, kind_of, parts_of, pk_of, pks_of
from tests.test_local_time import product_files

HOME = "journal/keys.py"
#: What begins alike and is no name of the journal's: counted tries, faults of the engine, a source of pictures, the
#: names of addresses.
OTHER_BEGINNINGS = {
    "slip:", "assertion:", "account:", "address:", "code:", "credential:", "device:", "screen_code:", "link:", "place:", "told:", "watch:", "watched:",
    "calendar_missing:", "nightly_failed:", "nightly_late:", "set_aside:", "wheel_stopped:",
    "data:", "file:", "api:",
}  # fmt: skip
#: A fault of the engine, an order's recipient as the API writes it, and the scope of a token.
OTHER_READERS = {"code.partition(':')", "text.partition(':')", "scope.partition(':')"}


def test_a_key_is_a_kind_and_what_tells_its_things_apart():
    assert key("order", 17) == "order:17"
    assert key("zero_report", 17, parse("2026-11-22")) == "zero_report:17/2026-11-22"
    assert key("order") == "order:"


@pytest.mark.parametrize(
    ("name", "kind", "pk"),
    [
        ("order:17", "", 17),
        ("order:17", "order", 17),
        ("order:17", "warning", 0),
        ("zero_report:17/2026-11-22", "", 0),
        ("order:", "order", 0),
        ("", "", 0),
        ("17", "", 0),
    ],
)
def test_the_number_of_a_key(name, kind, pk):
    assert pk_of(name, kind) == pk


def test_the_kind_and_the_parts_of_a_key():
    assert kind_of("zero_report:17/2026-11-22") == "zero_report"
    assert parts_of("zero_report:17/2026-11-22") == ["17", "2026-11-22"]
    assert pks_of(["incident:5", "order:6", "incident:7", "incident:5"], "incident") == {5, 7}


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["pk", F("pk")])
def test_a_key_in_sql_is_the_same(column):
    person = User.objects.create(username="a")

    assert User.objects.annotate(found=key_of_column("user", column)).get().found == key("user", person.pk)


def offences(text: str) -> set[str]:
    """The beginnings of keys that a module spells out, and its ways to take one apart."""
    return {found for node in ast.walk(ast.parse(text)) if (found := _offence(node))}


def _offence(node) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if re.fullmatch("[a-z_]+:", node.value) else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        takes_apart = node.func.attr in {"partition", "rpartition", "split", "rsplit"}
        if takes_apart and ast.unparse(node.args[0]) == "':'":
            return ast.unparse(node)
    return ""


@pytest.mark.parametrize(
    "code",
    [
        "f'incident:{pk}'",
        "f'zero_report:{unit.pk}/{period}'",
        "'incident:' + str(pk)",
        "thread.removeprefix('incident:')",
        "rows.exclude(subject__startswith='warning:')",
        "clock.subject.partition(':')[2]",
        "subject.split(':', 1)",
    ],
)
def test_the_rule_finds_a_key_made_by_hand(code):
    assert offences(code)


def test_no_module_makes_or_reads_a_key_by_hand():
    found = {
        (name, code) for name, text in product_files().items() if name != HOME for code in offences(text)
    }
    others = OTHER_BEGINNINGS | OTHER_READERS

    assert {one for one in found if one[1] not in others} == set()
    assert others == {code for _name, code in found}
