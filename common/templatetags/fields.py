"""Form fields with all that belongs to one, and what a form says when something is wrong."""

from django import forms, template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.web.tokens import new_key

register = template.Library()


@register.simple_tag
def once_key():
    """A fresh idempotency key (common.web.tokens)."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', new_key())


@register.simple_tag
def error_summary(form):
    """List what is wrong, with links to the fields; nothing when nothing is wrong."""
    if not form or not getattr(form, "errors", None):
        return ""
    lines = [("", error) for error in form.non_field_errors()]
    for bound in form:
        lines += [
            (_focus_id(bound), _("%(field)s: %(error)s") % {"field": bound.label, "error": error})
            for error in bound.errors
        ]
    items = format_html_join(
        "",
        "<li>{}</li>",
        ((format_html('<a href="#{}">{}</a>', goal, text) if goal else text,) for goal, text in lines),
    )
    return format_html(
        '<div class="error-summary" role="alert" tabindex="-1" data-error-summary><h2>{}</h2><ul>{}</ul></div>',
        _("Please check the following"),
        items,
    )


def _focus_id(bound) -> str:
    """The id a link can jump to: of a group of choices the first one."""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, forms.RadioSelect) else bound.auto_id


@register.simple_tag
def field(bound, label=None, hint=None, as_="", **attrs):
    """One form field with label, hint, errors and control.

    `as_`: "chips" or "inline" for groups of choices. Other names become attributes of the control,
    with `_` for `-`: `{% field form.place autocomplete="off" data_x="1" %}`.
    """
    if bound.is_hidden:
        return format_html("{}{}", bound.as_widget(), "")
    widget = bound.field.widget
    label = label if label is not None else bound.label
    hint = hint if hint is not None else bound.help_text
    # `is_needed`: may be empty in a draft, and is asked for all the same.
    is_needed = bound.field.required or getattr(bound.field, "is_needed", False)
    if not is_needed and not isinstance(widget, forms.CheckboxInput):
        label = format_html('{} <span class="optional">{}</span>', label, _("(optional)"))
    notes, described = _notes(bound, hint)
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if isinstance(widget, forms.RadioSelect):
        body = format_html(
            '<fieldset{}><legend>{}</legend>{}<div class="{}">{}</div></fieldset>',
            format_html(' aria-describedby="{}"', described) if described else "",
            label,
            notes,
            as_ or "options",
            _choices(bound, as_),
        )
    elif isinstance(widget, forms.CheckboxInput):
        body = format_html(
            '<label class="option">{}<span>{}</span></label>{}', bound.as_widget(attrs=attrs), label, notes
        )
    else:
        body = format_html(
            '<label for="{}">{}</label>{}{}', bound.id_for_label, label, notes, bound.as_widget(attrs=attrs)
        )
    shown = bound.as_hidden(only_initial=True) if bound.field.show_hidden_initial else ""
    marks = " data-invalid" if bound.errors else ""
    # Several columns have no room for these beside each other.
    if as_ == "chips" or isinstance(widget, forms.Textarea):
        marks += " data-wide"
    return format_html('<div class="field"{}>{}{}</div>', mark_safe(marks), body, shown)


@register.simple_tag
def field_error(bound):
    """What is wrong with a field whose control a template draws itself; described by the id `…-error`."""
    return _notes(bound, "")[0]


def _notes(bound, hint):
    parts, ids = [], []
    if hint:
        ids.append(f"{bound.auto_id}-hint")
        parts.append(format_html('<p class="hint" id="{}">{}</p>', ids[-1], hint))
    if bound.errors:
        ids.append(f"{bound.auto_id}-error")
        parts.append(
            format_html(
                '<p class="field-error" id="{}"><span class="visually-hidden">{}</span>{}</p>',
                ids[-1],
                _("Error: "),
                mark_safe("<br>".join(format_html("{}", error) for error in bound.errors)),
            )
        )
    return mark_safe("".join(parts)), " ".join(ids)


def _choices(bound, as_):
    """Radio buttons and checkboxes as chips or cards; the first one carries the id the summary links to."""
    shape = (
        '<label class="chip">{}<span>{}</span></label>'
        if as_ == "chips"
        else ('<label class="option">{}<span>{}</span></label>')
    )
    return format_html_join("", shape, ((sub.tag(), sub.choice_label) for sub in bound.subwidgets))
