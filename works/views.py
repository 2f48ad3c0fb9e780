"""Pages of long works: one's own with their progress, taking one back, fetching what came of it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from common.errors import not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from journal.live.live_pages import PartsView
from works import actions, kinds, queries, rules


class WorksPage(LoginRequiredMixin, PartsView):
    """One's own, the newest first; for whoever keeps the system or the journal also what the night did."""

    template_name = "works/all.html"
    parts = {"works": ("works/_rows.html", "rows_context")}

    def page_context(self):
        return {"days": rules.RESULT_KEPT.days, "offered": queries.offered(self.request.reach)}

    def rows_context(self):
        return {"works": queries.works_of(self.request.reach), "now": self.request.now}


class BeginWork(LoginRequiredMixin, View):
    """What is asked for on the page itself."""

    @once
    def post(self, request, kind):
        if kind not in kinds.KINDS or not kinds.KINDS[kind].button:
            raise not_found()
        work = actions.ask_for_work(reach=request.reach, kind=kind, arguments={}, now=request.now)
        return sent_to_works(request, work)


class CancelWork(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        work = queries.get_work(request.reach, pk)
        work = actions.cancel_work(reach=request.reach, work_id=work.pk, now=request.now)
        said = _("It ends at its next step.") if work.is_live else _("Cancelled.")
        messages.success(request, said)
        return see_other(reverse("works"))


class WorkFile(LoginRequiredMixin, View):
    def get(self, request, pk):
        work, file = queries.open_result(request.reach, pk)
        response = FileResponse(
            file, as_attachment=True, filename=work.saved_as, content_type=work.content_type
        )
        response["Cache-Control"] = "no-store"
        return response


def sent_to_works(request, work):
    """The answer to whoever asked for a long work: where they see it done."""
    messages.success(
        request,
        _("It is being made in the background. You may go on working; this page shows how far it is."),
    )
    return see_other(f"{reverse('works')}#work-{work.pk}")
