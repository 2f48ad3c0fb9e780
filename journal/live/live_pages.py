"""Live pages: one template with named parts; a part is fetched again by itself when an entry concerns it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views import View

from common.web.tokens import LATER
from journal.live.answers import SHARED, Answer, Asking, Earlier, Reply, together
from journal.numbering import settled_head


class PartRequest(HttpRequest):
    """As much of a request as a part may depend on: where, what was asked, and who may see what, when."""

    def __init__(self, *, path: str, query: QueryDict, reach: Any, user: Any, now: datetime):
        super().__init__()
        self.method, self.path, self.path_info = "GET", path, path
        self.GET = without_part(query)
        self.reach, self.user, self.now = reach, user, now


class PartsView(View):
    """A page whose parts `live.js` fetches again with `?part=name`, several with `?part=one&part=other`.

    Subclasses name `template_name` and `parts`: part name → (fragment template, method that gives its
    context). The page renders all of them; the same code gives a part alone, so that the picture after an
    entry equals a fresh page. The journal number is read before the page's own queries: an entry that
    commits in between is replayed, never missed.
    """

    template_name = ""
    parts: dict[str, tuple[str, str]] = {}
    #: Parts the page leaves out and fetches by itself right after (`data-lazy`): slow ones that can wait.
    lazy: frozenset[str] = frozenset()
    #: Parts that are the same for everybody with the same posts → prefixes of the journal's kinds that change them, as
    #: the page's `data-kinds`. Rendered once for all: they are given neither person nor cookies, and hold no form.
    shared: Mapping[str, str] = {}
    #: Parts of one person's own that are read for many people at once where many ask at once: part → what reads it for
    #: these requests, in their order. The part's method gets it by `read`.
    read_together: Mapping[str, Callable[[Sequence[Any]], Sequence[Any]]] = {}

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        #: What was read already, by part.
        self.ready: dict[str, Any] = {}

    def prepare(self) -> None:
        """Read what the page is about. Raises NotFound."""

    def check_may_open(self) -> None:
        """Raise where this person has no business on this page; asked for the page and for each part."""

    def page_context(self) -> dict:
        """What the page itself needs beside its parts. Shared ones are in `parts`, ready."""
        return {}

    def get(self, request, *args, **kwargs):
        self.prepare()
        self.check_may_open()
        names = request.GET.getlist("part")
        if names:
            request.GET = without_part(request.GET)
            return self._parts(names)
        after, is_settled = settled_head()
        shared = self._shared_answers(after, is_settled)
        context = {
            "after": after,
            "parts": {name: mark_safe(answer.html) for name, answer in shared.items()},  # noqa: S308 by templates
            # A screen that says what it came with is told only what differs from that.
            "tags": {name: answer.etag for name, answer in shared.items()},
            "kinds": self.shared,
            **self.page_context(),
        }
        for part, (_template, method) in self.parts.items():
            if part not in self.lazy and part not in self.shared:
                context.update(getattr(self, method)())
        response = render(request, self.template_name, context, status=getattr(self, "status", 200))
        response["Cache-Control"] = "no-store"
        return response

    def _parts(self, names: list[str]) -> HttpResponseBase:
        number, is_settled = settled_head()
        answers = {name: self._answer_and_earlier(name, number, is_settled) for name in names}
        return as_response(reply_of(answers, Asking.of(lambda name: self.request.headers.get(name, ""))))

    def answer(self, name: str, number: int) -> Answer:
        """The part, with everything up to `number`, which was read before this call. Raises Http404."""
        if name not in self.parts:
            raise Http404
        if name in self.shared:
            return SHARED.get(self.question(name), number, self.request.now, lambda: self._shared_html(name))
        return Answer(self._html(name, user=self.request.user), number)

    def read(self, part: str) -> Any:
        """What `read_together` reads for this part and this request."""
        if part not in self.ready:
            (self.ready[part],) = self.read_together[part]([self.request])
        return self.ready[part]

    def question(self, name: str) -> Hashable:
        """Everything that decides what a shared part shows, beside the journal and the time."""
        request = self.request
        asked = tuple(sorted((key, tuple(values)) for key, values in request.GET.lists()))
        return (type(self), name, request.path, asked, get_language(), request.reach.identity)

    def _answer_and_earlier(self, name: str, number: int, is_settled: bool) -> tuple[Answer, Earlier | None]:
        if name not in self.shared:
            return self.answer(name, number), None
        if is_settled:
            return self.answer(name, number), SHARED.earlier(self.question(name))
        # Something was committed that has no number yet: what is kept may be older.
        return Answer(self._shared_html(name), number), None

    def _shared_answers(self, number: int, is_settled: bool) -> dict[str, Answer]:
        names = [name for name in self.shared if name not in self.lazy]
        return {name: self._answer_and_earlier(name, number, is_settled)[0] for name in names}

    def _shared_html(self, name: str) -> str:
        """Rendered by a view that knows no person."""
        request, view = self.request, type(self)()
        bare = PartRequest(
            path=request.path,
            query=request.GET,
            reach=request.reach.of_posts(),
            user=AnonymousUser(),
            now=request.now,
        )
        view.setup(bare, *self.args, **self.kwargs)
        view.prepare()
        return view._html(name, user=None)

    def _html(self, name: str, user) -> str:
        template, method = self.parts[name]
        # The page has the token; the fields stand ready for it.
        context = {"request": self.request, "user": user, "csrf_token": LATER, **getattr(self, method)()}
        return render_to_string(template, context)


def without_part(query: QueryDict) -> QueryDict:
    """The page's own question: links within a part lead to the page."""
    if "part" not in query:
        return query
    rest = query.copy()
    del rest["part"]
    return rest


def reply_of(answers: Mapping[str, tuple[Answer, Earlier | None]], asking: Asking) -> Reply:
    """One part by itself, several together."""
    if len(answers) > 1:
        return together(answers, asking)
    ((answer, earlier),) = answers.values()
    return answer.reply(asking, earlier)


def as_response(reply: Reply) -> HttpResponse:
    """The reply as Django sends it."""
    headers = dict(reply.headers)
    vary = headers.pop("Vary").split(", ")
    response = HttpResponse(reply.body, status=reply.status, headers=headers)
    patch_vary_headers(response, vary)
    return response
