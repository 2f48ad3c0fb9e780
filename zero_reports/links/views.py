"""The page behind a one-tap link, without signing in; and issuing and revoking links."""

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext_lazy, ngettext

from accounts.links.views import LinkPage
from common.errors import Refused
from common.web.idempotency import once
from common.web.redirects import see_other
from zero_reports.filing.views import OneReport
from zero_reports.links import actions


class OneTap(LinkPage):
    """Unit, day and one button that files nil."""

    too_many = gettext_lazy(
        "Nothing was filed: too many wrong links came from here. Wait five minutes, then try again."
    )

    def read(self, token, now):
        return actions.read_link(token, now)

    def get(self, request, link):
        if link.report is None:
            actions.check_usable(link, request.now)
        return self.page(request, link=link, may_file=link.report is None)

    def post(self, request, link):
        token = self.kwargs["token"]
        actions.use_link(token=token, now=request.now)
        return see_other("one-tap", token)

    def page(self, request, **context):
        return render(request, "zero_reports/links/tap.html", context)


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
