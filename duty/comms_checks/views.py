"""Doors of comms checks: the grid, test notices, and one's own number."""

from datetime import timedelta
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views import View

from accounts.contacts.actions import confirm_code
from accounts.contacts.queries import has_gateway, verified
from common.dates.days import read_moment
from common.errors import Invalid, NotFound, is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other
from duty.comms_checks import actions, by_hand, forms, permissions, queries
from duty.comms_checks.choices import Whom
from duty.comms_checks.contacts import not_set_up
from rosters.months.pages import tabs


def chosen_moment(request):
    """The moment of the address, in Shanghai where it says no zone; now for anything else."""
    return read_moment(request.GET.get("at", "")) or request.now


class GridPage(LoginRequiredMixin, View):
    """Posts × levels × channels: who would not be reached at a moment, and why. With the tests of the unit."""

    def get(self, request):
        return self.page(request, self._unit(request), self._form(request))

    @once
    def post(self, request):
        unit = self._unit(request)
        form = forms.TestForm(request.POST)
        if not form.is_valid():
            return self.page(request, unit, form, status=422)
        try:
            actions.plan_comms_check(reach=request.reach, unit=unit, now=request.now, **form.cleaned_data)
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self.page(request, unit, form, status=422)
        messages.success(request, _("The test is planned. Its results are listed here."))
        response = see_other("readiness")
        response["Location"] += f"?unit={quote(unit.code)}"
        return response

    def _unit(self, request):
        code = request.GET.get("unit") or request.POST.get("unit") or ""
        try:
            return queries.get_unit(request.reach, code) if code else queries.home_unit(request.reach)
        except NotFound:
            raise Http404 from None

    def _form(self, request):
        first = {
            "due_at": localtime(request.now + timedelta(minutes=2)), "window_minutes": 10, "repeat_days": 0,
            "channels": ["app", "sms"] if has_gateway() else ["app"], "whom": Whom.ON_DUTY,
        }  # fmt: skip
        return forms.TestForm(initial=first)

    def page(self, request, unit, form, status=200):
        at = chosen_moment(request)
        may_test = is_allowed(permissions.check_can_test, request.reach, unit)
        tonight = localtime(request.now).replace(hour=2, minute=0, second=0, microsecond=0)
        context = {
            "unit": unit,
            "at": at,
            "is_now": at == request.now,
            "tonight": tonight if tonight > request.now else tonight + timedelta(days=1),
            "grid": queries.grid(unit, at),
            "has_gateway": has_gateway(),
            "not_set_up": not_set_up(),
            "checks": list(queries.checks_of(request.reach, unit)[:10]),
            "may_test": may_test,
            "to_ring": by_hand.to_ring(request.reach, unit, request.now) if may_test else [],
            "form": form,
            "tabs": tabs(request, unit, "readiness"),
        }
        return render(request, "duty/comms_checks/grid.html", context, status=status)


class Answered(LoginRequiredMixin, View):
    """ "I have rung that number, and its owner answered." """

    @once
    def post(self, request, pk):
        unit = queries.get_unit(request.reach, request.POST.get("unit", ""))
        number = request.POST.get("number", "")
        by_hand.answered_in_person(
            reach=request.reach, unit=unit, person_id=pk, number=number, now=request.now
        )
        messages.success(request, _("The number is verified. Who rang and when is on the record."))
        response = see_other("readiness")
        response["Location"] += f"?unit={quote(unit.code)}"
        return response


class CheckPage(LoginRequiredMixin, View):
    """The result list of one test."""

    def get(self, request, pk):
        check = queries.get_check(request.reach, pk)
        context = {
            "check": check,
            "answers": list(queries.answers_of(check)),
            "may_cancel": check.state == "planned"
            and is_allowed(permissions.check_can_test, request.reach, check.unit),
            "tabs": tabs(request, check.unit, "readiness"),
        }
        return render(request, "duty/comms_checks/check.html", context)


class CancelCheck(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        check = queries.get_check(request.reach, pk)
        actions.cancel_comms_check(reach=request.reach, check_id=check.pk, now=request.now)
        return see_other("readiness-test", check.pk)


class NumberPage(LoginRequiredMixin, View):
    """One's own number: verified or not, and the code that proves it."""

    def get(self, request):
        return self._page(request, forms.CodeForm())

    @once
    def post(self, request):
        form = forms.CodeForm(request.POST)
        if form.is_valid():
            try:
                confirm_code(person=request.user, code=form.cleaned_data["code"], now=request.now)
            except Invalid as invalid:
                form.add_error("code", invalid.fields.get("code", [str(invalid)]))
            else:
                messages.success(request, _("Your number is verified."))
                return see_other("number")
        return self._page(request, form, status=422)

    def _page(self, request, form, status=200):
        context = {
            "form": form,
            "proof": verified([request.user]).get(request.user.pk),
            "has_gateway": has_gateway(),
            "not_set_up": not_set_up(),
            "tabs": tabs(request, None, ""),
        }
        return render(request, "duty/comms_checks/number.html", context, status=status)


class SendCode(LoginRequiredMixin, View):
    @once
    def post(self, request):
        actions.send_code(person=request.user, now=request.now)
        messages.success(request, _("A code is on its way to your number."))
        return see_other("number")
