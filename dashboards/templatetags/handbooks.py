from django import template
from django.templatetags.static import static

from dashboards.help import handbooks

register = template.Library()
register.filter("with_labels", handbooks.with_labels)


@register.filter
def picture(name: str) -> str:
    return static(handbooks.picture_path(name))
