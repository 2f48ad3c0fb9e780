"""Parts of a page that many pages have: panels, folded forms, facts, tables that scroll. See docs/ui.md.

Their markup is in `templates/components/`; here is only what they are given. A name that is not one of a component's
own becomes an attribute of its element, with `_` for `-`: `data_part="queue"`; `True` stands alone, and a name without
a value is left out.
"""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

register = template.Library()


def _draw(context, component: str, /, **values) -> str:
    """The component knows what it was given and nothing of the page around it."""
    return context.template.engine.get_template(f"components/{component}.html").render(Context(values))


def _attributes(given: dict) -> list[tuple[str, object]]:
    return [
        (name.replace("_", "-"), "" if value is True else value)
        for name, value in given.items()
        if value not in (None, False, "")
    ]


@register.simple_block_tag(takes_context=True)
def panel(context, content, title, name, count=None, css="", **attributes):
    """A titled surface. `name` makes the id of its heading, `NAME-title`; `css`: further classes."""
    return _draw(
        context,
        "panel",
        content=content,
        title=title,
        name=name,
        count=count,
        css=css,
        attributes=_attributes(attributes),
    )


@register.simple_block_tag(takes_context=True)
def part(context, content, name, kinds):
    """A live part inside a panel that has several. One in which nothing stands is `:empty` for the style sheet."""
    return _draw(context, "part", content=SafeString(content.strip()), name=name, kinds=kinds)


@register.simple_block_tag(takes_context=True)
def fold(context, content, title, is_open=False):
    """A panel that is opened by its title: an act that may be needed, among others."""
    return _draw(context, "fold", content=content, title=title, is_open=is_open)


@register.simple_block_tag(takes_context=True)
def post_to(
    context,
    content,
    door,
    *args,
    id="",
    css="form",
    stay=False,
    done="",
    draft=False,
    fresh=False,
    **attributes,
):
    """A form that is sent once, to the address of this name ("" is the page itself). It brings its own key.

    `done`: what is said after it, on the page where it stays; `draft`: what is typed is kept until it is sent, under
    its id and what the address names; `fresh`: refused while the picture is not fresh.
    """
    if draft is True:
        draft = "-".join(map(str, (id, *args)))
    hooks = {
        "id": id,
        "data-stay": stay or bool(done),
        "data-draft": draft,
        "data-done": done,
        "data-needs-fresh": fresh,
    }
    return _draw(
        context,
        "post_to",
        content=content,
        action=reverse(door, args=args) if door else "",
        css=css,
        csrf_token=context.get("csrf_token"),
        attributes=_attributes(hooks | attributes),
    )


@register.simple_block_tag(takes_context=True)
def fact(context, content, label):
    """One line of `<dl class="facts">` or `<dl class="figures">`."""
    return _draw(context, "fact", content=content, label=label)


@register.simple_tag(takes_context=True)
def figure(context, label, number):
    """A number of `<dl class="figures">`, pale when it is 0."""
    return _draw(context, "fact", content=number, label=label, is_zero=not number)


@register.simple_block_tag(takes_context=True)
def wide(context, content, label="", labelled_by=""):
    """Around a table that may be wider than the page: it scrolls by itself, by finger and by key."""
    return _draw(context, "wide", content=content, label=label, labelled_by=labelled_by)


@register.simple_block_tag(takes_context=True)
def nothing(context, content, text, icon="circle-check", filters="", quiet=False, css="", now=None):
    """In place of a list in which nothing stands. The block says what will stand there and when, and offers the next
    act to whoever may do it: `{% if may_add %}{% link_to … css="quiet small" %}{% endif %}`.

    `filters`: the names in the address that narrow the list, `"q state"`, or the form that asks for them. Where one of
    them is set, the block gives way to a way out of the filter, for then it is not known whether there is anything.
    `quiet`: one line without a picture, for one subject among many.
    """
    asked = context["request"].GET if filters and "request" in context else {}
    names = filters.split() if isinstance(filters, str) else [field.name for field in filters]
    narrowing = [name for name in names if asked.get(name)]
    return _draw(
        context,
        "nothing",
        content=SafeString(content.strip()),
        text=text,
        icon=icon,
        quiet=quiet,
        css=css,
        now=now,
        everything=_without(asked, {*narrowing, "page"}) if narrowing else "",
    )


def _without(asked, names: set[str]) -> str:
    """The query of the same list without these names: `?unit=330100`, and `?` where nothing is left of it."""
    kept = asked.copy()
    for name in names:
        kept.pop(name, None)
    return f"?{kept.urlencode()}"


@register.simple_tag(takes_context=True)
def link_to(context, label, door, *args, icon="", icon_after="", css="", **query):
    """A link that looks like a button, to the address of this name ("" is the page itself).

    Further names are its query; one without a value is left out. `css`: `primary`, `quiet`, `small`.
    """
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    path = reverse(door, args=args) if door else ""
    return _draw(
        context,
        "link_to",
        address=f"{path}?{urlencode(asked)}" if asked else path,
        label=label,
        icon=icon,
        icon_after=icon_after,
        css=css,
        size=16 if "small" in css else 20,
    )
