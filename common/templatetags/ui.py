"""The template tags of every page: icons, level badges, times, countdowns, form fields. See docs/ui.md."""

from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import lucide
from django import forms, template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.middleware.csrf import get_token
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.headlines import headline
from common.local_time import day_of
from common.time_format import written
from common.words import LIVE_WORDS, WORDS

register = template.Library()

#: Full-width characters of a text in a row; about two lines.
LONG = 60
THEMES = ("light", "dark")
SIZES = ("large",)

# --- icons -------------------------------------------------------------------------------------------------


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


# --- levels ------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """What a level looks like. Tone is the only thing the stylesheet knows about a plan's level."""

    tone: str
    roman: str
    word: str


#: Shape per tone, so that the level is seen without colour. 12 × 12.
SHAPES = {
    "red": '<path d="M6 .8 11.6 11H.4z"/>',
    "orange": '<path d="M6 0 12 6 6 12 0 6z"/>',
    "yellow": '<path d="M1 1h10v10H1z"/>',
    "blue": '<circle cx="6" cy="6" r="5.3"/>',
    "neutral": '<path d="M1 4.5h10v3H1z"/>',
}
COLOUR_WORDS = {
    "red": gettext_lazy("Red"),
    "orange": gettext_lazy("Orange"),
    "yellow": gettext_lazy("Yellow"),
    "blue": gettext_lazy("Blue"),
}
ROMANS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ"}


def look_of(level: Any, plan: Any = None) -> Look | None:
    """Read a level from a plan's dict, a `plans.engine.evaluation.Level`, or an id plus the plan document it belongs to."""
    if not level:
        return None
    if isinstance(level, str):
        # Without its plan an id that is a colour's name is painted by it; a plan's own level has its own tone.
        level = _find_level(level, plan) or {"id": level, "colour": level}
    tone = _of(level, "tone") or _of(level, "colour") or ""
    tone = tone if tone in COLOUR_WORDS else "neutral"
    roman = str(_of(level, "roman") or "")
    word = (
        _in_language(_of(level, "word") or _of(level, "words"))
        or _in_language(level)
        or COLOUR_WORDS.get(tone)
        or _of(level, "id")
    )
    return Look(tone=tone, roman=ROMANS.get(roman, roman), word=str(word))


def _find_level(level_id: str, plan: Any) -> Any:
    levels = _of(plan, "levels") or _of(_of(plan, "document"), "levels") or ()
    return next((level for level in levels if _of(level, "id") == level_id), None)


