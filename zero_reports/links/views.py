"""The page behind a one-tap link, without signing in; and issuing and revoking links."""

from django.contrib import messages
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from common.errors import NotFound, Refused
from common.web.idempotency import once
from common.web.redirects import see_other
from zero_reports.filing.views import OneReport
from zero_reports.links import actions

#: Tokens that were never given out, per address within five minutes; genuine ones are not counted.
FORGED_PER_ADDRESS = 20


class TooManyTries(Refused):
    status = 429


# The token is the right to file, and nobody else's page can know it: a token against forged forms, which needs
# a cookie, would only keep out browsers inside messengers.
@method_decorator(csrf_exempt, name="dispatch")
class OneTap(View):
    """GET shows unit, day and one button and changes nothing: messengers open links by themselves. POST files."""

    def dispatch(self, request, token):
        try:
            link = self._link(request, token)
            response = self._answer(request, link, token)
        except Refused as refused:
            response = self._page(request, refused=refused, status=refused.status)
        # Nobody keeps the page, and the address goes to no other site.
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _answer(self, request, link, token):
        if request.method == "POST":
            try:
                actions.use_link(token=token, now=request.now)
            except Refused as refused:
                return self._page(request, link=link, refused=refused, status=refused.status)
            return see_other("one-tap", token)
        if request.method not in ("GET", "HEAD"):
            return self.http_method_not_allowed(request)
        if link.report:
            return self._page(request, link=link)
        try:
            actions.check_usable(link, request.now)
        except Refused as refused:
            return self._page(request, link=link, refused=refused, status=refused.status)
        return self._page(request, link=link, may_file=True)

    def _link(self, request, token):
        try:
            return actions.read_link(token, request.now)
        except NotFound:
            # Looking changes nothing, not even a count: a token cannot be guessed, and only a POST could file.
            if request.method == "POST":
                self._count_forged(request)
            raise

    def _count_forged(self, request):
        limit = throttles.Limit(f"link:{address_of(request)}", FORGED_PER_ADDRESS)
        try:
            throttles.begin([limit], now=request.now).wrong()
        except throttles.TooMany:
            raise TooManyTries(
                "too_many",
                _(
                    "Nothing was filed: too many wrong links came from here. Wait five minutes, then try again."
                ),
            ) from None

    def _page(self, request, status=200, **context):
        return render(request, "zero_reports/links/tap.html", context, status=status)


class Issue(OneReport):
    """Makes a link and shows it, this once: afterwards only its hash is there."""

    def post(self, request, unit, period):
        try:
            token = actions.issue_link(
                reach=request.reach, unit=self.unit, period=self.period, now=request.now
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return self.page(status=refused.status)
        path = actions.address_of(token)
        response = self.page(new_link=request.build_absolute_uri(path))
        response["Cache-Control"] = "no-store"
        return response


class Revoke(OneReport):
    @once
    def post(self, request, unit, period):
        many = actions.revoke_links(reach=request.reach, unit=self.unit, period=self.period, now=request.now)
        sentence = ngettext("%(n)d link was revoked.", "%(n)d links were revoked.", many)
        messages.success(request, sentence % {"n": many})
        return see_other("zero-report", unit, period)
