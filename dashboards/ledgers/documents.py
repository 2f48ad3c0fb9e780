"""A ledger as a workbook: what was asked for says its head, so that nobody takes a part for the whole."""

from datetime import datetime
from itertools import count
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import in_reader_language
from accounts.scope import HeldPost, Reach
from common.dates.local_time import LOCAL, day_of
from common.documents.workbooks import Sheet, check_fits, respond_large
from common.errors import WrongState
from dashboards.ledgers.columns import Ledger
from dashboards.ledgers.queries import Asked, by_month, by_state, chosen, lines

#: Of one file. A spreadsheet holds a million; what is larger than this nobody reads, and a proxy hangs up on it.
MOST_ROWS = 50_000
#: Of a file that is made while somebody waits for the page: two seconds. What is larger is a long work.
AT_ONCE_ROWS = 2_000
#: So many rows are in memory at a time.
CHUNK = 500


def filter_words(ledger: Ledger, asked: Asked, now: datetime) -> list[str]:
    """What was asked for, one sentence for each condition."""
    said = [_("Unit with everything below: %(unit)s") % {"unit": asked.unit}] if asked.unit else []
    if asked.first:
        said.append(_("From: %(day)s") % {"day": asked.first})
    if asked.last:
        said.append(_("Until: %(day)s") % {"day": asked.last})
    names = {"state": _("State"), "kind": ledger.kind_label}
    for name, choice in chosen(ledger, asked, now).items():
        said.append(_("%(name)s: %(value)s") % {"name": names[name], "value": choice.label})
    return said or [_("Not filtered: everything its reader may see.")]


class Book(NamedTuple):
    #: Without its ending.
    name: str
    #: The rows are read as they are written.
    sheets: list[Sheet]
    #: Entries in it.
    many: int


def ledger_book(reach: Reach, ledger: Ledger, asked: Asked, rows: QuerySet, now: datetime) -> Book:
    """The rows asked for. Raises Invalid for more than a file holds: nothing is cut off unsaid."""
    many = rows.count()
    check_fits(many, MOST_ROWS)
    sheet = _sheet(ledger, rows, [*_head(reach, ledger, many, now), *filter_words(ledger, asked, now)])
    return Book(f"{ledger.slug}-{day_of(now)}", [sheet], many)


def year_book(reach: Reach, ledger: Ledger, asked: Asked, rows: QuerySet, year: int, now: datetime) -> Book:
    """The yearly volume (年度汇编): a cover with the months and the states, then every entry, the oldest first."""
    many = rows.count()
    check_fits(many, MOST_ROWS)
    notes = [*_head(reach, ledger, many, now), *filter_words(ledger, asked, now)]
    cover = Sheet(
        _("Volume %(year)d") % {"year": year},
        [_("Month"), pgettext("ledger", "Entries")],
        [*by_month(rows, ledger), (_("Whole year"), many), *_states(ledger, rows)],
        [30, 12],
        notes,
    )
    oldest_first = rows.order_by(ledger.at, "pk")
    return Book(f"{ledger.slug}-{year}", [cover, _sheet(ledger, oldest_first, [])], many)


def is_long(many: int) -> bool:
    return many > AT_ONCE_ROWS


def at_once(book: Book) -> FileResponse:
    """The book as an answer. Raises WrongState for one that takes longer than a page may."""
    if is_long(book.many):
        raise WrongState(
            "export_takes_long",
            _("The file was not made here: it has %(many)d entries, and that takes longer than a page may. Press “As a "
              "workbook” on the page of the ledger: then it is made in the background.") % {"many": book.many},
        )  # fmt: skip
    return respond_large(*book.sheets, name=book.name)


def _head(reach: Reach, ledger: Ledger, many: int, now: datetime) -> list[str]:
    post = next(iter(reach.posts), None)
    said = [
        _("Ledger: %(title)s. %(about)s") % {"title": ledger.title, "about": ledger.about},
        _("%(many)d entries, made on %(at)s for %(post)s. Drills are left out.")
        % {
            "many": many,
            "at": f"{now.astimezone(LOCAL):%Y-%m-%d %H:%M}",
            "post": _post_words(post) if post else "–",
        },
    ]
    return [*said, _("Asked for by: %(cite)s") % {"cite": ledger.cite}] if ledger.cite else said


def _post_words(post: HeldPost) -> str:
    unit = in_reader_language(post.unit_name, post.unit_name_en)
    return f"{unit} {in_reader_language(post.title, post.title_en)}"


def _states(ledger: Ledger, rows: QuerySet) -> list[tuple[str, int]]:
    return [(str(ledger.states[name].label), many) for name, many in by_state(rows, ledger)]


def _sheet(ledger: Ledger, rows: QuerySet, notes: list[str]) -> Sheet:
    numbers = count(1)
    written = (
        [next(numbers), *cells] for _row, _address, cells in lines(rows.iterator(chunk_size=CHUNK), ledger)
    )
    heads = [pgettext("ledger", "No."), *(str(column.head) for column in ledger.columns)]
    return Sheet(str(ledger.title), heads, written, [6, *(column.width for column in ledger.columns)], notes)
