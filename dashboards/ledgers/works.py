"""Workbooks of ledgers that take longer than a page may, as long works."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.scope import Reach
from common.documents.workbooks import CONTENT_TYPE, save
from dashboards.ledgers import documents, queries
from dashboards.ledgers.ledgers import BY_SLUG
from works.kinds import Kind, Report, Result, Task

#: Rows between two reports.
STEP = 50
#: What stands in the address of a list, and is kept of it.
FILTERS = ("unit", "from", "until", "state", "kind")
PHRASES = {"writing": _("writing the entries")}


def arguments_of(slug: str, given: Mapping[str, Any], year: int | None = None) -> dict[str, Any]:
    """What a list or a volume asks for, as plain values."""
    kept = {name: given.get(name, "") for name in (FILTERS if year is None else ("unit",))}
    return {
        "slug": slug,
        **{name: value for name, value in kept.items() if value},
        **({"year": year} if year else {}),
    }


def _check(reach: Reach, arguments: Mapping[str, Any]) -> None:
    ledger = queries.get_ledger(reach, arguments["slug"])
    queries.read_asked(reach, ledger, arguments, reach.now)


def _write(task: Task) -> Result:
    reach, now, given = task.reach, task.now, task.arguments
    assert reach is not None, "nobody exports a ledger without being asked"
    ledger = queries.get_ledger(reach, given["slug"])
    asked = queries.read_asked(reach, ledger, given, now)
    if year := given.get("year"):
        asked = queries.year_of(asked.unit, year)
    rows = queries.rows_of(reach, ledger, asked, now)
    if year:
        book = documents.year_book(reach, ledger, asked, rows, year, now)
    else:
        book = documents.ledger_book(reach, ledger, asked, rows, now)
    task.report(0, book.many, "writing")
    *covers, entries = book.sheets
    counted = replace(entries, rows=_counted(entries.rows, book.many, task.report))
    save(task.file, *covers, counted)
    return Result(f"{book.name}.xlsx", CONTENT_TYPE)


def _counted(rows: Iterable, many: int, report: Report) -> Iterator:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % STEP == 0:
            report(number, many)


def _about(arguments: Mapping[str, Any]) -> str:
    ledger = BY_SLUG.get(arguments["slug"])
    title = str(ledger.title) if ledger else arguments["slug"]
    return f"{title} {arguments['year']}" if "year" in arguments else title


LEDGER = Kind(
    label=_("Workbook of a ledger"),
    about=_about,
    check=_check,
    do=_write,
    phrases=PHRASES,
    subject="statistics",
)
