"""The level above opens a locked period, and shuts it again, from the unit's report page."""

from datetime import timedelta

from django.contrib import messages
from django.utils.translation import gettext as _

from common.errors import Refused
from common.web.idempotency import once
from common.web.redirects import see_other
from zero_reports.filing.views import OneReport
from zero_reports.lock import actions
from zero_reports.lock.forms import GrantForm


class Grant(OneReport):
    """The form stands on the report's page; a refusal shows that page with what was typed."""

    @once
    def post(self, request, unit, period):
        form = GrantForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        given = form.cleaned_data
        try:
            actions.grant_exception(
                reach=request.reach, unit=self.unit, period=self.period, reason=given["reason"],
                until=request.now + timedelta(hours=given["hours"]), once=not given["many"], now=request.now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.page(form, status=refused.status)
        messages.success(request, _("Exception granted. The unit sees it on this page and can file now."))
        return see_other("zero-report", unit, period)


class Withdraw(OneReport):
    """Ends the exception that was seen on the page, and no later one."""

    def get(self, request, unit, period, exception):
        return self.page()

    @once
    def post(self, request, unit, period, exception):
        try:
            actions.withdraw_exception(
                reach=request.reach,
                unit=self.unit,
                period=self.period,
                exception_id=exception,
                now=request.now,
            )
        except Refused as refused:
            messages.error(request, str(refused))
            return self.page(status=refused.status)
        messages.success(request, _("Exception withdrawn. The period is locked for the unit again."))
        return see_other("zero-report", unit, period)
