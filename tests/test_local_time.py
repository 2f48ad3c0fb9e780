"""A house rule: what is a day, and what a clock shows, is asked in Shanghai, never of a moment kept in UTC.

Between 00:00 and 08:00 the date of such a moment is yesterday.
"""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from common.periods import LOCAL
from tests.incidents.conftest import alarm
from tests.reports.conftest import file, today

__all__ = ["alarm", "file", "today"]

TOP = Path(__file__).resolve().parent.parent
NOT_PRODUCT = {".venv", "tests", "script", "deploy", "bench", "node_modules", "var", "docs"}
#: What turns a moment into one that may be asked for its day; cells of a workbook and typed months have no zone.
LOCALISED = {"localtime", "astimezone", "strptime", "written"}
WITHOUT_ZONE = {
    "common/workbooks.py: value.date()", "common/workbooks.py: value.time()",
    "common/typed.py: at.date()", "common/typed.py: at.time()",
}  # fmt: skip


def product_files():
    return [f for f in TOP.glob("*/**/*.py") if f.relative_to(TOP).parts[0] not in NOT_PRODUCT]


def offences(text: str) -> list[str]:
    """Calls and formats in a module that ask a moment for its day or hour without a zone."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if _is_offence(node)]


def _is_offence(node) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "astimezone":
            return not node.args and not node.keywords
        if node.func.attr == "today":
            return True
        return node.func.attr in ("date", "time") and not node.args and not _is_local(node.func.value)
    if isinstance(node, ast.FormattedValue) and node.format_spec:
        return "%H:" in ast.unparse(node.format_spec) and not _is_local(node.value)
    return False


def _is_local(node) -> bool:
    if isinstance(node, ast.Name):
        return node.id.startswith("local")
    called = node.func if isinstance(node, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in LOCALISED


@pytest.mark.parametrize(
    ("code", "is_offence"),
    [
        ("now.date()", True),
        ("shift.starts_at.date()", True),
        ("at.astimezone()", True),
        ("date.today()", True),
        ("f'{row.at:%H:%M}'", True),
        ("localtime(now).date()", False),
        ("now.astimezone(LOCAL).date()", False),
        ("f'{localtime(row.at):%H:%M}'", False),
        ("timezone.localtime(at).time()", False),
        ("time.time()", True),
    ],
)
def test_the_rule_finds_what_it_is_for(code, is_offence):
    assert bool(offences(code)) is is_offence


def test_no_module_asks_a_moment_for_its_day_without_a_zone():
    found = {
        f"{file.relative_to(TOP)}: {code}"
        for file in product_files()
        for code in offences(file.read_text())
        if code != "time.time()"
    }
    assert found - WITHOUT_ZONE == set()
    assert found >= WITHOUT_ZONE


#: Monday 2026-11-23, 02:00 in Shanghai; Sunday in UTC.
NIGHT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture
def ended_today(units):
    """Township 12 is no more from Monday on."""
    units["T12"].valid_to = date(2026, 11, 23)
    units["T12"].save(update_fields=["valid_to"])
    assert NIGHT.astimezone(LOCAL).date() == units["T12"].valid_to
    return units["T12"]


def test_at_night_no_order_goes_to_a_unit_that_ended_today(ended_today, alarm, now):
    from command.queries import recipients_for

    offered = {one.value for one in recipients_for(alarm(), NIGHT)}

    assert "unit:T11" in offered
    assert "unit:T12" not in offered


def test_at_night_no_matter_is_assigned_to_a_unit_that_ended_today(ended_today, units, file, reach):
    from common.errors import Invalid
    from reports.matters import actions
    from reports.models import ReportItem

    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    given = {"reach": reach("county1.duty"), "now": NIGHT}
    matter = actions.register(item_id=ReportItem.objects.get().pk, **given)

    with pytest.raises(Invalid, match="T12|12"):
        actions.assign(matter_id=matter.pk, lead=ended_today, **given)
