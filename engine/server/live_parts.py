"""Parts of live pages for screens whose socket is open here, without reading session, person and posts once more.

After an entry every screen that shows it asks at the same moment. The hub has just decided who each of them is and
what each may see; this door asks it, and answers from memory what others have asked already. It opens only where
nothing else could be the answer: a part of a live page, a session with an open socket in this process, rights that
hold at this moment. Everything else, refusals and faults among it, goes the way of every request.
"""

import time
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, QueryDict, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.urls import ResolverMatch, resolve
from django.utils import timezone, translation

from common.errors import Refused
from common.text.plain_text import has_control
from engine.monitoring.metrics import count_request
from engine.server.scope_headers import header
from engine.server.socket_auth import ScreenReach
from journal.live.answers import SHARED, Answer, Asking, Earlier, Reply
from journal.live.hub import Hub, running
from journal.live.live_pages import PartRequest, PartsView, reply_of
from journal.queries import Reader

#: Part → its answer, and the earlier ones to the same question.
Answers = dict[str, tuple[Answer, Earlier | None]]

#: Characters of a question. No page of ours asks more.
LONGEST = 2000
#: What the middlewares say of every page, for an answer that is never a page.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Content-Security-Policy": "default-src 'none'",
}


class Question(NamedTuple):
    """What a screen asks."""

    path: str
    query: QueryDict
    parts: tuple[str, ...]
    ticket: str
    language: str
    asking: Asking


class LiveParts:
    """In front of Django's handler."""

    def __init__(self, application) -> None:
        self._application = application

    async def __call__(self, scope, receive, send) -> None:
        began = time.perf_counter()
        question = question_of(scope)
        match = _page_at(question.path) if question else None
        reply = await _reply_or_none(question, match) if question and match else None
        if question is None or match is None or reply is None:
            await self._application(scope, receive, send)
            return
        await _send(send, reply, question.language)
        seconds = time.perf_counter() - began
        count_request(method="GET", route=match.route, status=reply.status, seconds=seconds)


def question_of(scope) -> Question | None:
    """The question in a request for a part; None for any other request."""
    if scope["method"] != "GET" or header(scope, b"x-part") != "1" or b"part=" not in scope["query_string"]:
        return None
    if not _is_for_us(scope):
        return None
    path, query = scope["path"], scope["query_string"].decode("latin-1")
    cookies = parse_cookie(header(scope, b"cookie"))
    ticket = cookies.get(settings.SESSION_COOKIE_NAME, "")
    asked = QueryDict(query)
    if (
        not ticket
        or "part" not in asked
        or len(query) > LONGEST
        or any(map(has_control, (path, *_texts(asked))))
    ):
        return None
    chosen = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    return Question(
        path=path,
        query=asked,
        parts=tuple(asked.getlist("part")),
        ticket=ticket,
        language=chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        asking=Asking.of(lambda name: header(scope, name.lower().encode())),
    )


def _texts(query: QueryDict) -> list[str]:
    return [text for name in query for text in (name, *query.getlist(name))]


def _is_for_us(scope) -> bool:
    """As Django's checks of host and scheme would have it; what they would refuse or redirect goes to them."""
    domain, _port = split_domain_port(header(scope, b"host"))
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if not settings.SECURE_SSL_REDIRECT:
        return True
    return scope.get("scheme") == "https" or header(scope, b"x-forwarded-proto") == "https"


@lru_cache(maxsize=2000)
def _page_at(path: str) -> ResolverMatch | None:
    """The live page at an address."""
    try:
        match = resolve(path)
    except Http404:
        return None
    view = getattr(match.func, "view_class", None)
    return match if view and issubclass(view, PartsView) else None


async def _reply_or_none(question: Question, match: ResolverMatch) -> Reply | None:
    hub = running()
    try:
        return await _reply(hub, question, match) if hub else None
    except (Refused, Http404, TimeoutError, DatabaseError, InterfaceError):
        return None  # Django says it in the page's own words


async def _reply(hub: Hub, question: Question, match: ResolverMatch) -> Reply | None:
    number = await hub.settled_number()
    now, reader = timezone.now(), hub.reader_of(question.ticket)
    if not isinstance(reader, ScreenReach) or reader.is_held_up or now >= reader.until:
        return None
    view = _view(question, match, reader, now)
    answers = _ready(hub, view, question, number, reader)
    if missing := [name for name in question.parts if name not in answers]:
        answers |= await hub.result_of(Rendering(view, missing, question.language, number))
    return reply_of({name: answers[name] for name in question.parts}, question.asking)


def _ready(hub: Hub, view, question: Question, number: int, reader: Reader) -> Answers:
    """The shared parts that others have asked for already. Without the database: this is the event loop."""
    found: Answers = {}
    if type(view).prepare is not PartsView.prepare:
        return found
    with translation.override(question.language):
        view.check_may_open()
        for name in question.parts:
            if name in view.shared:
                asked, kinds = view.question(name), tuple(view.shared[name].split())
                untouched = partial(hub.is_untouched, kinds=kinds, reader=reader)
                if answer := SHARED.find(asked, number, view.request.now, untouched):
                    found[name] = answer, SHARED.earlier(asked)
    return found


def _view(question: Question, match: ResolverMatch, reader: ScreenReach, now) -> Any:
    view = match.func.view_class()  # type: ignore[attr-defined]
    request = PartRequest(
        path=question.path,
        query=question.query,
        reach=reader.at(now),
        user=reader.user,
        now=now,
    )
    view.setup(request, *match.args, **match.kwargs)
    return view


class Rendering(NamedTuple):
    """Parts of one screen that have to be rendered."""

    view: Any
    names: list[str]
    language: str
    number: int

    def __call__(self) -> Answers:
        """Like `PartsView.get` for parts."""
        view = self.view
        with translation.override(self.language):
            view.prepare()
            view.check_may_open()
            return {
                name: (
                    view.answer(name, self.number),
                    SHARED.earlier(view.question(name)) if name in view.shared else None,
                )
                for name in self.names
            }


def rendered(asked: Sequence[Rendering]) -> list[Answers | Exception]:
    """In a thread, for all who wait: what can be read for many is read once. Each is refused, or fails, alone."""
    _read_together(asked)
    return [_answers_or_error(one) for one in asked]


def _read_together(asked: Sequence[Rendering]) -> None:
    waiting: dict[tuple[type, str], list[Any]] = {}
    for one in asked:
        for name in one.names:
            if name in one.view.read_together:
                waiting.setdefault((type(one.view), name), []).append(one.view)
    for (page, name), views in waiting.items():
        if len(views) > 1:
            found = page.read_together[name]([view.request for view in views])  # type: ignore[attr-defined]
            for view, ready in zip(views, found, strict=True):
                view.ready[name] = ready


def _answers_or_error(one: Rendering) -> Answers | Exception:
    try:
        return one()
    except Exception as error:
        return error


async def _send(send, reply: Reply, language: str) -> None:
    headers = (
        reply.headers | _HEADERS | {"Content-Language": language, "Content-Length": str(len(reply.body))}
    )
    if reply.status == 304:
        del headers["Content-Length"]
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})
