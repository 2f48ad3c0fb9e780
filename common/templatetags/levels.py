"""Levels of a plan: badge and tone."""

from typing import Any, NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.templatetags.words import in_language, read

register = template.Library()


class Look(NamedTuple):
    """What a level looks like. Tone is the only thing the stylesheet knows about a plan's level."""

    tone: str
    roman: str
    word: str


#: Shape per tone, so that the level is seen without colour. 12 × 12.
SHAPES = {
    "red": '<path d="M6 .8 11.6 11H.4z"/>',
    "orange": '<path d="M6 0 12 6 6 12 0 6z"/>',
    "yellow": '<path d="M1 1h10v10H1z"/>',
    "blue": '<circle cx="6" cy="6" r="5.3"/>',
    "neutral": '<path d="M1 4.5h10v3H1z"/>',
}
COLOUR_WORDS = {
    "red": gettext_lazy("Red"),
    "orange": gettext_lazy("Orange"),
    "yellow": gettext_lazy("Yellow"),
    "blue": gettext_lazy("Blue"),
}
ROMANS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}


def look_of(level: Any, plan: Any = None) -> Look | None:
    """Read a level from a plan's dict, a `plans.engine.evaluation.Level`, or an id plus the plan document it belongs to."""
    if not level:
        return None
    if isinstance(level, str):
        # Without its plan an id that is a colour's name is painted by it; a plan's own level has its own tone.
        level = _find_level(level, plan) or {"id": level, "colour": level}
    tone = read(level, "tone") or read(level, "colour") or ""
    tone = tone if tone in COLOUR_WORDS else "neutral"
    roman = str(read(level, "roman") or "")
    word = (
        in_language(read(level, "word") or read(level, "words"))
        or in_language(level)
        or COLOUR_WORDS.get(tone)
        or read(level, "id")
    )
    return Look(tone=tone, roman=ROMANS.get(roman, roman), word=str(word))


def _find_level(level_id: str, plan: Any) -> Any:
    levels = read(plan, "levels") or read(read(plan, "document"), "levels") or ()
    return next((level for level in levels if read(level, "id") == level_id), None)


@register.simple_tag
def badge(level, plan=None, proposed=False, size="", lifted=False):
    """Draw a level: shape, numeral and word; dashed while it is only proposed, and once it was lifted."""
    look = look_of(level, plan)
    if look is None:
        return format_html('<span class="badge {}" data-tone="neutral">{}</span>', size, _("No level"))
    return format_html(
        '<span class="badge {}" data-tone="{}"{}><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>'
        "<span>{}</span><span>{}</span>{}</span>",
        size,
        look.tone,
        mark_safe(" data-proposed") if proposed or lifted else "",
        mark_safe(SHAPES[look.tone]),
        look.roman,
        look.word,
        _about_level(proposed, lifted),
    )


def _about_level(proposed, lifted):
    word = pgettext("screen", "proposed") if proposed else pgettext("screen", "(lifted)") if lifted else ""
    return format_html(" <span>{}</span>", word) if word else ""


@register.simple_tag
def tone(level, plan=None):
    """The tone word alone, for `data-tone` on a card."""
    look = look_of(level, plan)
    return look.tone if look else "neutral"
