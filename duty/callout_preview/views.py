"""The page that asks the roster. It changes nothing and tells nobody."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views import View

from common.errors import NotFound
from duty.callout_preview.forms import AskForm
from duty.callout_preview.queries import ask
from duty.comms_checks.queries import get_unit, home_unit
from duty.comms_checks.views import chosen_moment
from plans.engine.evaluation import levels_of
from plans.lifecycle.queries import plan_in_force
from rosters.months.pages import tabs


class AskPage(LoginRequiredMixin, View):
    def get(self, request):
        unit, at = self._unit(request), chosen_moment(request)
        document = plan_in_force(unit, at).document
        levels = levels_of(document)
        first = {"unit": unit, "level": levels[0].id if levels else "", "at": localtime(at)}
        given = request.GET if "level" in request.GET else None
        form = AskForm(given, initial=first, reach=request.reach, document=document)
        is_asked = form.is_bound and form.is_valid()
        level = form.cleaned_data["level"] if is_asked else first["level"]
        context = {
            "unit": unit,
            "form": form,
            "tabs": tabs(request, unit, "ask-roster"),
            "answer": ask(unit, level, at) if is_asked or not form.is_bound else None,
            "document": document,
            "level": level,
        }
        status = 422 if form.is_bound and not is_asked else 200
        return render(request, "duty/callout_preview/ask.html", context, status=status)

    def _unit(self, request):
        code = request.GET.get("unit", "")
        try:
            return get_unit(request.reach, code) if code else home_unit(request.reach)
        except NotFound:
            raise Http404 from None
