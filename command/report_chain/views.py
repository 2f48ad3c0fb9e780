"""Pages of the reports to the level above: the chain with what is known and told, one report, its text, its paper."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from command.report_chain import actions, exchanged, forms, permissions, queries, rules, sending, signing
from command.report_chain.choices import ReportField
from command.report_chain.contents import known_told, signature
from command.report_chain.contents.drafting import picture_of, title_on_paper
from command.report_chain.contents.paper import respond_with, text_of
from common.errors import Invalid, NotAllowed, is_allowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from journal.live.live_pages import PartsView
from plans.document.reporting import chain_at

#: Refusals of the credential belong to its field.
_CREDENTIAL = ("credential_wrong", "credential_throttled")


class ChainPage(LoginRequiredMixin, PartsView):
    """What the level above was told, what comes next, and where what we know now differs from it."""

    template_name = "command/report_chain/chain.html"
    parts = {"chain": ("command/report_chain/_chain.html", "chain_context")}

    def prepare(self):
        self.incident = get_incident(self.request.reach, self.kwargs["number"])

    def page_context(self):
        return {"incident": self.incident, "drill": self.incident.drill, "form": getattr(self, "form", None)}

    def chain_context(self):
        incident, now = self.incident, self.request.now
        reports, superiors = list(queries.reports_of(incident)), queries.superior_reports(incident)
        compared = queries.known_and_told(incident, reports, superiors)
        may_write = is_allowed(permissions.check_can_write, self.request.reach, incident)
        plan_chain = chain_at(incident.plan.document, incident.shown_level)
        return {
            "incident": incident,
            "reports": [row(report, now) for report in reports],
            "superior_reports": superiors,
            "next_reports": queries.next_reports(incident, reports) if may_write else [],
            "plan_chain": plan_chain,
            "draft_form": self._draft_form(plan_chain),
            "compared": compared,
            "differences": sum(known_told.differences(one.lines) for one in compared),
            "is_told": any(line.told_at for one in compared for line in one.lines),
            "now": now,
        }

    def _draft_form(self, plan_chain):
        """Where the plan names nobody, whoever drafts has to."""
        form = getattr(self, "form", None) or forms.DraftForm(auto_id="draft_%s")
        form.fields["recipients"].is_needed = not (plan_chain and plan_chain.to)
        return form

    @once
    def post(self, request, number):
        """Draft the next report; what is not in order comes back on the page."""
        incident = get_incident(request.reach, number)
        form = forms.DraftForm(request.POST, auto_id="draft_%s")
        if not form.is_valid():
            return self._again(request, number, form)
        try:
            report = actions.draft_report(
                incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
            )
        except Invalid as invalid:
            _take(form, invalid)
            return self._again(request, number, form)
        return see_other("upward-report", number, report.n)

    def _again(self, request, number, form):
        self.status, self.form = 422, form
        return self.get(request, number=number)


def row(report, now) -> dict:
    """A report of the chain, with what is late about it."""
    deliveries = [(one, queries.is_receipt_overdue(one, now)) for one in report.deliveries.all()]
    return {
        "report": report,
        "deliveries": deliveries,
        "look": {"received": "ok", "discarded": "off"}.get(report.state, "wait"),
        "is_overdue": report.state != "discarded"
        and rules.is_overdue(due_at=report.due_at, done_at=report.sent_at, now=now),
        "receipts_overdue": sum(late for _one, late in deliveries),
    }


class ReportPage(LoginRequiredMixin, PartsView):
    """One report: its text, the signature, whom it was told to and who has confirmed."""

    template_name = "command/report_chain/report.html"
    parts = {"report": ("command/report_chain/_report.html", "report_context")}

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        #: The form that came back with errors, by the act it belongs to.
        self.returned = {}

    def prepare(self):
        self.report = queries.get_report(self.request.reach, self.kwargs["number"], self.kwargs["n"])

    def page_context(self):
        return {
            "report": self.report,
            "incident": self.report.incident,
            "drill": self.report.drill,
            "form": next(iter(self.returned.values()), None),
        }

    def report_context(self):
        report, now = self.report, self.request.now
        dues, pushed = queries.line_dues(report), exchanged.pushed(report)
        superiors = exchanged.superiors_of(report)
        return {
            **row(report, now),
            "incident": report.incident,
            "title": title_on_paper(report),
            "texts": [(field.label, text_of(report, field)) for field in ReportField],
            "missing": [ReportField(name).label for name in rules.gaps(report.fields)]
            if report.is_draft
            else [],
            "is_behind": report.is_draft and report.facts != picture_of(report.incident),
            "may": queries.may(self.request.reach, report, now),
            "is_intact": signature.is_intact(report) if report.signed_at else None,
            "sign_form": self._form("sign"),
            "ask_form": self.returned.get("ask"),
            "discard_form": self._form("discard"),
            "has_two_lines": len({one.line for one in report.deliveries.all()}) > 1,
            "recipients": [
                (
                    one,
                    is_late,
                    dues.get(one.line),
                    self._form_of("phone", one),
                    self._form_of("receipt", one),
                    exchanged.channels_for(one, superiors),
                    pushed.get(one.key),
                )
                for one, is_late in row(report, now)["deliveries"]
            ],
            "errors_of": self.returned.get("phone")
            or self.returned.get("receipt")
            or self.returned.get("send"),
            "now": now,
        }

    def _form(self, act):
        return self.returned.get(act) or _ACTS[act][0](auto_id=f"{act}_%s")

    def _form_of(self, act, delivery):
        """The form for one recipient; the one that came back belongs to whom it names."""
        returned = self.returned.get(act)
        if returned and returned.data.get("recipient") == delivery.title_zh:
            return returned
        return _ACTS[act][0](auto_id=f"{act}{delivery.pk}_%s", initial={"recipient": delivery.title_zh})


#: What a form on the page of a report does: its form, the action, the sentence that says it is done.
_ACTS = {
    "sign": (forms.SignForm, signing.sign_report, gettext_lazy("Signed. The text is frozen; send it now.")),
    "ask": (Form, signing.ask_for_signature, gettext_lazy("The signatory has been told.")),
    "redraft": (Form, actions.redraft_report, gettext_lazy("Drafted anew from what is known now.")),
    "discard": (forms.DiscardForm, actions.discard_report, gettext_lazy("The draft is discarded.")),
    "phone": (
        forms.PhoneForm,
        sending.record_telephone_report,
        gettext_lazy("The telephone report is recorded."),
    ),
    "send": (forms.SendForm, sending.send_report, gettext_lazy("Marked as sent.")),
    "receipt": (forms.ReceiptForm, sending.record_receipt, gettext_lazy("The receipt is recorded.")),
}


class ReportAct(ReportPage):
    """One act on a report: POST, then back to its page; what is not in order comes back on the same page."""

    @once
    def post(self, request, number, n, act):
        if act not in _ACTS:
            raise Http404
        form_class, action, done = _ACTS[act]
        report = queries.get_report(request.reach, number, n)
        form = form_class(request.POST, auto_id=f"{act}_%s")
        if not form.is_valid() or not self._is_carried_out(request, report, form, action):
            self.status, self.returned = 422, {act: form}
            return self.get(request, number=number, n=n)
        messages.success(request, done)
        return see_other("upward-report", number, n)

    def _is_carried_out(self, request, report, form, action) -> bool:
        rev = read_number(request.POST.get("rev", ""))
        try:
            action(report_id=report.pk, reach=request.reach, now=request.now, rev=rev, **form.cleaned_data)
        except Invalid as invalid:
            _take(form, invalid)
            return False
        except NotAllowed as refused:
            if refused.code not in _CREDENTIAL:
                raise
            form.add_error("credential", str(refused))
            return False
        return True


class RevisePage(LoginRequiredMixin, View):
    """The text of a draft, to be changed."""

    def get(self, request, number, n):
        report = self._report(request, number, n)
        initial = {**report.fields, "rev": report.rev, "recipients": "\n".join(_typed(report))}
        return self._page(request, report, forms.TextForm(initial=initial))

    @once
    def post(self, request, number, n):
        report = self._report(request, number, n)
        form = forms.TextForm(request.POST)
        if not form.is_valid():
            return self._page(request, report, form, status=422)
        try:
            actions.revise_report(
                report_id=report.pk,
                reach=request.reach,
                fields=form.texts(),
                recipients=form.names(),
                rev=form.cleaned_data["rev"],
                now=request.now,
            )
        except Invalid as invalid:
            _take(form, invalid)
            return self._page(request, report, form, status=422)
        messages.success(request, _("Kept as a draft."))
        return see_other("upward-report", number, n)

    def _report(self, request, number, n):
        report = queries.get_report(request.reach, number, n)
        permissions.check_can_write(request.reach, report.incident)
        return report

    def _page(self, request, report, form, status=200):
        context = {"report": report, "incident": report.incident, "form": form, "drill": report.drill}
        return render(request, "command/report_chain/revise.html", context, status=status)


class ReportPaper(LoginRequiredMixin, View):
    def get(self, request, number, n, kind):
        return respond_with(queries.get_report(request.reach, number, n), kind)


def _typed(report) -> list[str]:
    return [one.title_zh for one in report.deliveries.all() if not one.recipient]


def _take(form, invalid: Invalid) -> None:
    """Put a refusal's sentences at the fields they are about; what is about none of this form's stands above it."""
    fitting = {name: sentences for name, sentences in invalid.fields.items() if name in form.fields}
    for name, sentences in fitting.items():
        form.add_error(name, sentences)
    if not fitting:
        form.add_error(None, str(invalid))
