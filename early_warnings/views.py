"""Pages of warnings: the warning itself with what may be done about it, its proof, and the list."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.forms import Form
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Invalid, NotAllowed, NotFound
from common.web.idempotency import once
from common.web.redirects import see_other
from early_warnings import queries
from early_warnings.choices import CallOutcome, ReportChannel
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.proposals import forms
from early_warnings.proposals.proposal_views import add_errors, message_about, rev_of
from early_warnings.signing import actions as signing
from incidents.serializers import shown_reasons
from journal.live.live_pages import PartsView
from journal.models import Head
from notices.silence.manual_calls import OUTCOMES

#: Refusals of the credential: they belong to its field, and everything else stays as it was typed.
CREDENTIAL_REFUSALS = ("credential_wrong", "credential_throttled")


class ProofPage(LoginRequiredMixin, PartsView):
    """The proof of notice: who was told of a signed warning, by which way and when. For the screen and for paper."""

    template_name = "early_warnings/proof.html"
    parts = {"proof": ("early_warnings/_proof.html", "proof_context")}

    def prepare(self):
        self.warning = queries.get_warning(self.request.reach, self.kwargs["number"])

    def page_context(self):
        warning = self.warning
        reasons = shown_reasons(get_language(), warning)
        return {"warning": warning, "incident": warning.incident, "drill": warning.drill, "reasons": reasons}

    def proof_context(self):
        return {
            **self.page_context(),
            "proof": queries.proof_sheet(self.warning),
            "may_call": self.request.reach.holds("incident.manage", self.warning.unit_path),
            "outcomes": OUTCOMES.items(),
            "head": Head.objects.filter(pk=1).first(),
            "now": self.request.now,
        }


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

    def prepare(self):
        reach = self.request.reach
        self.warning = queries.get_warning(reach, self.kwargs["number"])
        self.may = queries.may(reach, self.warning, self.request.now)

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
            "reasons": shown_reasons(get_language(), warning),
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
        signing.sign_warning(
            warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request), **given
        )
        return _("Signed. Warning %(number)s is in force and pushed.") % {"number": warning.number}


class Return(WarningAct):
    form_class, name = forms.ReturnForm, "return"

    def act(self, request, warning, given):
        reason = given["return_reason"]
        signing.return_to_drafter(
            warning_id=warning.pk, reach=request.reach, reason=reason, now=request.now, rev=rev_of(request)
        )
        return _("Returned to the drafter.")


class Propose(WarningAct):
    """Propose a draft as it stands."""

    def act(self, request, warning, given):
        done = proposals.propose_warning(
            warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request)
        )
        return message_about(done)


class Withdraw(WarningAct):
    def act(self, request, warning, given):
        proposals.withdraw_warning(
            warning_id=warning.pk, reach=request.reach, now=request.now, rev=rev_of(request)
        )
        return _("The warning is withdrawn.")


class Lift(WarningAct):
    form_class, name = forms.LiftForm, "lift"

    def act(self, request, warning, given):
        signing.lift_warning(
            warning_id=warning.pk,
            reach=request.reach,
            reason=given["lift_reason"],
            credential=given["credential"],
            now=request.now,
            rev=rev_of(request),
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
        superior_reports.record_call(
            warning_id=warning.pk, reach=request.reach, person=person, now=request.now, **given
        )
        return _("The call is recorded.")


class ReportSent(WarningAct):
    form_class, name = forms.ReportSentForm, "report"

    def act(self, request, warning, given):
        report = warning.superior_reports.filter(pk=self.kwargs["report"]).first()
        if report is None:
            raise NotFound("not_found", _("Nothing was changed: there is no such report. Reload the page."))
        superior_reports.send_report(report_id=report.pk, reach=request.reach, now=request.now, **given)
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
