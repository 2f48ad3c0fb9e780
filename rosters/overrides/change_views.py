"""Doors of changes and swaps."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from common.errors import Invalid
from common.web.idempotency import once
from common.web.redirects import see_other
from rosters import permissions, queries
from rosters.choices import SwapVerb
from rosters.months import forms
from rosters.months.pages import add_errors, go, with_unit
from rosters.overrides import changes, swaps


class ShiftForm(LoginRequiredMixin, View):
    """A form about one duty. What is not in order comes back with everything that was typed."""

    template_name = ""

    def get(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        self.check(request, shift)
        return self._page(request, shift, self.form(request, shift, initial=self.initial(request, shift)))

    @once
    def post(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        form = self.form(request, shift, data=request.POST)
        if not form.is_valid():
            return self._page(request, shift, form, status=422)
        try:
            return self.act(request, shift, form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
            return self._page(request, shift, form, status=422)

    def initial(self, request, shift):
        return {}

    def _page(self, request, shift, form, status=200):
        return render(request, self.template_name, {"shift": shift, "form": form}, status=status)


class ChangeShift(ShiftForm):
    """Give a published duty, or part of it, to somebody else."""

    template_name = "rosters/change.html"

    def check(self, request, shift):
        permissions.check_can_publish(request.reach, shift.post.unit)

    def initial(self, request, shift):
        return {
            "starts_at": localtime(max(shift.starts_at, request.now)),
            "ends_at": localtime(shift.ends_at),
        }

    def form(self, request, shift, **kwargs):
        return forms.ChangeForm(people=queries.swap_partners(shift, request.now), **kwargs)

    def act(self, request, shift, given):
        changes.override_shift(
            reach=request.reach,
            shift_id=shift.pk,
            person=User.objects.get(pk=given["person"]),
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            reason=given["reason"],
            now=request.now,
        )
        messages.success(request, _("The duty is changed. Both are told."))
        return go(with_unit("rosters", shift.post.unit, month=f"{localtime(shift.starts_at):%Y-%m}"))


class ProposeSwap(ShiftForm):
    """Offer one's own duty to a colleague."""

    template_name = "rosters/swap.html"

    def check(self, request, shift):
        permissions.check_can_offer(request.reach, shift)

    def form(self, request, shift, **kwargs):
        people = queries.swap_partners(shift, request.now)
        theirs = queries.coming_of(shift, people, request.now)
        returns = [(one.pk, f"{one.person} {localtime(one.starts_at):%m-%d %H:%M}") for one in theirs]
        return forms.SwapForm(people=people, returns=returns, **kwargs)

    def act(self, request, shift, given):
        swaps.propose_swap(
            reach=request.reach,
            shift_id=shift.pk,
            other=User.objects.get(pk=given["other"]),
            in_return_id=int(given["in_return"]) if given["in_return"] else None,
            reason=given["reason"],
            now=request.now,
        )
        messages.success(request, _("The swap is proposed. Your colleague is told."))
        return see_other("rosters-mine")


class MoveSwap(LoginRequiredMixin, View):
    """Accept, decline, withdraw, approve, refuse."""

    @once
    def post(self, request, pk, verb):
        if verb not in SwapVerb.values:
            raise Http404
        swap = queries.get_swap(request.reach, pk)
        swaps.move_swap(reach=request.reach, swap_id=swap.pk, verb=verb, now=request.now)
        return see_other("rosters-mine")
