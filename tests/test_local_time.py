"""A house rule: what is a day, and what a clock shows, is asked in Shanghai, never of a moment kept in UTC.

Between 00:00 and 08:00 the date of such a moment is yesterday. Which zone that is and which day a moment falls on stand
in common/dates/local_time.py alone; tests ask there too.
"""

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from common.dates.local_time import day_of
from tests.incidents.conftest import alarm
from tests.zero_reports.conftest import file, today

__all__ = ["alarm", "file", "today"]

#: This file, trying the rule out.
NAMED_HERE = {"tests/test_local_time.py: 'Asia/Shanghai'"}
NAMES = available_timezones()
TOP = Path(__file__).resolve().parent.parent
NOT_PRODUCT = {".venv", "tests", "script", "deploy", "bench", "node_modules", "var", "docs"}
HOME = "common/dates/local_time.py"
#: What turns a moment into one that may be asked for its hour.
LOCALISED = {"localtime", "astimezone", "written"}
#: Every way to a zone but the home's.
ZONES = {"ZoneInfo", "get_default_timezone", "get_current_timezone", "get_fixed_timezone", "localdate"}
#: Cells of a workbook and typed days have no zone.
WITHOUT_ZONE = {
    "common/documents/workbooks.py: value.date()", "common/documents/workbooks.py: value.time()",
    "common/text/typed.py: at.date()", "common/text/typed.py: at.time()",
}  # fmt: skip


def files_in(rooms) -> dict[str, str]:
    """Path → text of every module in these folders, the home left out."""
    names = {
        file: str(file.relative_to(TOP))
        for file in TOP.glob("*/**/*.py")
        if rooms(file.relative_to(TOP).parts[0])
    }
    return {name: file.read_text() for file, name in names.items() if name != HOME}


def product_files():
    return files_in(lambda room: room not in NOT_PRODUCT)


def our_files():
    return files_in(lambda room: room not in {".venv", "node_modules", "var"})


def offences(text: str) -> list[str]:
    """Calls and formats in a module that ask a moment for its day or hour without a zone."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if _is_offence(node)]


def zones_of(text: str) -> list[str]:
    """Where a module names a zone, or asks for one elsewhere than at home."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if _is_zone(node)]


def _is_zone(node) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "/" in node.value and node.value in NAMES
    return isinstance(node, ast.Call) and _name_of(node.func) in ZONES


def _name_of(called) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_offence(node) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "astimezone":
            return not node.args and not node.keywords
        if node.func.attr == "today":
            return True
        if node.args or node.func.attr not in ("date", "time"):
            return False
        return node.func.attr == "date" or not _is_local(node.func.value)
    if isinstance(node, ast.FormattedValue) and node.format_spec:
        return "%H:" in ast.unparse(node.format_spec) and not _is_local(node.value)
    return False


def _is_local(node) -> bool:
    if isinstance(node, ast.Name):
        return node.id.startswith("local")
    return isinstance(node, ast.Call) and _name_of(node.func) in LOCALISED


@pytest.mark.parametrize(
    ("code", "is_offence"),
    [
        ("now.date()", True),
        ("shift.starts_at.date()", True),
        ("at.astimezone()", True),
        ("date.today()", True),
        ("f'{row.at:%H:%M}'", True),
        ("localtime(now).date()", True),
        ("now.astimezone(LOCAL).date()", True),
        ("day_of(now)", False),
        ("f'{localtime(row.at):%H:%M}'", False),
        ("timezone.localtime(at).time()", False),
        ("time.time()", True),
    ],
)
def test_the_rule_finds_what_it_is_for(code, is_offence):
    assert bool(offences(code)) is is_offence


def test_no_module_asks_a_moment_for_its_day_without_a_zone():
    found = {
        f"{name}: {code}"
        for name, text in product_files().items()
        for code in offences(text)
        if code != "time.time()"
    }
    assert found - WITHOUT_ZONE == set()
    assert found >= WITHOUT_ZONE


def test_no_test_asks_a_moment_for_its_day_without_a_zone():
    texts = files_in(lambda room: room == "tests")
    found = {
        f"{name}: {code}"
        for name, text in texts.items()
        for code in offences(text)
        if code.endswith(".date()")
    }
    assert found == set()


@pytest.mark.parametrize(
    ("code", "is_zone"),
    [
        ("ZoneInfo(name)", True),
        ("timezone.get_default_timezone()", True),
        ("timezone.localdate(now)", True),
        ("new_context(timezone_id='Asia/Shanghai')", True),
        ("'Times of Asia/Shanghai.'", False),
        ("datetime.combine(day, time(), LOCAL)", False),
        ("datetime.now(UTC)", False),
    ],
)
def test_the_rule_finds_a_zone(code, is_zone):
    assert bool(zones_of(code)) is is_zone


def test_the_zone_is_named_at_home_alone():
    assert {
        f"{name}: {code}" for name, text in our_files().items() for code in zones_of(text)
    } - NAMED_HERE == set()


#: Monday 2026-11-23, 02:00 in Shanghai; Sunday in UTC.
NIGHT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def ended_today(units):
    """Township 12 is no more from Monday on."""
    units["T12"].valid_to = date(2026, 11, 23)
    units["T12"].save(update_fields=["valid_to"])
    assert day_of(NIGHT) == units["T12"].valid_to
    return units["T12"]


def test_at_night_no_order_goes_to_a_unit_that_ended_today(ended_today, alarm, reach):
    from command.orders.recipients import recipients_for

    offered = {one.value for one in recipients_for(alarm(), reach("county1.duty", NIGHT), NIGHT)}

    assert "unit:T11" in offered
    assert "unit:T12" not in offered


def test_at_night_no_matter_is_assigned_to_a_unit_that_ended_today(ended_today, units, file, reach):
    from cases.matters import actions
    from common.errors import Invalid
    from zero_reports.filing.models import ReportItem

    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    given = {"reach": reach("county1.duty"), "now": NIGHT}
    matter = actions.register_matter(item_id=ReportItem.objects.get().pk, **given)

    with pytest.raises(Invalid, match="T12|12"):
        actions.assign_matter(matter_id=matter.pk, lead=ended_today, **given)
