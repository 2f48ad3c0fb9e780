"""The page of a certificate: what was gathered and what becomes of it; its paper; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from command.destruction import actions, forms, queries, rules
from command.destruction.actions import Assessment
from command.destruction.acts import act_on
from command.destruction.choices import DataKind, ItemVerb
from command.destruction.paper import respond_with
from command.linkage.views import in_order
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident


class DestructionPage(LoginRequiredMixin, View):
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        found = queries.of_incident(request.reach, incident, request.now)
        context = {
            "incident": incident,
            "of": found,
            "certificate": found.certificate,
            "entry": queries.entry_number(found.certificate) if found.certificate else None,
            "items": [(line, _longer(line.row), _signs(line.row)) for line in found.items],
            "sign": _sign("sign"),
            "lines": [(line, _form(line.kind)) for line in found.lines],
            # A leader is needed for what can only be kept.
            "may_issue": found.may_manage
            and (found.may_keep or not any(one.only_kept for one in found.lines)),
            "drill": incident.drill,
            "now": request.now,
        }
        return render(request, "command/destruction/destruction.html", context)

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        kept = {
            kind: Assessment(**in_order(_form(kind, request.POST)))
            for kind in DataKind.values
            if request.POST.get(f"{kind}-outcome") == ItemVerb.KEEP
        }
        actions.issue_certificate(
            incident_id=incident.pk,
            reach=request.reach,
            list_code=request.POST.get("list_code", ""),
            kept=kept,
            credential=in_order(forms.SignForm(request.POST))["credential"],
            now=request.now,
        )
        messages.success(request, _("Recorded"))
        return see_other("destruction", incident.number)


class ItemAct(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in rules.ON_AN_ITEM:
            raise Http404
        item = queries.get_item(request.reach, pk)
        longer = verb == ItemVerb.KEEP_LONGER
        given = in_order(forms.AssessmentForm(request.POST)) if longer else {}
        rev = read_number(request.POST.get("rev", ""))
        given |= in_order(forms.SignForm(request.POST))
        act_on(item, verb, reach=request.reach, now=request.now, rev=rev, **given)
        messages.success(request, _("Recorded"))
        return see_other("destruction", item.certificate.incident.number)


class Paper(LoginRequiredMixin, View):
    def get(self, request, number, certificate, kind):
        return respond_with(queries.get_certificate(request.reach, number, certificate), kind)


def _longer(item):
    return forms.AssessmentForm(auto_id=f"longer-{item.pk}-%s")


def _signs(item):
    """One for each of the two forms beside it."""
    return _sign(f"end-{item.pk}"), _sign(f"keep-{item.pk}")


def _sign(name):
    return forms.SignForm(auto_id=f"{name}-%s")


def _form(kind, data=None):
    return forms.AssessmentForm(data, prefix=kind, auto_id="keep-%s")
