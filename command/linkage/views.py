"""Pages of linkage: the list, one order, the form by hand, the file; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts.models import Unit
from accounts.queries import units_for
from command.linkage import actions, files, forms, permissions, queries, reporting
from command.linkage.actions import Asked
from command.linkage.choices import LinkageVerb, ReportKind, ReportWay, Via
from command.linkage.delivery import centre_of
from command.linkage.exchanged import document_named, document_of, first_values
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.queries import get_incident
from incidents.views import IncidentAct
from resources.partners.choices import PartnerKind
from resources.partners.queries import partners


class LinkageList(LoginRequiredMixin, View):
    """Every order of a joint command centre this person may see, newest first."""

    PAGE = 30

    def get(self, request):
        page = Paginator(queries.orders(request.reach), self.PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "total": page.paginator.count,
            "cards": queries.cards(request.reach, page.object_list),
            "may_receive": request.reach.has("incident.manage"),
        }
        return render(request, "command/linkage/list.html", context)


class LinkagePage(LoginRequiredMixin, View):
    """One order, what is due next, what went back."""

    def get(self, request, number):
        card = queries.cards(request.reach, [queries.get_order(request.reach, number)])[0]
        ways = ReportWay.offered(centre_of(card.order) is not None)
        context = {
            "card": card,
            "ways": ways,
            "deliveries": queries.deliveries_of(card.order),
            "document": document_of(card.order, request.reach),
            **forms_of(card),
        }
        return render(request, "command/linkage/order.html", context)


def forms_of(card) -> dict:
    """The forms of what may be done with the order now; their fields' ids carry its number."""
    own = {"auto_id": f"{card.order.number}-%s"}
    return {
        "open_form": forms.OpenIncidentForm(**own),
        "tie_form": forms.TieForm(**own),
        "duty_form": forms.ReportForDutyForm(initial={"receiver": card.order.report_to}, auto_id="duty-%s"),
        "complete_form": forms.CompleteForm(auto_id="complete-%s"),
        "withdraw_form": forms.WithdrawForm(**own),
        "report_form": forms.ReportForm(
            kinds=card.may_write,
            ways=ReportWay.offered(centre_of(card.order) is not None),
            initial=_first(card),
            auto_id="report-%s",
        ),
    }


def _first(card) -> dict:
    return {"kind": card.next_act} if card.next_act in ReportKind.values else {}


class ReceiveOrder(LoginRequiredMixin, View):
    """An order that came by telephone, fax or another system, typed by hand; or over the exchange, filled from there."""

    def get(self, request):
        document = document_named(request.reach, request.GET.get("document", ""))
        unit = document.unit if document else queries.own_unit(request.reach)
        first = {"unit": unit.code if unit else "", **(first_values(document) if document else {})}
        return self._page(request, forms.ReceiveForm(initial=first, units=units_to_receive_for(request)))

    @once
    def post(self, request):
        form = forms.ReceiveForm(request.POST, units=units_to_receive_for(request))
        if not form.is_valid():
            return self._page(request, form, status=422)
        given = {**form.cleaned_data}
        unit, document = given.pop("unit"), document_named(request.reach, given.pop("document"))
        via = Via.EXCHANGE if document else Via.HAND
        try:
            order, is_new = actions.receive_order(
                reach=request.reach,
                unit=unit,
                asked=Asked(**given),
                via=via,
                now=request.now,
                document=document,
            )
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, form, status=422)
        if not is_new:
            messages.info(request, _("This order is on record already, under this number."))
        return see_other("linkage-order", order.number)

    def _page(self, request, form, status=200):
        centres = partners(request.reach, kind=PartnerKind.LINKAGE_CENTRE)
        context = {"form": form, "centres": sorted({centre.name for centre in centres})}
        return render(request, "command/linkage/receive.html", context, status=status)


