"""A cell of a ledger as a page shows it; a workbook writes the same value in its own way."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.dates.local_time import LOCAL

register = template.Library()


@register.simple_tag
def cell_of(value: Any) -> SafeString | str:
    """Days and moments stay on one line; nothing is a dash."""
    if value in (None, ""):
        return "–"
    if isinstance(value, datetime):
        return format_html('<span class="nowrap">{}</span>', f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M}")
    if isinstance(value, date):
        return format_html('<span class="nowrap">{}</span>', value.isoformat())
    return str(value)
