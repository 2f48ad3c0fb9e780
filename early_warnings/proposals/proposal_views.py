"""The pages on which a warning is written."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from early_warnings import permissions, queries
from early_warnings.choices import State
from early_warnings.proposals import actions as proposals
from early_warnings.proposals import drafting, forms
from early_warnings.proposals.actions import Statement
from incidents.queries import get_incident
from incidents.serializers import shown_reasons


class ProposalPage(LoginRequiredMixin, View):
    """The form of a new warning: the level preselected as the plan proposes it, its reasons beside it and filled in."""

    template_name = "early_warnings/propose.html"

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_draft(request.reach, incident)
        if elsewhere := self._elsewhere(request, incident):
            return elsewhere
        initial = {
            "level": incident.proposed_level,
            "reason": drafting.first_reason(incident),
            "matter": incident.title,
            "area": incident.place,
            "measures": drafting.first_measures(incident),
        }
        return self._page(
            request, incident, forms.ProposalForm(document=incident.plan.document, initial=initial)
        )

    def _elsewhere(self, request, incident):
        """Where a warning is pending one goes on with that; one in force is adjusted."""
        present = queries.incident_warnings(request.reach, incident)
        if present.pending:
            return see_other("warning", present.pending.number)
        return see_other("warning-adjust", present.in_force.number) if present.in_force else None

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        form = forms.ProposalForm(request.POST, document=incident.plan.document)
        act = proposals.draft_warning if request.POST.get("act") == "draft" else proposals.propose_new_warning
        warning = submitted(
            form,
            lambda statement: act(
                incident_id=incident.pk, reach=request.reach, statement=statement, now=request.now
            ),
        )
        if warning is None:
            return self._page(request, incident, form, status=422)
        messages.success(request, message_about(warning))
        return see_other("warning", warning.number)

    def _page(self, request, incident, form, status=200):
        context = proposal_context(request, incident, form, now=request.now)
        return render(request, self.template_name, context, status=status)


class RevisePage(LoginRequiredMixin, View):
    """The same form for a draft, or for a warning that came back."""

    def get(self, request, number):
        warning = queries.get_warning(request.reach, number)
        permissions.check_can_edit(request.reach, warning)
        initial = {name: getattr(warning, name) for name in ("level", "reason", "matter", "area", "measures")}
        return self._page(request, warning, self._form(warning, initial=initial))

    @once
    def post(self, request, number):
        warning = queries.get_warning(request.reach, number)
        form = self._form(warning, data=request.POST)
        proposes = request.POST.get("act") != "draft"
        done = submitted(form, lambda statement: _revise(request, warning, statement, propose=proposes))
        if done is None:
            return self._page(request, warning, form, status=422)
        messages.success(request, message_about(done))
        return see_other("warning", warning.number)

    def _form(self, warning, **kwargs):
        if warning.adjusted_from:
            kwargs["level_in_force"] = warning.adjusted_from.level
            return forms.AdjustForm(document=warning.plan.document, **kwargs)
        return forms.ProposalForm(document=warning.plan.document, **kwargs)

    def _page(self, request, warning, form, status=200):
        context = proposal_context(request, warning.incident, form, now=request.now, warning=warning)
        return render(request, "early_warnings/propose.html", context, status=status)


class AdjustPage(LoginRequiredMixin, View):
    """Another level in place of the one in force."""

    def get(self, request, number):
        warning = queries.get_warning(request.reach, number)
        permissions.check_can_draft(request.reach, warning.incident)
        level = warning.incident.proposed_level
        initial = {
            "level": level if level != warning.level else "",
            "matter": warning.matter,
            "area": warning.area,
            "measures": warning.measures,
        }
        return self._page(request, warning, self._form(warning, initial=initial))

    @once
    def post(self, request, number):
        warning = queries.get_warning(request.reach, number)
        form = self._form(warning, data=request.POST)
        done = submitted(
            form,
            lambda statement: proposals.adjust_warning(
                warning_id=warning.pk,
                reach=request.reach,
                statement=statement,
                now=request.now,
                rev=rev_of(request),
            ),
        )
        if done is None:
            return self._page(request, warning, form, status=422)
        messages.success(request, message_about(done))
        return see_other("warning", done.number)

    def _form(self, warning, **kwargs):
        return forms.AdjustForm(document=warning.plan.document, level_in_force=warning.level, **kwargs)

    def _page(self, request, warning, form, status=200):
        context = proposal_context(request, warning.incident, form, now=request.now, adjusts=warning)
        return render(request, "early_warnings/propose.html", context, status=status)


def submitted(form: Form, act):
    """Carry out `act` with what the form says; None, with the form's errors filled in, if it is not in order."""
    if not form.is_valid():
        return None
    try:
        return act(Statement(**form.cleaned_data))
    except Invalid as invalid:
        add_errors(form, invalid)
        return None


def add_errors(form: Form, invalid: Invalid) -> None:
    if not invalid.fields:
        form.add_error(None, str(invalid))
    for name, sentences in invalid.fields.items():
        form.add_error(name if name in form.fields else None, sentences)


def proposal_context(request, incident, form, *, now, warning=None, adjusts=None) -> dict:
    in_force = adjusts or (warning and warning.adjusted_from)
    return {
        "incident": incident,
        "warning": warning,
        "adjusts": adjusts,
        "form": form,
        "reasons": shown_reasons(get_language(), incident),
        "seats": queries.first_seats(incident, now, in_force.level if in_force else ""),
        "drill": incident.drill,
        "may_keep_draft": adjusts is None,
    }


def _revise(request, warning, statement: Statement, *, propose: bool):
    done = proposals.revise_warning(
        warning_id=warning.pk, reach=request.reach, statement=statement, now=request.now, rev=rev_of(request)
    )
    return (
        proposals.propose_warning(warning_id=done.pk, reach=request.reach, now=request.now)
        if propose
        else done
    )


def message_about(warning) -> str:
    """What has become of a proposal, for the message on the next page."""
    if warning.state == State.PROPOSED:
        return _("Waiting for the signature of: %(title)s.") % {"title": warning.signatory_post}
    return _("Kept as a draft.")


def rev_of(request) -> int | None:
    rev = request.POST.get("rev", "")
    return read_number(rev)
