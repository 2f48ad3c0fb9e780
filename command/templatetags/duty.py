"""How things of duty are called on screen."""

from django import template

from accounts.models import in_reader_language
from command.shifts.choices import ItemKind
from notices.choices import Channel

register = template.Library()


@register.simple_tag
def thing_title(thing) -> str:
    """A thing that passes over, in the reader's language."""
    return in_reader_language(thing.title_zh, thing.title_en)


@register.simple_tag
def kind_label(kind) -> str:
    return str(ItemKind(kind).label)


@register.simple_tag
def channel_label(channel) -> str:
    return str(Channel(channel).label)
