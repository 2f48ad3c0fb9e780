"""The cells of the matrix, drawn in one go: 200 units × 31 days are 6,200 of them."""

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import pgettext_lazy

from zero_reports.filing.choices import CellState, Via

register = template.Library()

#: One short word for each state, so that colour is never the only sign.
WORDS = {
    CellState.NIL: pgettext_lazy("matrix", "no"),
    CellState.ITEMS: pgettext_lazy("matrix", "yes"),
    CellState.LATE: pgettext_lazy("matrix", "late"),
    CellState.MISSING: pgettext_lazy("matrix", "none"),
    CellState.WAITING: "·",
    CellState.NOT_ASKED: "–",
}

#: Drawn before the word by the stylesheet, so that the state is seen without colour and without reading.
SHAPES = {CellState.NIL: "○", CellState.ITEMS: "●", CellState.LATE: "◐", CellState.MISSING: "✕"}

#: Behind the word of an answer that came by a one-tap link.
BY_LINK = "↗"


@register.simple_tag
def cells(row):
    """The cells of one row. What has items or came late leads to its report.

    A cell has few forms, so each is put together once per row: words are escaped once, the address is asked for
    once and ends in the period, which needs no escaping ("2026-11-22", "2026-W47").
    """
    if not row.cells:
        return ""
    words = {state.value: escape(word) for state, word in WORDS.items()}
    any_period = f"{row.cells[0].period}/"
    report = escape(reverse("zero-report", args=[row.unit.code, row.cells[0].period])).removesuffix(
        any_period
    )
    return mark_safe("".join(_cell(cell, words[cell.state], report) for cell in row.cells))  # noqa: S308


def _cell(cell, word: str, report: str) -> str:
    """`word` and `report` are escaped; the state is a value of CellState."""
    word = f"{word} {BY_LINK}" if cell.by_link else word
    if cell.answer and cell.state != "nil":
        said = f"{word} {cell.items}" if cell.items else word
        return f'<td data-cell="{cell.state}"><a href="{report}{cell.period}/">{said}</a></td>'
    return f'<td data-cell="{cell.state}">{word}</td>'


@register.simple_tag
def legend():
    """What the shapes and words mean."""
    states = [
        (state.value, f"{SHAPES.get(state, '')} {WORDS[state]}".strip(), state.label) for state in CellState
    ]
    return [*states, ("", BY_LINK, Via.LINK.label)]
