"""What stands around the content of every page: hooks, the scripts' words, the bureau's name."""

import json

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join, json_script
from django.utils.translation import gettext as _

from common.dates.local_time import day_of
from common.templatetags.times import now_of
from common.web.words import LIVE_WORDS, WORDS

register = template.Library()

THEMES = ("light", "dark")
SIZES = ("large",)


@register.simple_tag(takes_context=True)
def html_hooks(context):
    """Language, theme and size on `<html>`, from cookies, so that nothing flashes; a page may have a theme of its own."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    theme, size = context.get("page_theme") or cookies.get("theme", ""), cookies.get("size", "")
    return format_html(
        'lang="{}"{}{}',
        "zh-Hans"
        if (translation.get_language() or "").startswith("zh")
        else translation.get_language() or "en",
        format_html(' data-theme="{}"', theme) if theme in THEMES else "",
        format_html(' data-size="{}"', size) if size in SIZES else "",
    )


@register.simple_tag(takes_context=True)
def sound_step(context):
    """What the daily test of the sound asks of this device, from its cookie (`static/js/sound_test.js`): "ask"; "locked"
    where it was heard today and the browser kept the page silent at first; "" for nothing."""
    cookies = getattr(context.get("request"), "COOKIES", {})
    day, _dot, state = cookies.get("sound", "").partition(".")
    if day != day_of(now_of(context)).isoformat():
        return "ask"
    return "" if state == "open" else "locked"


@register.simple_tag(takes_context=True)
def body_hooks(context):
    """What the scripts need to know about the page: who, since which journal number, and when."""
    hooks = {"now": now_of(context).isoformat(timespec="milliseconds")}
    if _is_signed_in(context):
        hooks["user"] = context["user"].pk
    if context.get("after") is not None:
        hooks["after"] = context["after"]
        hooks["link"] = "connecting"
    if context.get("tags"):
        hooks["tags"] = json.dumps(context["tags"])
    return format_html_join(" ", 'data-{}="{}"', hooks.items())


def _is_signed_in(context) -> bool:
    user = context.get("user")
    return user is not None and user.is_authenticated


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
        # A wall has no account for the API: it waits for its socket.
        "journal": "/api/v1/journal/" if _is_signed_in(context) else "",
        "settings": _address("ui-settings"),
        # Where this person's security key is asked; nothing for who has none.
        "security_key": _address("account-key-question") if _has_key(request) else "",
        "desktop": _address("desktop-notices") if is_live else "",
        "push": _push(request) if is_live else None,
        "worker": _address("worker") if settings.SERVICE_WORKER else "",
    }
    return json_script(page, "page", AsWritten)


def _has_key(request) -> bool:
    """Noted in the session at the sign-in (accounts.sign_in.security_keys)."""
    return bool(getattr(request, "session", {}).get("security_key"))


def _push(request) -> dict | None:
    """The key that browsers are registered with, and whose session it is; None where nobody is told without a page."""
    if not (settings.WEB_PUSH_KEY and settings.SERVICE_WORKER):
        return None
    session = getattr(request, "open_session", None)
    return {
        "key": settings.WEB_PUSH_PUBLIC_KEY,
        "session": session.pk if session else 0,
        "address": _address("account-push"),
    }


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