def _of(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def _in_language(words: Any) -> Any:
    """`{zh, en}`, an object with `zh` and `en`, or plain text → the text in the reader's language."""
    if words is None or isinstance(words, str):
        return words
    mine, other = ("zh", "en") if (translation.get_language() or "").startswith("zh") else ("en", "zh")
    return _of(words, mine) or _of(words, other) or None


@register.simple_tag
def badge(level, plan=None, proposed=False, size="", lifted=False):
    """Draw a level: shape, numeral and word; dashed while it is only proposed, and once it was lifted."""
    look = look_of(level, plan)
    if look is None:
        return format_html('<span class="badge {}" data-tone="neutral">{}</span>', size, _("No level"))
    return format_html(
        '<span class="badge {}" data-tone="{}"{}><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>'
        "<span>{}</span><span>{}</span>{}</span>",
        size,
        look.tone,
        mark_safe(" data-proposed") if proposed or lifted else "",
        mark_safe(SHAPES[look.tone]),
        look.roman,
        look.word,
        _about_level(proposed, lifted),
    )


def _about_level(proposed, lifted):
    word = pgettext("screen", "proposed") if proposed else pgettext("screen", "(lifted)") if lifted else ""
    return format_html(" <span>{}</span>", word) if word else ""


@register.simple_tag
def said(words):
    """A plan's own wording (`{zh, en}`) in the reader's language."""
    return _in_language(words) or ""


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
def tone(level, plan=None):
    """The tone word alone, for `data-tone` on a card."""
    look = look_of(level, plan)
    return look.tone if look else "neutral"


@register.simple_tag
def look(word, other="off", **looks):
    """How a tag looks whose state is `word`: `{% look form.state ok="sent" wait="draft filed" %}`, else `other`."""
    return next((look for look, words in looks.items() if word in words.split()), other)


# --- times -------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def moment(context, at, seconds=False, date=None):
    """A point in time, 24 h, Asia/Shanghai. `date=None` leaves the date out when it is today."""
    if not at:
        return "–"
    if date is None:
        date = day_of(at) != day_of(_now(context))
    pattern = ("%Y-%m-%d " if date else "") + ("%H:%M:%S" if seconds else "%H:%M")
    return format_html('<time datetime="{}">{}</time>', _iso(at), written(at, pattern))


@register.filter
def written_as(at, pattern="%H:%M"):
    """A point in time inside a sentence; the end of a day is 24:00."""
    return written(at, pattern) if at else ""


@register.simple_tag(takes_context=True)
def ago(context, at):
    """How long ago, kept current by the page; the full time is the title."""
    if not at:
        return "–"
    return format_html(
        '<time data-ago datetime="{}" title="{}">{}</time>',
        _iso(at),
        timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S"),
        _ago_words(_now(context) - at),
    )


def _ago_words(gone: timedelta) -> str:
    minutes = int(gone.total_seconds() // 60)
    if minutes < 1:
        return str(WORDS["ago_now"])
    if minutes < 60:
        return str(WORDS["ago_minutes"]).format(n=minutes)
    return str(WORDS["ago_hours"]).format(n=minutes // 60)


def _now(context):
    """The moment this request came in, as every door reads it once."""
    return context.get("now") or getattr(context.get("request"), "now", None) or timezone.now()


def _iso(at) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


@register.simple_tag(takes_context=True)
def clock(context, clock, label="", announce=False, big=False):
    """Count down to a clock's `due_at`; a stopped clock says whether it was in time."""
    return _countdown(
        _now(context),
        due_at=_of(clock, "due_at"),
        started_at=_of(clock, "started_at"),
        stopped_at=_of(clock, "stopped_at"),
        cancelled_at=_of(clock, "cancelled_at"),
        provisional=bool(_of(clock, "provisional")),
        label=label or _of(clock, "title") or _in_language(_titles(clock)) or "",
        announce=announce,
        big=big,
    )


def _titles(clock):
    return {"zh": _of(clock, "title_zh"), "en": _of(clock, "title_en")}


@register.simple_tag(takes_context=True)
def deadline(context, due_at, label="", announce=False, big=False):
    """Count down to a bare moment."""
    return _countdown(_now(context), due_at=due_at, label=label, announce=announce, big=big)


def _countdown(
    now,
    *,
    due_at,
    started_at=None,
    stopped_at=None,
    cancelled_at=None,
    provisional=False,
    label,
    announce,
    big,
):
    state, words, at = _clock_words(now, due_at, started_at, stopped_at, cancelled_at)
    if provisional and state == "open":
        words, at = _("date provisional"), _("the working-day calendar of next year is not loaded yet")
    return format_html(
        '<time-left class="clock{}" data-state="{}"{}{}{} role="timer" aria-label="{}">'
        "{}<b>{}</b> {}</time-left>",
        " big" if big else "",
        state,
        format_html(' due="{}"', _iso(due_at)) if due_at and state in ("run", "over") else "",
        format_html(' since="{}"', _iso(started_at)) if started_at and state == "open" else "",
        mark_safe(" announce") if announce else "",
        label,
        format_html("<span>{}</span> ", label) if label else "",
        words,
        at,
    )


def _clock_words(now, due_at, started_at, stopped_at, cancelled_at):
    """State, the bold words before the script has run, and the absolute time beside them."""
    if cancelled_at:
        return "off", pgettext("screen", "cancelled"), ""
    if stopped_at:
        late = due_at and stopped_at > due_at
        return (
            ("missed", pgettext("screen", "late"), _full(stopped_at))
            if late
            else ("met", pgettext("screen", "in time"), _full(stopped_at))
        )
    if not due_at:
        return "open", _("no figure in the plan"), ""
    by = format_html('<span class="nowrap">{} {}</span>', pgettext("screen", "by"), _full(due_at, now))
    return ("over", pgettext("screen", "overdue"), by) if now > due_at else ("run", "", by)


def _full(at, now=None):
    today = now and day_of(at) == day_of(now)
    text = written(at, "%H:%M:%S" if today or not now else "%Y-%m-%d %H:%M")
    return format_html('<time datetime="{}">{}</time>', _iso(at), text)


# --- forms -------------------------------------------------------------------------------------------------


@register.simple_tag
def once_key():
    """A fresh idempotency key: the same key sent twice is the same request."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', get_random_string(32))


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


# --- the page around it ------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def html_hooks(context):
    """Language, theme and size on `<html>`, from cookies, so that nothing flashes."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    theme, size = cookies.get("theme", ""), cookies.get("size", "")
    return format_html(
        'lang="{}"{}{}',
        "zh-Hans"
        if (translation.get_language() or "").startswith("zh")
        else translation.get_language() or "en",
        format_html(' data-theme="{}"', theme) if theme in THEMES else "",
        format_html(' data-size="{}"', size) if size in SIZES else "",
    )


@register.simple_tag(takes_context=True)
def body_hooks(context):
    """What the scripts need to know about the page: who, since which journal number, and when."""
    hooks = {"now": _now(context).isoformat(timespec="milliseconds")}
    user = context.get("user")
    if user is not None and user.is_authenticated:
        hooks["user"] = user.pk
    if context.get("after") is not None:
        hooks["after"] = context["after"]
        hooks["link"] = "connecting"
    return format_html_join(" ", 'data-{}="{}"', hooks.items())


class AsWritten(DjangoJSONEncoder):
    """Chinese as it is written: escaped, each character would take six bytes."""

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "ensure_ascii": False})


@register.simple_tag(takes_context=True)
def page_words(context):
    """The scripts' words as a JSON block, with the addresses and the CSRF token they need."""
    request = context.get("request")
    is_live = context.get("after") is not None
    page = {
        "words": {name: str(word) for name, word in WORDS.items() if is_live or name not in LIVE_WORDS},
        "csrf": get_token(request) if request and hasattr(request, "META") else "",
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "sign_in": _address(settings.LOGIN_URL),
        "live": "/ws/live/",
        "journal": "/api/v1/journal/",
        "settings": _address("ui-settings"),
    }
    return json_script(page, "page", AsWritten)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return name if str(name).startswith("/") else ""


@register.simple_tag
def bureau_name(*names):
    """The first name that is given, else the one from the settings. A missing variable counts as not given."""
    return next(filter(None, names), "") or getattr(settings, "SITE_NAME", "") or _("Justice bureau")


@register.simple_tag
def network_notice():
    """The footer line for the network class; each bureau sets its own."""
    return getattr(settings, "NETWORK_NOTICE", "") or _(
        "Unclassified system: storing, handling or sending state secrets is forbidden."
    )
