"""Rates over time as a picture: two lines that differ by dash and by the shape of their points, not only by colour."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.dates.periods import Period
from dashboards.statistics.history import HistoryRow
from zero_reports.rollups.documents import per_cent
from zero_reports.rounds.rules import Counts

register = template.Library()

#: Width, height and margins (left, top, right, bottom) of a picture, in its own units.
LARGE = (720, 200, 52, 14, 10, 28)
SMALL = (240, 72, 36, 6, 6, 6)


@register.simple_tag
def rate_picture(line: HistoryRow, periods: list[Period], small: bool = False) -> SafeString:
    """An SVG of completeness and timeliness from 0 to 100 %; its words are in the title for those who hear it."""
    width, height, *_margins = SMALL if small else LARGE
    complete = [_share(counts, "completeness") for counts in line.counts]
    timely = [_share(counts, "timeliness") for counts in line.counts]
    return format_html(
        '<svg class="rates" viewBox="0 0 {} {}" role="img"><title>{}</title>{}{}{}</svg>',
        width,
        height,
        _summary(line, complete, timely),
        _frame(periods, small),
        _drawn(complete, small, "complete"),
        _drawn(timely, small, "timely"),
    )


@register.simple_tag
def rate_rows(line: HistoryRow, periods: list[Period]) -> list[tuple]:
    """The same figures as rows of a table, the last period first."""
    rows = [
        (p, c, per_cent(c.completeness if c else None), per_cent(c.timeliness if c else None))
        for p, c in zip(periods, line.counts, strict=True)
    ]
    return rows[::-1]


def _share(counts: Counts | None, name: str) -> float | None:
    return getattr(counts, name) if counts else None


def _summary(line: HistoryRow, complete: list, timely: list) -> str:
    return _("%(unit)s: completeness %(complete)s, timeliness %(timely)s on average") % {
        "unit": line.name,
        "complete": per_cent(_mean(complete)),
        "timely": per_cent(_mean(timely)),
    }


def _mean(shares: list[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def _point(number: int, many: int, share: float, small: bool) -> tuple[float, float]:
    width, height, left, top, right, bottom = SMALL if small else LARGE
    x = left + (width - left - right) * (number / max(many - 1, 1))
    return round(x, 1), round(top + (height - top - bottom) * (1 - share / 100), 1)


def _frame(periods: list[Period], small: bool) -> SafeString:
    """Lines at 0, 50 and 100 %, and the first and last period below."""
    width, height, left, _top, right, _bottom = SMALL if small else LARGE
    rules = []
    for share in (0, 50, 100):
        _x, y = _point(0, 1, share, small)
        rules.append((left, width - right, y, y, left - 4, y + 4, f"{share}%"))
    lines = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        rules,
    )
    if small:
        return lines
    ends = format_html(
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>',
        left, height - 6, periods[0], width - right, height - 6, periods[-1],
    )  # fmt: skip
    return lines + ends


def _drawn(shares: list[float | None], small: bool, name: str) -> SafeString:
    """The line in pieces, broken where nobody was asked, and a point for each period."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for number, share in enumerate(shares):
        if share is None:
            pieces.append([])
        else:
            pieces[-1].append(_point(number, len(shares), share, small))
    lines = format_html_join(
        "",
        '<polyline class="{}" points="{}"/>',
        ((name, " ".join(f"{x},{y}" for x, y in p)) for p in pieces if p),
    )
    if small:
        return lines
    points = [point for piece in pieces for point in piece]
    if name == "complete":
        marks = format_html_join(
            "", '<circle class="{}" cx="{}" cy="{}" r="3"/>', ((name, x, y) for x, y in points)
        )
    else:
        marks = format_html_join(
            "",
            '<rect class="{}" x="{}" y="{}" width="5" height="5"/>',
            ((name, round(x - 2.5, 1), round(y - 2.5, 1)) for x, y in points),
        )
    return mark_safe(lines + marks)  # noqa: S308  # both are made by format_html
