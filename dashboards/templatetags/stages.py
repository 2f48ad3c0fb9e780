"""The stages of closed incidents as a picture: a bar for the middle one, a ring for each incident."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from command.templatetags.review import BAR, ROW, TOP, WIDTH, grid, lasting_words, place_of
from dashboards.statistics.stages import STAGES, SideBySide

register = template.Library()


@register.simple_tag
def stages_picture(found: SideBySide) -> SafeString:
    """An SVG; its words are in the title for those who hear it."""
    most = max([1, *(minutes or 0 for line in found.lines for minutes in line.minutes)])
    height = TOP + ROW * len(STAGES) + 16
    said = "; ".join(
        f"{stage.label} {lasting_words(middle)}" for stage, middle in zip(STAGES, found.medians, strict=True)
    )
    rows = format_html_join("", "{}", ((_row(place, found, most),) for place in range(len(STAGES))))
    return format_html(
        '<svg class="key-times" viewBox="0 0 {} {}" role="img"><title>{}</title>{}{}</svg>',
        WIDTH, height, _("Medians: %(said)s") % {"said": said}, grid(most, height), rows,
    )  # fmt: skip


def _row(place: int, found: SideBySide, most: int) -> SafeString:
    y, middle = TOP + ROW * place, found.medians[place]
    words = format_html(
        '<text x="0" y="{0}">{1}</text><text x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<rect class="track" x="0" y="{4}" width="{2}" height="{5}"/>',
        y + 11, STAGES[place].label, WIDTH, lasting_words(middle), y + 16, BAR,
    )  # fmt: skip
    bar = SafeString("")
    if middle is not None:
        bar = format_html(
            '<rect class="bar" x="0" y="{}" width="{}" height="{}"/>',
            y + 16,
            max(place_of(middle, most), 2),
            BAR,
        )
    dots = format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="3"/>',
        (
            (max(place_of(line.minutes[place], most), 3), y + 21)
            for line in found.lines
            if line.minutes[place] is not None
        ),
    )
    return words + bar + dots
