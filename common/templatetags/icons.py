"""Lucide icons, drawn into the page."""

from functools import lru_cache

import lucide
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def icon(name, size=20, label=""):
    """Inline a Lucide icon; silent for screen readers unless it has a `label`."""
    drawing = _drawing(str(name), int(size))
    if label:
        return format_html('<svg role="img" aria-label="{}"{}', label, drawing)
    return mark_safe('<svg aria-hidden="true"' + drawing)


@lru_cache(maxsize=512)
def _drawing(name: str, size: int) -> SafeString:
    """The icon from after "<svg" on; the zip is opened once per icon and size."""
    markup = lucide._render_icon(name, size)
    return mark_safe(markup.removeprefix("<svg"))
