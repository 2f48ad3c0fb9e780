"""The key times of an incident as a picture: a bar for each, a mark where its limit lay; drawn by the server."""

from collections.abc import Sequence
from math import log10

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from command.review.key_times import Moment

register = template.Library()

#: Narrow enough to be read on a telephone without being made smaller.
WIDTH, ROW, TOP, BAR = 340, 36, 6, 10
#: Minutes at which a line is drawn, with its words.
TICKS = (
    (1, gettext_noop("1 min")), (10, gettext_noop("10 min")), (60, gettext_noop("1 h")), (360, gettext_noop("6 h")),
    (1440, gettext_noop("1 d")), (10080, gettext_noop("7 d")), (43200, gettext_noop("30 d")),
)  # fmt: skip


@register.simple_tag
def key_times_picture(times: Sequence[Moment]) -> SafeString:
    """An SVG; its words are in the title for those who hear it. Minutes are drawn by their logarithm: what came within
    minutes and what took days stand in one picture."""
    most = max([1, *(_most(one) for one in times)])
    height = TOP + ROW * len(times) + 16
    return format_html(
        '<svg class="key-times" viewBox="0 0 {} {}" role="img"><title>{}</title>{}{}</svg>',
        WIDTH, height, _summary(times), grid(most, height), format_html_join("", "{}", ((_row(place, one, most),) for place, one in enumerate(times))),
    )  # fmt: skip


def _most(one: Moment) -> int:
    return max(one.minutes or 0, one.limit_minutes or 0)


def place_of(minutes: int, most: int) -> float:
    return round(log10(1 + minutes) / log10(1 + most) * (WIDTH - 4), 1)


def grid(most: int, height: int) -> SafeString:
    ticks = [(place_of(minutes, most), height - 14, _(words)) for minutes, words in TICKS if minutes <= most]
    return format_html_join(
        "",
        '<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/><text class="tick" x="{0}" y="{2}">{3}</text>',
        ((x, bottom, height - 3, words) for x, bottom, words in ticks),
    )


def _row(place: int, one: Moment, most: int) -> SafeString:
    y = TOP + ROW * place
    drawn = [
        format_html(
            '<text x="0" y="{0}">{1}</text><text x="{2}" y="{0}" text-anchor="end">{3}</text>',
            y + 11, one.which.label, WIDTH, _words(one),
        ),
        format_html('<rect class="track" x="0" y="{}" width="{}" height="{}"/>', y + 16, WIDTH, BAR),
    ]  # fmt: skip
    if one.minutes is not None:
        drawn.append(
            format_html(
                '<rect class="bar" data-look="{}" x="0" y="{}" width="{}" height="{}"/>',
                one.look, y + 16, max(place_of(one.minutes, most), 2), BAR,
            )
        )  # fmt: skip
    if one.limit_minutes is not None:
        x = place_of(one.limit_minutes, most)
        drawn.append(
            format_html(
                '<path class="limit" d="M{0} {1}V{2}M{3} {2}h6l-3 -4z"/>',
                x,
                y + 14,
                y + 21 + BAR,
                x - 3,
            )
        )  # fmt: skip
    return format_html_join("", "{}", ((part,) for part in drawn))


def _words(one: Moment) -> str:
    """ "12 min · late": the look is never only a colour."""
    if one.minutes is None:
        return str(one.kept.label)
    said = lasting_words(one.minutes)
    return f"{said} · {one.kept.label}" if one.due_at else said


def _summary(times: Sequence[Moment]) -> str:
    return _("Key times: %(said)s") % {"said": "; ".join(f"{one.which.label} {_words(one)}" for one in times)}


@register.filter
def lasting_words(minutes: int | None) -> str:
    """Minutes as a person says them; "–" where there are none."""
    if minutes is None:
        return "–"
    if minutes < 120:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 2880:
        return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes % 1440 // 60}
