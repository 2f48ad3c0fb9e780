"""One box for everything: a few of each kind, or one kind page by page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views import View

from dashboards.search import queries


class Search(LoginRequiredMixin, View):
    PAGE = 50

    def get(self, request):
        text = queries.asked_text(request.GET.get("q", ""))
        context = {"q": text, "is_short": 0 < len(text) < queries.SHORTEST}
        if len(text) < queries.SHORTEST:
            return render(request, "dashboards/search/all.html", context)
        if slug := request.GET.get("in", ""):
            return self._one(request, queries.get_subject(slug), text)
        groups = list(queries.search(request.reach, text, request.now))
        if address := queries.only_page(groups, text):
            return redirect(address)
        return render(request, "dashboards/search/all.html", {**context, "groups": groups})

    def _one(self, request, subject, text):
        rows = queries.rows_with(request.reach, subject, text, request.now)
        page = Paginator(rows, self.PAGE).get_page(request.GET.get("page"))
        context = {
            "q": text,
            "subject": subject,
            "page": page,
            "rows": queries.found_in(subject, page.object_list),
        }
        return render(request, "dashboards/search/one.html", context)