class ReceiveFile(LoginRequiredMixin, View):
    """Orders in a file: what each line would do is shown, and only what was shown is recorded."""

    def get(self, request):
        return self._page(request, forms.FileForm(), _unit_of(request))

    def post(self, request):
        if "shown" in request.POST:
            return self._record(request)
        unit, form = _unit_of(request), forms.FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, unit, status=422)
        try:
            lines = files.read(form.cleaned_data["file"], unit=unit, now=request.now)
        except Invalid as invalid:
            form.add_error("file", str(invalid))
            return self._page(request, form, unit, status=422)
        return self._page(request, forms.FileForm(), unit, lines=lines)

    def _record(self, request):
        try:
            unit, asked = files.unseal(request.POST["shown"], reach=request.reach)
        except Invalid as invalid:
            messages.error(request, str(invalid))
            form = forms.FileForm()
            form.cleaned_data = {}
            return self._page(request, form, _unit_of(request), status=422)
        done = files.record_lines(reach=request.reach, unit=unit, asked=asked, now=request.now)
        new = sum(one.is_new for one in done)
        said = ngettext("%(n)d order recorded.", "%(n)d orders recorded.", new) % {"n": new}
        messages.success(request, said)
        for one in done:
            if one.refused:
                messages.error(request, str(one.refused))
        return see_other("linkage")

    def _page(self, request, form, unit, status=200, lines=None):
        context = {"form": form, "unit": unit, "lines": lines, "columns": files.COLUMNS}
        if lines is not None:
            context["new"] = [line for line in lines if line.is_new]
            context["wrong"] = [line for line in lines if line.problem]
            if context["new"]:
                context["shown"] = files.seal(lines, reach=request.reach, unit=unit)
        return render(request, "command/linkage/file.html", context, status=status)


def units_to_receive_for(request):
    return units_for(request.reach, "incident.manage").open_at(day_of(request.now))


def _unit_of(request) -> Unit:
    """The unit whose orders a file holds: the person's own."""
    unit = queries.own_unit(request.reach)
    if unit is None:
        raise NotAllowed(
            "not_allowed",
            _("No orders can be handed in: this is done by the duty room or a leader of a unit. Phone them."),
        )
    permissions.check_can_receive(request.reach, unit)
    return unit


class LinkageAct(LoginRequiredMixin, View):
    """One act on one order: POST, then back to where the form stood."""

    @once
    def post(self, request, number, verb):
        if verb not in ACTS:
            raise Http404
        order = queries.get_order(request.reach, number)
        about = {
            "order_id": order.pk,
            "reach": request.reach,
            "now": request.now,
            "rev": read_number(request.POST.get("rev", "")),
        }
        ACTS[verb](request, about)
        return back_to(request, reverse("linkage-order", args=[number]))


def _open(request, about):
    form = forms.OpenIncidentForm(request.POST)
    in_order(form)
    actions.open_incident(facts=form.facts, **about)


def _tie(request, about):
    given = in_order(forms.TieForm(request.POST))
    incident = get_incident(request.reach, given["into"].strip())
    actions.tie_order(incident_id=incident.pk, **about)


def _duty(request, about):
    given = in_order(forms.ReportForDutyForm(request.POST))
    actions.report_for_duty(to=given.pop("receiver"), **given, **about)


def _complete(request, about):
    actions.complete_order(**in_order(forms.CompleteForm(request.POST)), **about)


def _withdraw(request, about):
    actions.withdraw_order(**in_order(forms.WithdrawForm(request.POST)), **about)


def _report(request, about):
    reporting.report_on_order(**in_order(forms.ReportForm(request.POST)), **about)


ACTS = {
    LinkageVerb.OPEN_INCIDENT.value: _open,
    LinkageVerb.TIE.value: _tie,
    LinkageVerb.REPORT_FOR_DUTY.value: _duty,
    LinkageVerb.COMPLETE.value: _complete,
    LinkageVerb.WITHDRAW.value: _withdraw,
    "report": _report,
}


class ReportOnIncident(IncidentAct):
    """Tell the centre of an incident that it did not order."""

    def form_of(self, request, incident):
        return forms.ReportForm(request.POST, kinds=ReportKind.without_order())

    def act(self, request, incident, form):
        reporting.report_on_incident(
            incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
        )


class ReportAct(LoginRequiredMixin, View):
    """Send a report once more, or record its receipt."""

    @once
    def post(self, request, pk, verb):
        report = queries.get_report(request.reach, pk)
        about = {"report_id": report.pk, "reach": request.reach, "now": request.now}
        if verb == "try":
            reporting.try_again(**in_order(forms.SendForm(request.POST)), **about)
        elif verb == "receipt":
            reporting.record_receipt(**in_order(forms.ReceiptForm(request.POST)), **about)
        else:
            raise Http404
        page = (
            ("linkage-order", report.order.number) if report.order else ("incident", report.incident.number)
        )
        return back_to(request, reverse(page[0], args=[page[1]]))


def in_order(form) -> dict:
    """What was typed. Raises Invalid naming each field that is missing or not in order."""
    if not form.is_valid():
        raise Invalid(
            "form_not_in_order",
            _("Nothing was saved: a field is missing or not in order. Correct it and send again."),
            fields={
                name: [
                    _("%(field)s: %(error)s") % {"field": form[name].label, "error": said} for said in errors
                ]
                if name in form.fields
                else errors
                for name, errors in form.errors.items()
            },
        )
    return form.cleaned_data
