"""The hidden field that measures how long a form was open."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zero_reports.filing.times import stamp

register = template.Library()


@register.simple_tag(takes_context=True)
def opened(context) -> SafeString:
    """The hidden field that tells when a report's form was opened (the burden meter)."""
    return format_html('<input type="hidden" name="opened" value="{}">', stamp(context["request"].now))
