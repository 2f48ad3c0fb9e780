"""What is refused before any view: addresses, cookies and forms with text that no keyboard makes."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.api.problems import problem_response
from common.errors import Refused
from common.text.plain_text import has_control, impossible_within, is_impossible, tidied, tidied_within

#: Routes whose text is masked and accepted at once, without a question. Life first: help leaves on what they say.
NEVER_HELD_UP = {
    "alarm": "an alarm is never held up",
    "incident-new": "the duty room writes down what it hears on the telephone, and help leaves on it",
    "api:alarms": "an alarm is never held up; a device sends it later, when nobody can answer a question",
    "api:gateway-events": "a reply from a telephone; there is nobody to ask",
}


class BadText(Refused):
    """Not a person's mistake: no browser makes such text."""

    status = 400


def tidy_body(route: str, body: Any) -> Any:
    """A JSON body without control characters. Raises BadText for text that no keyboard makes."""
    if impossible_within(body) and route not in NEVER_HELD_UP:
        raise bad_text()
    return tidied_within(body)


class PlainTextMiddleware:
    """Refuses control characters in an address and NUL in a form; takes other control characters out of a form.

    Routes in `NEVER_HELD_UP` are never refused for their form; bodies of the API are looked at where they are read.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # A quoted cookie may hold an escaped NUL; it is nobody's session.
        for name in [name for name, value in request.COOKIES.items() if has_control(name + value)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        if any(map(has_control, _in_address(request))):
            return refused(request, bad_text())
        if request.method != "POST" or request.path.startswith("/api/"):
            return None
        texts = [text for name in request.POST for text in (name, *request.POST.getlist(name))]
        if any(map(is_impossible, texts)) and request.resolver_match.view_name not in NEVER_HELD_UP:
            return refused(request, bad_text())
        if any(tidied(text) != text for text in texts):
            request.POST = request._post = _tidied(request.POST)
        return None


def bad_text() -> BadText:
    return BadText(
        "bad_text",
        _(
            "Nothing was done: the address or the text holds characters that are no text. Type it anew instead of "
            "copying it."
        ),
    )


def refused(request, refusal: Refused) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(status=refusal.status, code=refusal.code, detail=str(refusal))
    return render(request, "refused.html", {"refused": refusal}, status=refusal.status)


def _in_address(request) -> Iterator[str]:
    yield request.path_info
    for name, values in request.GET.lists():
        yield name
        yield from values


def _tidied(form: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in form.lists():
        clean.setlist(tidied(name), [tidied(value) for value in values])
    return clean
