"""Pages that try a plan: with facts, on the roster, on the incidents of the last weeks. They change nothing."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from plans import queries
from plans.rehearsal.forms import FactsForm
from plans.rehearsal.outcome import rehearse
from plans.rehearsal.queries import units_to_try


class TryPage(LoginRequiredMixin, View):
    """Facts in a form; level, reasons, signatory by name, recipients, squads and clocks out."""

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        first = {"at": timezone.localtime(request.now).strftime("%Y-%m-%dT%H:%M")}
        form = FactsForm(request.GET or None, initial=first, document=version.document, units=units_to_try(request.reach))  # fmt: skip
        context = {"version": version, "facts": form, "document": version.document}
        status = 200
        if form.is_bound and form.is_valid():
            unit, at = form.cleaned_data["unit"], form.cleaned_data["at"] or request.now
            outcome = rehearse(version.document, form.facts, unit, at)
            context |= {"outcome": outcome, "unit": unit, "at": at}
        elif form.is_bound:
            status = 422
        return render(request, "plans/rehearsal/try.html", context, status=status)
