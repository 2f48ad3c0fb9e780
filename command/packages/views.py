"""The page on which a package is looked at line by line, and sent out with one press."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from command.activation.models import Response
from command.activation.queries import get_response
from command.orders.permissions import check_can_issue
from command.orders.recipients import recipients_for
from command.packages.actions import issue_package
from command.packages.forms import PackageForm
from command.packages.queries import ready
from common.errors import Invalid, WrongState
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from plans.engine.evaluation import levels_of


class PackagePage(LoginRequiredMixin, View):
    """A level's package: what is prepared; POST sends it out."""

    def get(self, request, number, level):
        response = self._response(request, number, level)
        prepared = ready(response, level, request.now)
        if not response.is_active or not prepared:
            messages.info(
                request, _("Nothing is prepared for this level any more, or it has gone out already.")
            )
            return see_other("response", number)
        return self._page(request, response, self._form(request, response, prepared))

    @once
    def post(self, request, number, level):
        response = self._response(request, number, level)
        prepared = ready(response, level, request.now)
        form = self._form(request, response, prepared, data=request.POST)
        package = self._issued(request, response, level, form) if form.is_valid() else None
        if package is None:
            return self._page(request, response, form, status=422)
        sent = package.lines.exclude(order=None).count()
        messages.success(request, _("Sent out: %(orders)s orders.") % {"orders": sent})
        return see_other("incident", response.incident.number)

    def _response(self, request, number, level) -> Response:
        response = get_response(request.reach, number)
        check_can_issue(request.reach, response.incident)
        if level not in {one.id for one in levels_of(response.plan.document)}:
            raise Http404
        return response

    def _issued(self, request, response: Response, level: str, form: PackageForm):
        try:
            return issue_package(
                response_id=response.pk,
                reach=request.reach,
                level=level,
                lines=form.lines,
                left_out=form.left_out,
                now=request.now,
                rev=read_number(request.POST.get("rev", "")),
            )
        except Invalid as invalid:
            form.add_error(None, str(invalid))
        except WrongState as refused:
            if refused.code != "squad_has_an_order":
                raise
            form.add_error(None, str(refused))
        return None

    def _form(self, request, response, prepared, **kwargs):
        besides = {one.target: one.label for one in prepared.orders if one.target}
        recipients = recipients_for(response.incident, request.reach, request.now, besides)
        return PackageForm(ready=prepared, recipients=recipients, now=request.now, **kwargs)

    def _page(self, request, response, form, status=200):
        context = {
            "response": response,
            "incident": response.incident,
            "level_id": form.ready.level,
            "form": form,
            "drill": response.drill,
        }
        return render(request, "command/packages/package.html", context, status=status)
