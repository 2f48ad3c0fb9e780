"""The page behind a link, without signing in; and revoking links."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from accounts.links.views import LinkPage
from command.links import actions
from command.links.tokens import page_token
from command.orders import queries, rules
from command.orders.choices import OrderVerb
from command.orders.forms import StepForm
from command.roll_call.choices import RollCallAnswer
from common.web.idempotency import once
from common.web.redirects import back_to, see_other

#: What opens nothing any more: not even what the order was is shown.
_OVER = ("link_revoked", "link_expired", "not_your_order")


class ByLink(LinkPage):
    """The task, the place and the next act. An answer comes with the token of the page that was shown."""

    too_many = gettext_lazy(
        "Nothing was answered: too many wrong links came from here. Wait five minutes, then try again."
    )

    def read(self, token, now):
        return actions.read_link(token)

    def get(self, request, link):
        actions.check_usable(link, request.now)
        return self.page(request, link=link)

    def post(self, request, link):
        token = self.kwargs["token"]
        actions.answer_by_link(
            token=token,
            verb=request.POST.get("verb", ""),
            page=request.POST.get("page", "")[:200],
            note=self._note(request),
            code=request.POST.get("code", "")[:20],
            now=request.now,
        )
        return see_other("order-link", token)

    def _note(self, request):
        form = StepForm(request.POST)
        form.is_valid()
        return form.cleaned_data.get("note", "")

    def page(self, request, *, link=None, refused=None):
        context = {"refused": refused}
        if link and (refused is None or refused.code not in _OVER):
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
        return render(request, "command/links/answer.html", context)


class Revoke(LoginRequiredMixin, View):
    @once
    def post(self, request, number):
        order = queries.get_order(request.reach, number)
        many = actions.revoke_links(order_id=order.pk, reach=request.reach, now=request.now)
        sentence = ngettext("%(n)d link was revoked.", "%(n)d links were revoked.", many)
        messages.success(request, sentence % {"n": many})
        return back_to(request, reverse("incident", args=[order.incident.number]))
