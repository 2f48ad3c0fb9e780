"""Bars as SVG, drawn by the server: told apart by pattern as well as by colour, said in words to who hears the page."""

from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.statistics.charts.chart import Chart

register = template.Library()

#: Narrow enough to be read on a telephone without being made smaller.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 360, 190, 30, 8, 22
ROW, BAR = 36, 14
#: What is drawn over the colour, by the place of the series: nothing, strokes, dots, lines, crosses, a frame.
PATTERNS = (
    "", '<path d="M-2 8 8 -2M0 10 10 0" class="over"/>', '<circle cx="4" cy="4" r="1.6" class="dot"/>',
    '<path d="M0 4h8" class="over"/>', '<path d="M0 0 8 8M8 0 0 8" class="over"/>', '<path d="M4 0v8" class="over"/>',
)  # fmt: skip


@register.simple_tag
def bars_picture(chart: Chart) -> SafeString:
    most = nice(chart.longest)
    height = HEIGHT if chart.over_time else TOP + _row_height(chart) * len(chart.names)
    draw = _columns if chart.over_time else _rows
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-name {}-words"><title id="{}-name">{}'
        '</title><desc id="{}-words">{}</desc><defs>{}</defs>{}</svg>',
        WIDTH, height, chart.slug, chart.slug, chart.slug, chart.title, chart.slug, _summary(chart),
        format_html_join("", "{}", ((_pattern(chart, place),) for place in range(len(chart.series)))),
        draw(chart, most),
    )  # fmt: skip


@register.simple_tag
def bars_key(chart: Chart) -> SafeString:
    """Which pattern is what."""
    return format_html(
        '<ul class="bars-key" aria-hidden="true">{}</ul>',
        format_html_join(
            "",
            '<li><svg class="bars" viewBox="0 0 16 16"><rect width="16" height="16" fill="url(#{}-{})"/></svg>{}</li>',
            ((chart.slug, place, one.label) for place, one in enumerate(chart.series)),
        ),
    )


def nice(most: int) -> int:
    """The end of the scale: 4, 10, 20, 40, 100 … so that half of it is a whole number."""
    end = 4
    while end < most:
        end = end * 5 // 2 if str(end)[0] == "4" else end * 2
    return end


def _summary(chart: Chart) -> str:
    """Every bar in words: name, sum, and the figure of each series where there are several."""
    if not chart.has_figures:
        return _("No figures.")
    said = []
    for name, values, whole in chart.table:
        parts = ", ".join(f"{one.label} {value}" for one, value in zip(chart.series, values, strict=True))
        said.append(f"{name}: {whole} ({parts})" if whole else f"{name}: {parts if whole is None else 0}")
    return "; ".join(said)


def _pattern(chart: Chart, place: int) -> SafeString:
    return format_html(
        '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse" data-{}="{}">'
        '<rect width="8" height="8" class="fill"/>{}</pattern>',
        chart.slug, place, "look" if chart.series[place].look in ("ok", "bad", "wait", "off", "neutral") else "tone",
        chart.series[place].look, SafeString(PATTERNS[place % len(PATTERNS)]),
    )  # fmt: skip


def _pieces(values: list[int], most: int, length: float) -> Iterator[tuple[int, float, float]]:
    """(place of the series, where it begins, how long it is): stacked, without those that are nothing."""
    begin = 0.0
    for place, value in enumerate(values):
        if value:
            long = round(value / most * length, 1)
            yield place, round(begin, 1), long
            begin += long


def _columns(chart: Chart, most: int) -> SafeString:
    """One column a month or day, with lines at nothing, half and the whole of the scale."""
    bottom, step = HEIGHT - BOTTOM, (WIDTH - LEFT) / len(chart.names)
    grid = format_html_join(
        "",
        '<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (LEFT, WIDTH, y, LEFT - 4, y + 4, share)
            for share in (0, most // 2, most)
            for y in [round(bottom - share / most * (bottom - TOP), 1)]
        ),
    )
    drawn = []
    for number, (name, values, _whole) in enumerate(chart.table):
        x = LEFT + step * number
        drawn.append((round(x + step / 2, 1), HEIGHT - 8, _short(name, number)))
        for place, begin, long in _pieces(values, most, bottom - TOP):
            grid += format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})" class="bar"/>',
                round(x + step * 0.15, 1), round(bottom - begin - long, 1), round(step * 0.7, 1), long, chart.slug, place,
            )  # fmt: skip
    return grid + format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', drawn)


def _short(name: str, number: int) -> str:
    """ "2026-03" as "3", with its year at the beginning and in January; "2026-11-16" as "16", with its month on the 1st."""
    above, short = name[:-3][-2:], str(int(name[-2:]))
    is_month = len(name) == len("2026-03")
    return f"{int(above)}/{short}" if short == "1" or (is_month and number == 0 and short != "12") else short


def _row_height(chart: Chart) -> int:
    return ROW if chart.adds else ROW + BAR * (len(chart.series) - 1)


def _rows(chart: Chart, most: int) -> SafeString:
    """One bar below the other, its name and figure over it; what does not add up has a bar each."""
    drawn = SafeString("")
    for number, (name, values, whole) in enumerate(chart.table):
        y = TOP + _row_height(chart) * number
        drawn += format_html(
            '<text x="0" y="{0}">{1}</text><text x="{2}" y="{0}" text-anchor="end">{3}</text>'
            '<rect class="track" x="0" y="{4}" width="{2}" height="{5}"/>',
            y + 8, name, WIDTH, " / ".join(map(str, values)) if whole is None else whole, y + 13,
            BAR if chart.adds else BAR * len(values),
        )  # fmt: skip
        for place, begin, long in _pieces(values, most, WIDTH):
            drawn += format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})" class="bar"/>',
                begin if chart.adds else 0, y + 13 + (0 if chart.adds else BAR * place), long, BAR, chart.slug, place,
            )  # fmt: skip
    return drawn
