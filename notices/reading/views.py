"""The browser's door to notices."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid, NotAllowed
from common.web.idempotency import once
from journal.live.live_pages import PartsView
from notices import actions
from notices.choices import Answer
from notices.reading.inbox import acknowledge_together
from notices.reading.queries import inbox, needing_no_answer
from notices.relevance.kept_from import open_to
from notices.silence import manual_calls


class AcknowledgeView(LoginRequiredMixin, View):
    """Confirm a notice, then back to where the button was (`next`, on this site only)."""

    def post(self, request, pk):
        given = request.POST.get("answer", "")
        answer = given if given in Answer.values else ""
        actions.acknowledge_notice(notice_id=pk, actor=request.user, now=request.now, answer=answer)
        return _back(request, "home")


class AcknowledgeTogetherView(LoginRequiredMixin, View):
    """Confirm all that needs no answer, up to the newest one that was on the page (`upto`)."""

    @once
    def post(self, request):
        upto = request.POST.get("upto", "")
        if not (upto.isascii() and upto.isdigit() and len(upto) < 19):
            raise Invalid("upto_missing", _("Nothing was confirmed: load the page again."))
        acknowledge_together(actor=request.user, upto=int(upto), now=request.now)
        return _back(request, "home")


class InboxPage(LoginRequiredMixin, PartsView):
    """Everything this person has not confirmed, in the boards' order, page by page."""

    template_name = "notices/inbox.html"
    parts = {"inbox": ("notices/_inbox_page.html", "inbox_context")}
    PAGE = 50

    def inbox_context(self):
        mine = open_to(self.request.reach)
        rows = inbox(self.request.user).filter(mine)
        page = Paginator(rows, self.PAGE).get_page(self.request.GET.get("page"))
        known = (
            needing_no_answer(self.request.user).filter(mine).aggregate(many=Count("pk"), newest=Max("pk"))
        )
        return {
            "page": page,
            "known_total": known["many"],
            "newest_known": known["newest"],
            "now": self.request.now,
        }


class CallsPage(LoginRequiredMixin, PartsView):
    """Whom nothing has reached: telephone them, and say how it ended."""

    template_name = "notices/calls.html"
    parts = {"calls": ("notices/_calls.html", "calls_context")}

    def check_may_open(self):
        if not self.request.reach.has("incident.manage"):
            raise NotAllowed(
                "not_your_board",
                _("This board was not opened: it belongs to another post. Go to your start page."),
            )

    def calls_context(self):
        rows = manual_calls.to_call(self.request.reach)[: manual_calls.MOST]
        calls = manual_calls.with_owners(rows, self.request.now)
        calls.sort(key=lambda call: call.owner not in (None, self.request.user))
        return {"calls": calls, "outcomes": manual_calls.OUTCOMES.items(), "now": self.request.now}


class CallView(LoginRequiredMixin, View):
    """How a telephone call by hand ended, then back to where the button was."""

    @once
    def post(self, request, pk):
        outcome = request.POST.get("outcome", "")
        if outcome not in manual_calls.OUTCOMES:
            raise Invalid(
                "outcome_missing",
                _("The call was not recorded: say how it ended."),
                fields={"outcome": [_("Say how it ended.")]},
            )
        manual_calls.record_call(callout_id=pk, reach=request.reach, outcome=outcome, now=request.now)
        return _back(request, "notices-calls")


class TakeCallView(LoginRequiredMixin, View):
    """ "I telephone them", then back to where the button was."""

    def post(self, request, pk):
        manual_calls.take_call(callout_id=pk, reach=request.reach, now=request.now)
        return _back(request, "notices-calls")


def _back(request, otherwise: str) -> HttpResponseRedirect:
    """To `next` if it is on this site."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(back if is_ours else reverse(otherwise), status=303)


class SeenView(LoginRequiredMixin, View):
    """The receipt of an open screen: these notices of mine are in sight (`notice`, several)."""

    #: More are not on one screen.
    MOST = 200

    def post(self, request):
        ids = [
            int(pk)
            for pk in request.POST.getlist("notice")[: self.MOST]
            if pk.isascii() and pk.isdigit() and len(pk) < 19
        ]
        actions.mark_seen(person=request.user, now=request.now, ids=ids)
        return HttpResponse(status=204)
