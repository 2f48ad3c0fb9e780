"""Texts: a plan's own wording, titles, long codes, what people typed, how a state looks."""

from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.text.headlines import headline

register = template.Library()

#: Full-width characters of a text in a row; about two lines.
LONG = 60


def read(thing: Any, name: str) -> Any:
    """What the thing has under this name, whether it is a dict or an object."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def in_language(words: Any) -> Any:
    """`{zh, en}`, an object with `zh` and `en`, or plain text → the text in the reader's language."""
    if words is None or isinstance(words, str):
        return words
    mine, other = ("zh", "en") if (translation.get_language() or "").startswith("zh") else ("en", "zh")
    return read(words, mine) or read(words, other) or None


@register.simple_tag
def display(words):
    """A plan's own wording (`{zh, en}`) in the reader's language."""
    return in_language(words) or ""


@register.simple_tag(name="headline")
def headline_of(*texts):
    """The first of the texts that says something, as a title: 40 characters, the rest is one click away."""
    return headline(next(filter(None, texts), ""))


@register.simple_tag
def breakable(code):
    """A long code without blanks: it may go on in the next line after every sixteenth character."""
    return format_html_join(
        mark_safe("<wbr>"), "{}", ((code[at : at + 16],) for at in range(0, len(code), 16))
    )


@register.simple_tag
def refused_heading(refused):
    """What a page says above a refusal, before it says why."""
    if refused.status == 503:
        return _("Not possible for the moment")
    if refused.code == "recused":
        return _("You are recused")
    return _("Not found") if refused.status == 404 else _("Not done")


@register.simple_tag
def clamped(text, details=""):
    """A text that people typed: its beginning, the whole of it behind one press. `details`: what follows it anyway."""
    whole = "\n".join(filter(None, (text, details)))
    start = headline(text, LONG)
    if start == " ".join(text.split()) and not details:
        return text
    return format_html(
        '<details class="long"><summary class="clamp">{}</summary>{}</details>',
        start,
        linebreaksbr(whole, True),
    )


@register.simple_tag
def look(word, other="off", **looks):
    """How a tag looks whose state is `word`: `{% look form.state ok="sent" wait="draft filed" %}`, else `other`."""
    return next((look for look, words in looks.items() if word in words.split()), other)


@register.filter
def joined(start, end) -> str:
    """A text and what follows it: `"order-"|joined:order.pk`."""
    return f"{start}{end}"


@register.simple_tag
def dots(*details):
    """Details in a row: “a · b · c”; what is empty is left out, its dot too."""
    return format_html_join(" · ", "{}", ((one,) for one in details if one not in (None, "")))


@register.filter
def with_post(person, post) -> str:
    """Who did it, and the post they held then: “何雨 (值班员)”."""
    return f"{person} ({post})" if post else str(person)


@register.simple_tag
def display_each(named):
    """The plan's words for several roles or squads, in a row."""
    return dots(*(in_language(one.words) for one in named))
