"""Pages of supervision visits: the list, recording one, one visit with its form and corrections; and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import open_unit
from cases.official_forms.documents import form_paper
from common.dates.local_time import day_of
from common.documents import official_documents
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import NotAllowed, Refused, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from supervision.corrections import queries as corrections
from supervision.corrections.forms import CorrectionForm
from supervision.corrections.permissions import check_can_set
from supervision.teams.permissions import check_can_look
from supervision.visits import actions, forms, queries, rules
from supervision.visits.acts import act_on
from supervision.visits.choices import Show
from zero_reports.filing.reading import valid


class VisitList(LoginRequiredMixin, View):
    """`as=xlsx`: the rows of the filter as a workbook."""

    def get(self, request):
        check_can_look(request.reach)
        search = forms.VisitSearchForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.visits(
            request.reach, show=asked.get("show") or Show.ALL, unit=unit, team=asked.get("team"),
            since=asked.get("since"), until=asked.get("until"),
        )  # fmt: skip
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if request.GET.get("as") == "xlsx":
            return respond(_sheet(queries.cards(request.reach, all_of(rows))), name=_("Supervision visits"))
        page = Paginator(rows, 25).get_page(request.GET.get("page"))
        may_record = bool(queries.teams_to_record_for(request.reach))
        context = {
            "search": search,
            "page": page,
            "cards": queries.cards(request.reach, page.object_list),
            "may_record": may_record,
            "may_set_up": request.reach.has("supervision.manage"),
            "how": ""
            if may_record
            else _("The people of a supervision team record them; a leader sets the team up."),
            "now": request.now,
        }
        return render(request, "supervision/visits/list.html", context)


def _sheet(cards) -> Sheet:
    return Sheet(
        title=_("Supervision visits"),
        headings=[_("Number"), _("Day of the visit"), _("Team"), _("Visited unit"), _("Villages visited (number)"),
                  _("What was looked at"), _("What was found"), _("What was said to the unit"), _("State"),
                  _("Form F8 due"), _("Form F8 sent"), _("Answer of the unit")],
        rows=[
            [card.visit.number, card.visit.visited_on, card.visit.team.name, str(card.visit.unit), card.visit.villages,
             "、".join(card.visit.topic_labels), card.visit.found, card.visit.said, str(card.visit.get_state_display()),
             card.clock.due_at if card.clock else None, card.visit.form.sent_at, card.visit.answer]
            for card in cards
        ],
        widths=[22, 14, 20, 24, 10, 30, 40, 40, 12, 18, 18, 40],
    )  # fmt: skip


class NewVisit(LoginRequiredMixin, View):
    """Record a visit of the team `team` (default: the person's first)."""

    def get(self, request):
        team, teams = self._which(request)
        form = forms.VisitForm(
            units=queries.units_of(team),
            initial={
                "visited_on": day_of(request.now),
                "came": team.name,
                "unit": request.GET.get("unit", ""),
            },
        )
        return self._page(request, team, teams, form)

    @once
    def post(self, request):
        team, teams = self._which(request)
        form = forms.VisitForm(request.POST, units=queries.units_of(team))
        if not form.is_valid():
            return self._page(request, team, teams, form, status=422)
        given = form.cleaned_data
        try:
            visit = actions.record_visit(
                team_id=team.pk, reach=request.reach, unit=open_unit(given["unit"]), seen=forms.seen_of(given),
                now=request.now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, team, teams, form, status=refused.status)
        messages.success(request, _("Recorded"))
        return see_other("supervision-visit", visit.number)

    def _which(self, request):
        teams = queries.teams_to_record_for(request.reach)
        if not teams:
            raise NotAllowed(
                "not_of_team",
                _(
                    "No visit was recorded: you are of no standing supervision team. A leader of the bureau sets them up."
                ),
            )
        asked = request.POST.get("team") or request.GET.get("team", "")
        if not asked:
            return teams[0], teams
        team = next((team for team in teams if team.pk == read_number(asked)), None)
        if team is None:
            raise not_found()
        return team, teams

    def _page(self, request, team, teams, form, status=200):
        context = {"team": team, "teams": teams if len(teams) > 1 else [], "form": form}
        return render(request, "supervision/visits/new.html", context, status=status)


class VisitPage(LoginRequiredMixin, View):
    def get(self, request, number):
        (card,) = queries.cards(request.reach, [queries.get_visit(request.reach, number)])
        rows = corrections.of_visit(request.reach, card.visit)
        may_set = is_allowed(check_can_set, request.reach, card.visit)
        context = {
            "card": card,
            "visit": card.visit,
            "corrections": corrections.cards(request.reach, rows, request.now),
            "correction_form": CorrectionForm(auto_id="correction-%s") if may_set else None,
            "now": request.now,
        }
        return render(request, "supervision/visits/one.html", context)


class VisitAct(LoginRequiredMixin, View):
    @once
    def post(self, request, number, verb):
        if verb not in rules.ON_A_VISIT:
            raise Http404
        visit = queries.get_visit(request.reach, number)
        given = valid(forms.VisitActForm(request.POST))
        act_on(
            visit,
            verb,
            reach=request.reach,
            now=request.now,
            rev=read_number(request.POST.get("rev", "")),
            **given,
        )
        messages.success(request, _("Recorded"))
        return see_other("supervision-visit", number)


class VisitPaper(LoginRequiredMixin, View):
    """Form F8 as it was sent; before that as it would be."""

    def get(self, request, number, kind):
        visit = queries.get_visit(request.reach, number)
        if visit.form.sent_at is None:
            visit.form.fields = actions.form_fields(visit)
        return official_documents.respond(form_paper(visit.form), kind, name=visit.form.number)
