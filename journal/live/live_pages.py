"""Live pages: one template with named parts; a part is fetched again by itself when an entry concerns it."""

from django.http import Http404
from django.shortcuts import render
from django.views import View

from journal.numbering import head


class PartsView(View):
    """A page whose parts `live.js` fetches again with `?part=name`.

    Subclasses name `template_name` and `parts`: part name → (fragment template, method that gives its
    context). The page renders all of them; the same code gives a part alone, so that the picture after an
    entry equals a fresh page. The journal number is read before the page's own queries: an entry that
    commits in between is replayed, never missed.
    """

    template_name = ""
    parts: dict[str, tuple[str, str]] = {}
    #: Parts the page leaves out and fetches by itself right after (`data-lazy`): slow ones that can wait.
    lazy: frozenset[str] = frozenset()

    def check_may_open(self) -> None:
        """Raise where this person has no business on this page; asked for the page and for each part."""

    def page_context(self) -> dict:
        """What the page itself needs beside its parts."""
        return {}

    def get(self, request, *args, **kwargs):
        self.check_may_open()
        after = head()
        name = request.GET.get("part")
        if name is not None:
            return self._part(name, after)
        context = {"after": after, **self.page_context()}
        for part, (_template, method) in self.parts.items():
            if part not in self.lazy:
                context.update(getattr(self, method)())
        response = render(request, self.template_name, context, status=getattr(self, "status", 200))
        response["Cache-Control"] = "no-store"
        return response

    def _part(self, name, after):
        if name not in self.parts:
            raise Http404
        template, method = self.parts[name]
        response = render(self.request, template, getattr(self, method)())
        response["X-Journal-Number"] = str(after)
        response["Cache-Control"] = "no-store"
        return response
