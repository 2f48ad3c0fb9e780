"""A notice's row: the same for everybody who was told the same, but for its number and the page's tokens."""

from collections.abc import Hashable
from copy import copy
from datetime import datetime

from django import template
from django.template.loader import render_to_string

from common.dates.local_time import day_of
from common.templatetags.times import now_of
from common.web.rendered import Rendered
from common.web.tokens import LATER, with_tokens
from notices.models import Notice

register = template.Library()

#: Some 2 KB each: the reasons of one shift, in two languages.
ROWS = Rendered(most=500)
#: Stands for the notice's own number; no bureau has so many.
_NUMBER = 7_203_114_000


@register.simple_tag(takes_context=True)
def notice_row(context, notice):
    """The row of a notice from `notices.reading.queries.inbox`, with its form."""
    now = now_of(context)
    row = ROWS.get(shown_in_row(notice, now), lambda: _rendered(notice, now))
    return with_tokens(row.replace(str(_NUMBER), str(notice.pk)), context.get("csrf_token"))


def shown_in_row(notice: Notice, now: datetime) -> Hashable:
    """Everything that `notices/_row.html` shows or decides by, except the language and the notice's number."""
    return (
        notice.headline,
        notice.details,
        notice.drill,
        notice.queued_at,
        day_of(notice.queued_at) == day_of(now),
        bool(notice.delivered_at),
        notice.wants_answer,
    )


def _rendered(notice: Notice, now: datetime):
    anybodys = copy(notice)
    anybodys.pk = _NUMBER
    return render_to_string("notices/_row.html", {"notice": anybodys, "now": now, "csrf_token": LATER})
