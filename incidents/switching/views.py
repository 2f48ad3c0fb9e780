"""The page on which an incident goes over to another plan version: what changes is shown before the signature."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid, NotAllowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents import permissions, queries
from incidents.switching import actions
from incidents.switching.forms import SwitchForm
from incidents.switching.queries import preview, version_named, versions_to_switch_to
from plans.engine.evaluation import evaluate
from plans.engine.facts import Facts


class SwitchPage(LoginRequiredMixin, View):
    def get(self, request, number):
        return self._page(request, self._incident(request, number), SwitchForm(), request.GET.get("to", ""))

    @once
    def post(self, request, number):
        incident = self._incident(request, number)
        form, to, rev = SwitchForm(request.POST), request.POST.get("to", ""), request.POST.get("rev", "")
        if not form.is_valid():
            return self._page(request, incident, form, to, status=422)
        try:
            actions.switch_plan(incident_id=incident.pk, reach=request.reach, to=to, now=request.now,
                                rev=read_number(rev), **form.cleaned_data)  # fmt: skip
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, incident, form, to, status=422)
        except NotAllowed as refusal:
            if not refusal.code.startswith("credential"):
                raise
            form.add_error("credential", str(refusal))
            return self._page(request, incident, form, to, status=422)
        messages.success(request, _("From now on %(ref)s applies.") % {"ref": to})
        return see_other("incident", incident.number)

    def _incident(self, request, number):
        incident = queries.get_incident(request.reach, number)
        permissions.check_can_switch_plan(request.reach, incident)
        return incident

    def _page(self, request, incident, form, to, status=200):
        versions = versions_to_switch_to(incident, request.now)
        chosen = version_named(incident, to, request.now) if to else next(iter(versions), None)
        context = {
            "incident": incident,
            "form": form,
            "versions": versions,
            "chosen": chosen,
            "found": preview(incident, chosen, request.now) if chosen else None,
            "present": evaluate(incident.plan.document, Facts.from_dict(incident.facts)),
        }
        return render(request, "incidents/switching/switch.html", context, status=status)
