"""A board's inbox: the same for everybody who was told the same, but for the numbers of the notices and the tokens."""

import re
from collections.abc import Hashable
from copy import copy
from datetime import datetime

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.templatetags.times import now_of
from common.web.rendered import Rendered
from common.web.tokens import LATER, with_tokens
from dashboards.boards.inbox import ASKING_SHOWN, KNOWN_SHOWN, BoardInbox
from notices.templatetags.notices import shown_in_row

register = template.Library()

#: Some 40 KB each at most: what the desks of a bureau have before them, in two languages.
INBOXES = Rendered(most=100)
#: Stand for the numbers of the notices in their order, the last one for `newest_known`; no bureau has so many.
_MARKS = range(7_303_115_000, 7_303_115_000 + ASKING_SHOWN + KNOWN_SHOWN + 1)
_MARK = re.compile("73031150[0-9]{2}")


@register.simple_tag(takes_context=True)
def inbox_rows(context, inbox: BoardInbox) -> SafeString:
    """The rows, or nothing where there is none."""
    now, path = now_of(context), context["request"].path
    shown = (path, _shown_in(inbox, now))
    markup = INBOXES.get(shown, lambda: _rendered(inbox, now, context["request"]))
    numbers = {str(mark): str(number) for mark, number in zip(_MARKS, _numbers(inbox), strict=False)}
    numbers[str(_MARKS[-1])] = str(inbox.newest_known)
    return with_tokens(_MARK.sub(lambda found: numbers[found[0]], markup), context.get("csrf_token"))


def _shown_in(inbox: BoardInbox, now: datetime) -> Hashable:
    """Everything that decides what is shown, except the language and the numbers."""
    asking, known = (
        tuple(shown_in_row(notice, now) for notice in part) for part in (inbox.asking, inbox.known)
    )
    return asking, known, inbox.total, inbox.known_total


def _numbers(inbox: BoardInbox) -> list[int]:
    return [notice.pk for notice in (*inbox.asking, *inbox.known)]


def _rendered(inbox: BoardInbox, now: datetime, request) -> SafeString:
    marks = iter(_MARKS)
    asking, known = (
        [_marked(notice, next(marks)) for notice in part] for part in (inbox.asking, inbox.known)
    )
    anybodys = inbox._replace(asking=asking, known=known, newest_known=_MARKS[-1])
    context = {"inbox": anybodys, "now": now, "request": request, "csrf_token": LATER}
    return render_to_string("dashboards/_inbox_rows.html", context)


def _marked(notice, mark: int):
    anybodys = copy(notice)
    anybodys.pk = mark
    return anybodys
