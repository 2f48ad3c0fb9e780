"""Pages of warnings: the proposal, the warning itself with what may be done about it, and the list."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from common.errors import Invalid, NotAllowed, NotFound
from common.once import once
from early_warnings import actions, drafting, forms, permissions, queries
from early_warnings.actions import Statement
from early_warnings.choices import CallOutcome, ReportChannel, State
from early_warnings.follow_up import actions as follow_up
from incidents.queries import get_incident
from incidents.serializers import reasons_in
from incidents.views import see_other
from journal.models import Head
from journal.parts import PartsView
from notices.hand_calls import OUTCOMES

#: Refusals of the credential: they belong to its field, and everything else stays as it was typed.
CREDENTIAL_REFUSALS = ("credential_wrong", "credential_throttled")


class ProposalPage(LoginRequiredMixin, View):
    """The form of a new warning: the level preselected as the plan proposes it, with its reasons beside it."""

    template_name = "early_warnings/propose.html"

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_draft(request.reach, incident)
        if elsewhere := self._elsewhere(request, incident):
            return elsewhere
        initial = {
            "level": incident.proposed_level,
            "matter": incident.what or incident.place,
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
        act = actions.draft if request.POST.get("act") == "draft" else actions.propose_new
        warning = submitted(
            form,
            lambda said: act(incident_id=incident.pk, reach=request.reach, said=said, now=request.now),
        )
        if warning is None:
            return self._page(request, incident, form, status=422)
        messages.success(request, said_of(warning))
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
        done = submitted(form, lambda said: _revise(request, warning, said, propose=proposes))
        if done is None:
            return self._page(request, warning, form, status=422)
        messages.success(request, said_of(done))
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
            lambda said: actions.adjust(
                warning_id=warning.pk, reach=request.reach, said=said, now=request.now, rev=rev_of(request)
            ),
        )
        if done is None:
            return self._page(request, warning, form, status=422)
        messages.success(request, said_of(done))
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
        "reasons": reasons_in(get_language(), incident),
        "seats": queries.first_seats(incident, now, in_force.level if in_force else ""),
        "drill": incident.drill,
        "may_keep_draft": adjusts is None,
    }


def _revise(request, warning, said: Statement, *, propose: bool):
    done = actions.revise(
        warning_id=warning.pk, reach=request.reach, said=said, now=request.now, rev=rev_of(request)
    )
    return actions.propose(warning_id=done.pk, reach=request.reach, now=request.now) if propose else done


class ProofPage(LoginRequiredMixin, PartsView):
    """The proof of notice: who was told of a signed warning, by which way and when. For the screen and for paper."""

    template_name = "early_warnings/proof.html"
    parts = {"sheet": ("early_warnings/_proof_sheet.html", "sheet_context")}

    def get(self, request, *args, **kwargs):
        self.warning = queries.get_warning(request.reach, kwargs["number"])
        return super().get(request, *args, **kwargs)

    def page_context(self):
        warning = self.warning
        reasons = reasons_in(get_language(), warning)
        return {"warning": warning, "incident": warning.incident, "drill": warning.drill, "reasons": reasons}

    def sheet_context(self):
        return {
            **self.page_context(),
            "sheet": queries.proof_sheet(self.warning),
            "may_call": self.request.reach.holds("incident.manage", self.warning.unit_path),
            "outcomes": OUTCOMES.items(),
            "head": Head.objects.filter(pk=1).first(),
            "now": self.request.now,
        }


def said_of(warning) -> str:
    """What has become of a proposal, for the message on the next page."""
    if warning.state == State.PROPOSED:
        return _("Waiting for the signature of: %(title)s.") % {"title": warning.signatory_post}
    return _("Kept as a draft.")


def rev_of(request) -> int | None:
    rev = request.POST.get("rev", "")
    return int(rev) if rev.isdigit() else None


class WarningPage(LoginRequiredMixin, PartsView):
    """One warning: what it says, whose turn it is, who signed, who was called, reported to and told."""

    template_name = "early_warnings/warning.html"
    parts = {
        "head": ("early_warnings/parts/_head.html", "head_context"),
        "main": ("early_warnings/parts/_main.html", "main_context"),
        "side": ("early_warnings/parts/_side.html", "side_context"),
    }

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        #: Forms that came back with errors, by the name the template knows them by.
        self.returned: dict[str, Form] = {}

    def get(self, request, *args, **kwargs):
        self.warning = queries.get_warning(request.reach, kwargs["number"])
        self.may = queries.may(request.reach, self.warning, request.now)
        return super().get(request, *args, **kwargs)

    def page_context(self):
        return {
            **self._common(),
            "drill": self.warning.drill,
            # For the title: a page that came back says so first.
            "form": next(iter(self.returned.values()), None),
        }

    def head_context(self):
        return {
            **self._common(),
            "clocks": list(queries.clocks(self.warning)),
            "turn": queries.turn(self.warning),
            "successor": queries.successor(self.warning),
        }

    def main_context(self):
        warning = self.warning
        return {
            **self._common(),
            "kind_of_event": queries.kind_of_event(warning),
            "reasons": reasons_in(get_language(), warning),
            "call_sheet": queries.call_sheet(warning, self.request.now) if warning.signed_at else [],
            "outcomes": CallOutcome,
            "superior_reports": list(queries.superior_reports(warning)),
            "channels": ReportChannel,
        }

    def side_context(self):
        return {
            **self._common(),
            **self._forms(),
            **self._signature(),
            "proofs": list(queries.proofs(self.warning)),
        }

    def _forms(self):
        request, warning = self.request, self.warning
        return {
            "seat": queries.my_seat(request.reach, warning, request.now) if self.may.sign else None,
            "sign_form": self.returned.get("sign_form") or forms.SignForm(auto_id="sign_%s"),
            "return_form": self.returned.get("return_form") or forms.ReturnForm(auto_id="return_%s"),
            "lift_form": self.returned.get("lift_form") or forms.LiftForm(auto_id="lift_%s"),
        }

    def _signature(self):
        warning = self.warning
        if warning.signed_at:
            return {"is_intact": queries.is_intact(warning)}
        return {"seats": queries.seats(warning, self.request.now), "requests": list(queries.asked(warning))}

    def _common(self) -> dict:
        return {
            "warning": self.warning,
            "incident": self.warning.incident,
            "may": self.may,
            "now": self.request.now,
        }


class WarningAct(WarningPage):
    """One act on a warning: POST, then back to its page; what is not in order comes back on the same page."""

    form_class: type[Form] = Form
    #: What the template calls the form, and what its field ids begin with.
    name = ""

    @once
    def post(self, request, number, **more):
        warning = queries.get_warning(request.reach, number)
        form = self.form_class(request.POST, auto_id=f"{self.name}_%s")
        if not form.is_valid() or not self._is_carried_out(request, warning, form):
            self.status, self.returned = 422, {f"{self.name}_form": form}
            return self.get(request, number=number)
        return see_other("warning", number)

    def _is_carried_out(self, request, warning, form) -> bool:
        try:
            done = self.act(request, warning, form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
            return False
        except NotAllowed as refused:
            if refused.code not in CREDENTIAL_REFUSALS:
                raise
            form.add_error("credential", str(refused))
            return False
        messages.success(request, done)
        return True

    def act(self, request, warning, given: dict) -> str:
        """Carry it out; returns the sentence that says so."""
        raise NotImplementedError


class Sign(WarningAct):
    form_class, name = forms.SignForm, "sign"

    def act(self, request, warning, given):
        actions.sign(
            warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request), **given
        )
        return _("Signed. Warning %(number)s is in force and pushed.") % {"number": warning.number}


class Return(WarningAct):
    form_class, name = forms.ReturnForm, "return"

    def act(self, request, warning, given):
        reason = given["return_reason"]
        actions.return_to_drafter(
            warning_id=warning.pk, reach=request.reach, reason=reason, now=request.now, rev=rev_of(request)
        )
        return _("Returned to the drafter.")


class Propose(WarningAct):
    """Propose a draft as it stands."""

    def act(self, request, warning, given):
        done = actions.propose(
            warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request)
        )
        return said_of(done)


class Withdraw(WarningAct):
    def act(self, request, warning, given):
        actions.withdraw(warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request))
        return _("The warning is withdrawn.")


class Lift(WarningAct):
    form_class, name = forms.LiftForm, "lift"

    def act(self, request, warning, given):
        reason = given["lift_reason"]
        actions.lift(
            warning_id=warning.pk, reach=request.reach, reason=reason, now=request.now, rev=rev_of(request)
        )
        return _("The warning is lifted.")


class Call(WarningAct):
    form_class, name = forms.CallForm, "call"

    def act(self, request, warning, given):
        person = User.objects.filter(pk=given.pop("person"), is_active=True).first()
        if person is None:
            raise NotFound(
                "not_found", _("The call was not recorded: there is no such person. Reload the page.")
            )
        follow_up.record_call(
            warning_id=warning.pk, reach=request.reach, person=person, now=request.now, **given
        )
        return _("The call is recorded.")


class ReportSent(WarningAct):
    form_class, name = forms.ReportSentForm, "report"

    def act(self, request, warning, given):
        report = warning.superior_reports.filter(pk=self.kwargs["report"]).first()
        if report is None:
            raise NotFound("not_found", _("Nothing was changed: there is no such report. Reload the page."))
        follow_up.send_report(report_id=report.pk, reach=request.reach, now=request.now, **given)
        return _("The report to %(recipient)s is marked as sent.") % {"recipient": report.title}


class WarningListPage(LoginRequiredMixin, PartsView):
    """Warnings this person may see: on their way to a signature, in force, or all of them."""

    template_name = "early_warnings/list.html"
    parts = {"warnings": ("early_warnings/_list.html", "list_context")}
    PER_PAGE = 25

    def list_context(self):
        shown = self.request.GET.get("show", "pending")
        rows = queries.listed(self.request.reach, shown)
        page = Paginator(rows, self.PER_PAGE).get_page(self.request.GET.get("page"))
        return {"page": page, "warnings": page.object_list, "shown": shown, "now": self.request.now}
