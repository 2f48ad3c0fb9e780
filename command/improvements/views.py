"""Pages of improvements: the list with its filter and its file, one task; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import open_unit
from command.improvements import actions, forms, queries, rules
from command.improvements.acts import act_on, owner_of
from command.improvements.choices import ImprovementVerb, Show
from command.linkage.views import in_order
from common.dates.local_time import day_of
from common.documents.workbooks import Sheet, all_of, respond
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.views import IncidentAct


class ImprovementList(LoginRequiredMixin, View):
    """What was learned and is to be done, the next one due first."""

    PAGE = 30

    def get(self, request):
        search = forms.ImprovementSearchForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        show = asked.get("show") or Show.LIVE
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.improvements(request.reach, show, request.now, unit)
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if request.GET.get("format") == "xlsx":
            return _as_file(request, rows)
        page = Paginator(rows, self.PAGE).get_page(request.GET.get("page"))
        context = {
            "search": search,
            "page": page,
            "total": page.paginator.count,
            "cards": queries.cards(request.reach, page.object_list, request.now),
            "show": show,
            "unit": unit,
        }
        return render(request, "command/improvements/list.html", context)


def _as_file(request, rows):
    """The rows of the filter as a workbook."""
    cards = queries.cards(request.reach, all_of(rows), request.now)
    headings = [
        _("Comes from"), _("What is to be done"), _("By whom"), _("By when"), _("First set for"),
        _("Date changed, times"), _("State"), _("What was done"), _("Reported at"), _("Ended at"), _("Why"),
    ]  # fmt: skip
    lines = [
        (
            card.about, card.row.text, card.row.owner, day_of(card.row.due_at), day_of(card.row.first_due_at),
            card.row.date_changes, _("Overdue") if card.is_overdue else card.row.get_state_display(),
            card.row.report, card.row.reported_at, card.row.ended_at, card.row.reason,
        )
        for card in cards
    ]  # fmt: skip
    widths = [20, 48, 28, 12, 12, 10, 14, 48, 20, 20, 32]
    name = f"improvements-{day_of(request.now)}"
    return respond(Sheet(_("Improvement tasks"), headings, lines, widths), name=name)


class ImprovementPage(LoginRequiredMixin, View):
    """One task: what, who, by when, and what may be done with it now."""

    def get(self, request, pk):
        card = queries.card(request.reach, queries.get_improvement(request.reach, pk), request.now)
        may_hand_on = ImprovementVerb.HAND_ON in card.verbs
        context = {
            "card": card,
            "row": card.row,
            "owners": queries.owners_offered(card.row.set_for, request.now) if may_hand_on else [],
            "drill": card.row.drill,
            "now": request.now,
        }
        return render(request, "command/improvements/one.html", context)


class Improve(IncidentAct):
    """Set one that was learned from an incident, and back to the page the form stood on: that of the review."""

    def post(self, request, number):
        return back_to(request, super().post(request, number)["Location"])

    def form_of(self, request, incident):
        owners = queries.owners_offered(incident.unit, request.now)
        return forms.ImprovementForm(request.POST, owners=owners)

    def act(self, request, incident, form):
        given = {**form.cleaned_data}
        given["owner"] = owner_of(given["owner"], incident.unit)
        actions.improve_after_incident(incident_id=incident.pk, reach=request.reach, now=request.now, **given)


class Act(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in rules.ON_AN_IMPROVEMENT:
            raise Http404
        row = queries.get_improvement(request.reach, pk)
        given = in_order(forms.ImprovementActForm(request.POST))
        rev = read_number(request.POST.get("rev", ""))
        act_on(row, verb, reach=request.reach, now=request.now, rev=rev, **given)
        messages.success(request, _("Recorded"))
        return see_other("improvement", row.pk)
