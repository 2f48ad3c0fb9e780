"""What a page and a row say of a drill."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.drills import is_drill, marked

register = template.Library()


@register.simple_tag(takes_context=True)
def about_a_drill(context) -> bool:
    """Whether the page is about a drill: its view says so, or something it is about is of one."""
    return bool(context.get("drill")) or any(map(_is_about_one, context.flatten().values()))


def _is_about_one(value) -> bool:
    """The thing itself, or the card on which it lies with what its reader may do."""
    return is_drill(value) or (hasattr(value, "_fields") and any(map(is_drill, value)))


@register.simple_tag
def drill_tag(row):
    """On a row of a list that may hold real ones beside it; nothing where it is one of them."""
    return format_html('<span class="tag drill-tag">{}</span>', _("Drill")) if is_drill(row) else ""


@register.filter
def as_drill(text, row) -> str:
    """The text with the mark in front where the row is of a drill."""
    return marked(str(text), is_drill(row))
