"""The system administrator's pages of approved templates: the list, and one with its test."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid
from common.web.idempotency import once
from notices.approved import actions, queries
from notices.approved.actions import Which
from notices.approved.forms import ApprovalForm
from notices.approved.labels import channel_name, provider_name
from notices.approved.rules import LANGUAGES, as_applied_for
from notices.channels import providers
from notices.incoming.provider_reports import token_of
from notices.models import ApprovedTemplate
from notices.sending.message_templates import SUMMARY


class TemplatesPage(LoginRequiredMixin, View):
    def get(self, request):
        actions.check_may(request.reach)
        lines = queries.lines()
        language = "en" if (get_language() or "").startswith("en") else "zh"
        groups = []
        for gateway, provider in queries.in_use():
            mine = [
                (line, as_applied_for(line.wording.patterns[language]))
                for line in lines
                if line.gateway == gateway
            ]
            groups.append(
                {
                    "gateway": gateway,
                    "name": provider_name(provider),
                    "address": self._address(gateway, provider),
                    "missing": sum(line.is_missing for line, _sentence in mine),
                    "channels": [
                        (channel_name(channel), list(some))
                        for channel, some in groupby(mine, key=lambda pair: pair[0].wording.channel)
                    ],
                }
            )
        return render(request, "notices/approved/list.html", {"groups": groups})

    def _address(self, gateway: str, provider: str) -> str:
        """Where the provider pushes to; empty without a shared secret."""
        token = token_of(gateway)
        path = reverse("api:provider-pushes", args=[provider, token]) if token else ""
        return self.request.build_absolute_uri(path) if path else ""


class TemplatePage(LoginRequiredMixin, View):
    """One wording in one language: what to apply for, what was approved, a test to oneself."""

    def get(self, request, **which):
        page = self._page(which)
        return self._shown(page, ApprovalForm(initial=_initial(page["row"], page["wording"])))

    @once
    def post(self, request, **which):
        page = self._page(which)
        if request.POST.get("act") == "remove":
            actions.remove_template(reach=request.reach, which=page["which"], now=request.now)
            messages.success(request, _("The template was removed."))
            return redirect("provider-templates")
        if request.POST.get("act") == "test":
            actions.send_test(reach=request.reach, which=page["which"], now=request.now)
            messages.success(
                request,
                _("A test is on its way to your own telephone. What became of it stands under Notices."),
            )
            return redirect("provider-template", **which)
        form = ApprovalForm(request.POST)
        if not form.is_valid() or not self._is_set(page["which"], form):
            return self._shown(page, form, status=422)
        messages.success(request, _("The template was kept."))
        return redirect("provider-template", **which)

    def _is_set(self, which: Which, form: ApprovalForm) -> bool:
        try:
            actions.set_template(
                reach=self.request.reach, which=which, approval=form.approval(), now=self.request.now
            )
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name, sentences)
            return False
        return True

    def _page(self, given: dict) -> dict:
        actions.check_may(self.request.reach)
        which = Which(**given)
        try:
            provider, wording = actions.find_wording(which)
        except Invalid as invalid:
            raise Http404 from invalid
        if which.language not in LANGUAGES:
            raise Http404
        row = queries.templates_in_use().get((which.gateway, which.channel, which.wording, which.language))
        return {
            "which": which,
            "wording": wording,
            "row": row,
            "name": provider_name(provider),
            "channel": channel_name(which.channel),
            "limit": providers.provider(provider).variable_limit,
            "sentence": as_applied_for(wording.patterns[which.language]),
            "facts": wording.facts,
            # Several as one come about by themselves.
            "can_be_tried": which.wording != SUMMARY,
            "is_outdated": bool(row and row.version != wording.version),
        }

    def _shown(self, page: dict, form: ApprovalForm, status: int = 200):
        return render(self.request, "notices/approved/one.html", {**page, "form": form}, status=status)


def _initial(row: ApprovedTemplate | None, wording) -> dict:
    if row is None:
        return {"variables": "\n".join(f"{fact} = {fact}" for fact in wording.facts)}
    names = ("code", "variables", "sign", "variable_limit", "approval_number")
    return {name: getattr(row, name) for name in names}
