"""The page behind a link, without signing in; and revoking links."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from command.links import actions
from command.links.tokens import page_token
from command.orders import queries, rules
from command.orders.choices import OrderVerb
from command.orders.forms import StepForm
from command.roll_call.choices import RollCallAnswer
from common.errors import NotFound, Refused
from common.web.idempotency import once
from common.web.redirects import back_to, see_other

#: Tokens that were never given out, per address within five minutes; genuine ones are not counted.
FORGED_PER_ADDRESS = 20


class TooManyTries(Refused):
    status = 429


# As with links that file nil: the token is the right to answer, and browsers inside messengers keep no cookies.
@method_decorator(csrf_exempt, name="dispatch")
class ByLink(View):
    """GET shows the task, the place and the next act, and changes nothing: messengers open links by themselves. POST
    answers, with the token of the page that was shown."""

    def dispatch(self, request, token):
        try:
            link = self._link(request, token)
            response = self._answer(request, link, token)
        except Refused as refused:
            response = self._page(request, refused=refused, status=refused.status)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _answer(self, request, link, token):
        if request.method not in ("GET", "HEAD", "POST"):
            return self.http_method_not_allowed(request)
        try:
            actions.check_usable(link, request.now)
            if request.method == "POST":
                actions.answer_by_link(
                    token=token,
                    verb=request.POST.get("verb", ""),
                    page=request.POST.get("page", "")[:200],
                    note=self._note(request),
                    code=request.POST.get("code", "")[:20],
                    now=request.now,
                )
                return see_other("order-link", token)
        except Refused as refused:
            return self._page(request, link=link, refused=refused, status=refused.status)
        return self._page(request, link=link)

    def _link(self, request, token):
        try:
            return actions.read_link(token)
        except NotFound:
            # Looking changes nothing, not even a count: a token cannot be guessed, and only a POST could answer.
            if request.method == "POST":
                self._count_forged(request)
            raise

    def _note(self, request):
        form = StepForm(request.POST)
        form.is_valid()
        return form.cleaned_data.get("note", "")

    def _count_forged(self, request):
        limit = throttles.Limit(f"link:{address_of(request)}", FORGED_PER_ADDRESS)
        try:
            throttles.begin([limit], now=request.now).wrong()
        except throttles.TooMany:
            raise TooManyTries(
                "too_many",
                _(
                    "Nothing was answered: too many wrong links came from here. Wait five minutes, then try again."
                ),
            ) from None

    def _page(self, request, status=200, link=None, refused=None):
        context = {"refused": refused}
        if link and (
            refused is None or refused.code not in ("link_revoked", "link_expired", "not_your_order")
        ):
            link.order.refresh_from_db()
            order = link.order
            verbs = [verb for verb in actions.VERBS if verb in rules.TRANSITIONS.verbs_for(order.state)]
            context |= {
                "order": order,
                "steps": [verb for verb in verbs if verb != OrderVerb.DECLINE],
                "may_decline": OrderVerb.DECLINE in verbs,
                "asked": actions.roll_call_line(link),
                "answers": RollCallAnswer,
                "types_code": actions.may_type_now(link, request.now),
                "page": page_token(link.pk, order.rev),
            }
        return render(request, "command/links/answer.html", context, status=status)


class Revoke(LoginRequiredMixin, View):
    @once
    def post(self, request, number):
        order = queries.get_order(request.reach, number)
        many = actions.revoke_links(order_id=order.pk, reach=request.reach, now=request.now)
        sentence = ngettext("%(n)d link was revoked.", "%(n)d links were revoked.", many)
        messages.success(request, sentence % {"n": many})
        return back_to(request, reverse("incident", args=[order.incident.number]))
