"""Pages of corrections: the list with its filter and its file, one correction; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import open_unit
from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, all_of, respond
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from supervision.corrections import actions, forms, queries, rules
from supervision.corrections.acts import act_on
from supervision.corrections.choices import Show
from supervision.teams.permissions import check_can_look
from supervision.visits.queries import get_visit
from zero_reports.filing.reading import valid


class CorrectionList(LoginRequiredMixin, View):
    """What is to be put right, the next one due first; `as=xlsx`: the rows of the filter as a workbook."""

    def get(self, request):
        check_can_look(request.reach)
        search = forms.CorrectionSearchForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        show = asked.get("show") or Show.LIVE
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.corrections(request.reach, show, request.now, unit)
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if request.GET.get("as") == "xlsx":
            cards = queries.cards(request.reach, all_of(rows), request.now)
            return respond(_sheet(cards), name=_("Corrections"))
        page = Paginator(rows, 25).get_page(request.GET.get("page"))
        context = {
            "search": search,
            "page": page,
            "cards": queries.cards(request.reach, page.object_list, request.now),
            "show": show,
        }
        return render(request, "supervision/corrections/list.html", context)


def _sheet(cards) -> Sheet:
    return Sheet(
        title=_("Corrections"),
        headings=[_("Number"), _("Visit"), _("Unit"), _("Hidden danger"), _("What is to be put right"),
                  _("Responsible post"), _("To be corrected by"), _("First set for"), _("More time given, times"),
                  _("State"), _("What was done"), _("Reported at"), _("Verified at"), _("Why")],
        rows=[
            [card.row.number, card.row.visit.number, str(card.row.unit), card.row.danger, card.row.measures,
             card.row.responsible, day_of(card.row.due_at), day_of(card.row.first_due_at), card.row.extensions,
             _("Overdue") if card.is_overdue else str(card.row.get_state_display()), card.row.report,
             card.row.reported_at, card.row.verified_at, card.row.reason]
            for card in cards
        ],
        widths=[22, 22, 24, 40, 40, 20, 14, 14, 8, 12, 40, 18, 18, 30],
    )  # fmt: skip


class CorrectionPage(LoginRequiredMixin, View):
    def get(self, request, number):
        row = queries.get_correction(request.reach, number)
        (card,) = queries.cards(request.reach, [row], request.now)
        steps = queries.steps_of(request.reach, row)
        context = {"card": card, "row": row, "steps": steps}
        return render(request, "supervision/corrections/one.html", context)


class SetCorrection(LoginRequiredMixin, View):
    @once
    def post(self, request, number):
        visit = get_visit(request.reach, number)
        given = valid(forms.CorrectionForm(request.POST))
        actions.set_correction(visit_id=visit.pk, reach=request.reach, now=request.now, **given)
        messages.success(request, _("Recorded"))
        return see_other("supervision-visit", number)


class CorrectionAct(LoginRequiredMixin, View):
    @once
    def post(self, request, number, verb):
        if verb not in rules.ON_A_CORRECTION:
            raise Http404
        row = queries.get_correction(request.reach, number)
        given = valid(forms.CorrectionActForm(request.POST))
        rev = read_number(request.POST.get("rev", ""))
        act_on(row, verb, reach=request.reach, now=request.now, rev=rev, **given)
        messages.success(request, _("Recorded"))
        return see_other("correction", number)
