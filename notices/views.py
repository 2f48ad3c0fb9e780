"""The browser's door to notices."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from notices import actions


class AcknowledgeView(LoginRequiredMixin, View):
    """Confirm a notice, then back to where the button was (`next`, on this site only)."""

    def post(self, request, pk):
        actions.acknowledge(notice_id=pk, actor=request.user, now=request.now)
        back = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return HttpResponseRedirect(back if is_ours else reverse("home"), status=303)
