"""How things of duty are called on screen."""

from django import template

from accounts.contacts.choices import Lack
from accounts.models import in_reader_language
from duty.callout_preview.choices import Break, Moment, What
from duty.shifts.choices import ItemKind
from notices.choices import Channel

register = template.Library()


@register.simple_tag
def thing_title(thing) -> str:
    """A thing that passes over, in the reader's language."""
    return in_reader_language(thing.title_zh, thing.title_en)


@register.filter
def called(person, names: dict[int, str]) -> str:
    """A person as this list calls them: accounts.people.names."""
    return names.get(person.pk) or str(person)


@register.filter
def at(row, place: int):
    """What stands at this place of a row: the head of a cell's column."""
    return row[place]


@register.simple_tag
def kind_label(kind) -> str:
    return str(ItemKind(kind).label)


@register.simple_tag
def channel_label(channel) -> str:
    return str(Channel(channel).label)


@register.simple_tag
def lack_label(lack) -> str:
    return str(Lack(lack).label)


@register.simple_tag
def break_label(why) -> str:
    return str(Break(why).label)


@register.simple_tag
def moment_label(moment) -> str:
    return str(Moment(moment).label)


@register.simple_tag
def what_label(what) -> str:
    return str(What(what).label)
