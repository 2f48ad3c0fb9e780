"""The slip printed at the counter, and the public page that its code opens."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access.rate import is_too_often
from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from cases.demands import permissions
from cases.demands.queries import get_demand
from cases.slips import actions, queries
from common.errors import is_allowed
from common.web.idempotency import once
from common.web.public import OpenPage
from common.web.redirects import see_other

#: Looks at public pages from one address in a minute, at one web process.
LOOKS = 120
#: Codes that open nothing, from one address within five minutes.
WRONG_CODES = 20


class Slip(LoginRequiredMixin, View):
    """GET: the slip without a code. POST: with a new one, which stands on this answer and nowhere else."""

    def get(self, request, number):
        return self._page(request, get_demand(request.reach, number))

    def post(self, request, number):
        demand = get_demand(request.reach, number)
        code = actions.issue_code(reach=request.reach, demand_id=demand.pk, now=request.now)
        return self._page(request, demand, address_of_page(request, code))

    def _page(self, request, demand, address=""):
        may_work = is_allowed(permissions.check_can_work_on, request.reach, demand)
        context = {
            "demand": demand,
            "owed": queries.owed_on(demand),
            "phone": queries.phone_of(demand),
            "address": address,
            "paper": "a5" if request.GET.get("paper") == "a5" else "a6",
            "picture": queries.picture_of(address) if address else "",
            "code": queries.open_code_of(demand, request.now),
            "may_issue": settings.PUBLIC_DEMAND_PAGE and may_work and demand.is_open,
            "may_work": may_work,
            "now": request.now,
        }
        response = render(request, "cases/slips/slip.html", context)
        response["Cache-Control"] = "no-store"
        return response


def address_of_page(request, code: str) -> str:
    path = reverse("demand-public", args=[code])
    return settings.SITE_URL.rstrip("/") + path if settings.SITE_URL else request.build_absolute_uri(path)


class Revoke(LoginRequiredMixin, View):
    @once
    def post(self, request, number):
        demand = get_demand(request.reach, number)
        many = actions.revoke_code(reach=request.reach, demand_id=demand.pk, now=request.now)
        messages.success(request, _("The code was revoked.") if many else _("There was no code."))
        return see_other("demand-slip", number)


class PublicPage(OpenPage):
    """State and dates of one demand for whoever has its slip. No cookie, no script, nothing else."""

    template_name = "cases/slips/public.html"

    def found(self, request, code):
        status, demand = self._found(request, code)
        return status, {"demand": demand, "dates": list(queries.dates_of(demand)) if demand else []}

    def _found(self, request, code):
        if not settings.PUBLIC_DEMAND_PAGE:
            return 404, None
        here = address_of(request)
        if is_too_often(f"slip:{here}", LOOKS):
            return 429, None
        limits = [throttles.Limit(f"slip:{here}", WRONG_CODES)]
        try:
            throttles.check(limits, now=request.now)
        except throttles.TooMany:
            return 429, None
        demand = queries.demand_of_code(code, request.now)
        if demand is None and not settings.READ_ONLY:
            throttles.begin(limits, now=request.now).wrong()
        return (200, demand) if demand else (404, None)
