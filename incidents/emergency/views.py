"""The page of emergency access: the way in, what it holds open, and what the auditor states about it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid, NotFound, Refused, WrongState, is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.emergency import actions, permissions, queries
from incidents.emergency.forms import OpenForm, ReviewForm


class EmergencyPage(LoginRequiredMixin, View):
    def get(self, request):
        return self._page(request, OpenForm())

    @once
    def post(self, request):
        permissions.check_can_open(request.reach)
        form = OpenForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            access = actions.open_in_emergency(reach=request.reach, now=request.now, **form.cleaned_data)
        except (Invalid, NotFound, WrongState) as refusal:
            # An expected no stands beside what was typed. Nothing there, or nothing for this person, is 404 for both.
            fields = getattr(refusal, "fields", {}) or {"asked": [str(refusal)]}
            for name, sentences in fields.items():
                form.add_error(name, sentences)
            return self._page(request, form, status=refusal.status)
        except Refused as refusal:
            if not refusal.code.startswith("credential"):
                raise
            form.add_error("credential", str(refusal))
            return self._page(request, form, status=422)
        things = list(access.things.order_by("pk"))
        messages.success(
            request, _("Open to you until it ends. Auditor, director and the duty room above have been told.")
        )
        return see_other("incident", things[0].number) if len(things) == 1 else see_other("emergency")

    def _page(self, request, form, status=200):
        reach = request.reach
        permissions.check_can_see_list(reach)
        page = Paginator(queries.listed(reach), 25).get_page(request.GET.get("page"))
        for row in page.object_list:
            row.stands = row.is_standing(request.now)
            row.may_end = row.stands and is_allowed(permissions.check_can_end, reach, row)
            row.may_review = is_allowed(permissions.check_can_review, reach, row)
            row.review_form = ReviewForm(auto_id=f"review-{row.pk}-%s")
        context = {
            "form": form if reach.has("emergency.open") else None,
            "page": page,
            "shows_reason": permissions.shows_reasons(reach),
            "to_review": queries.to_review(reach),
        }
        return render(request, "incidents/emergency/page.html", context, status=status)


class EndAccess(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        access = queries.get_access(request.reach, pk)
        actions.end_access(access_id=access.pk, reach=request.reach, now=request.now)
        messages.success(request, _("Emergency access has ended."))
        return see_other("emergency")


class ReviewAccess(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        access = queries.get_access(request.reach, pk)
        permissions.check_can_review(request.reach, access)
        form = ReviewForm(request.POST)
        if not form.is_valid():
            raise Invalid(
                "invalid",
                _("Nothing was stated: give a finding, a statement, and your password or code."),
                fields=form.errors,
            )
        actions.review_access(access_id=access.pk, reach=request.reach, now=request.now, **form.cleaned_data)
        messages.success(request, _("Recorded"))
        return see_other("emergency")
