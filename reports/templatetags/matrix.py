"""The cells of the matrix, drawn in one go: 200 units × 31 days are 6,200 of them."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import pgettext_lazy

from reports.choices import CellState, Via

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
    """The cells of one row. What has items or came late leads to its report."""
    words = {state.value: str(word) for state, word in WORDS.items()}
    unit = row.unit.code
    return format_html_join("", "{}", ((_cell(cell, words[cell.state], unit),) for cell in row.cells))


def _cell(cell, word: str, unit: str):
    word = f"{word} {BY_LINK}" if cell.by_link else word
    if cell.answer and cell.state != "nil":
        said = f"{word} {cell.items}" if cell.items else word
        url = reverse("zero-report", args=[unit, cell.period])
        return format_html('<td data-cell="{}"><a href="{}">{}</a></td>', cell.state, url, said)
    return format_html('<td data-cell="{}">{}</td>', cell.state, word)


@register.simple_tag
def legend():
    """What the shapes and words mean."""
    states = [
        (state.value, f"{SHAPES.get(state, '')} {WORDS[state]}".strip(), state.label) for state in CellState
    ]
    return [*states, ("", BY_LINK, Via.LINK.label)]
