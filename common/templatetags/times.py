"""Points in time, and countdowns to them."""

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.dates.local_time import day_of
from common.dates.time_format import written
from common.templatetags.words import in_language, read
from common.web.words import WORDS

register = template.Library()


@register.simple_tag(takes_context=True)
def moment(context, at, seconds=False, date=None):
    """A point in time, 24 h, Asia/Shanghai. `date=None` leaves the date out when it is today."""
    if not at:
        return "–"
    if date is None:
        date = day_of(at) != day_of(now_of(context))
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
        _ago_words(now_of(context) - at),
    )


def _ago_words(gone: timedelta) -> str:
    minutes = int(gone.total_seconds() // 60)
    if minutes < 1:
        return str(WORDS["ago_now"])
    if minutes < 60:
        return str(WORDS["ago_minutes"]).format(n=minutes)
    return str(WORDS["ago_hours"]).format(n=minutes // 60)


def now_of(context):
    """The moment this request came in, as every door reads it once."""
    return context.get("now") or getattr(context.get("request"), "now", None) or timezone.now()


def _iso(at) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


@register.simple_tag(takes_context=True)
def clock(context, clock, label="", announce=False, big=False):
    """Count down to a clock's `due_at`; a stopped clock says whether it was in time."""
    return _countdown(
        now_of(context),
        due_at=read(clock, "due_at"),
        started_at=read(clock, "started_at"),
        stopped_at=read(clock, "stopped_at"),
        cancelled_at=read(clock, "cancelled_at"),
        provisional=bool(read(clock, "provisional")),
        label=label or read(clock, "title") or in_language(_titles(clock)) or "",
        announce=announce,
        big=big,
    )


def _titles(clock):
    return {"zh": read(clock, "title_zh"), "en": read(clock, "title_en")}


@register.simple_tag(takes_context=True)
def deadline(context, due_at, label="", announce=False, big=False):
    """Count down to a bare moment."""
    return _countdown(now_of(context), due_at=due_at, label=label, announce=announce, big=big)


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
