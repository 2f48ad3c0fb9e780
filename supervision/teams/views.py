"""Pages of supervision teams: who looks after which units, setting up, changing, ending."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import open_unit
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import NotAllowed, Refused
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from supervision.teams import actions, forms, permissions, queries
from supervision.teams.choices import TeamState


class TeamList(LoginRequiredMixin, View):
    """`unit`: those that look after it; `as=xlsx`: the same rows as a workbook."""

    def get(self, request):
        permissions.check_can_look(request.reach)
        search = forms.TeamSearchForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        show = asked.get("show") or TeamState.STANDING
        rows = queries.teams(request.reach, unit=unit, show=show)
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if request.GET.get("as") == "xlsx":
            return respond(
                _sheet(queries.cards(request.reach, all_of(rows), request.now)),
                name=_("Supervision teams"),
            )
        page = Paginator(rows, 25).get_page(request.GET.get("page"))
        context = {
            "search": search,
            "page": page,
            "cards": queries.cards(request.reach, page.object_list, request.now),
            "unit": unit,
            "show": show,
            "may_set_up": request.reach.has("supervision.manage"),
        }
        return render(request, "supervision/teams/list.html", context)


def _sheet(cards) -> Sheet:
    return Sheet(
        title=_("Supervision teams"),
        headings=[_("Bureau"), _("Team"), _("Team leader"), _("Others of the team"), _("Units it looks after"), _("Visits this month"), _("State")],
        rows=[
            [str(card.team.unit), card.team.name, str(card.leader or "–"), "、".join(map(str, card.others)),
             "、".join(map(str, card.areas)), card.month.visits if card.month else None, str(card.team.get_state_display())]
            for card in cards
        ],
        widths=[24, 20, 14, 30, 48, 10, 10],
    )  # fmt: skip


class NewTeam(LoginRequiredMixin, View):
    """Set up a team of the bureau `unit` (default: the person's own)."""

    def get(self, request):
        bureau, bureaus = self._where(request)
        return self._page(request, bureau, bureaus, _form(bureau, request.now))

    @once
    def post(self, request):
        bureau, bureaus = self._where(request)
        form = _form(bureau, request.now, request.POST)
        if not form.is_valid():
            return self._page(request, bureau, bureaus, form, status=422)
        try:
            makeup = forms.makeup_of(form.cleaned_data, bureau, request.now)
            actions.set_up_team(reach=request.reach, unit=bureau, makeup=makeup, now=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, bureau, bureaus, form, status=refused.status)
        messages.success(request, _("Set up."))
        return see_other("supervision-teams")

    def _where(self, request):
        bureaus = list(queries.bureaus(request.reach))
        if not bureaus:
            raise NotAllowed(
                "not_allowed", _("No team was set up: this is done by a leader of a bureau. Ask them.")
            )
        asked = request.POST.get("unit") or request.GET.get("unit", "")
        return next((unit for unit in bureaus if unit.code == asked), bureaus[0]), bureaus

    def _page(self, request, bureau, bureaus, form, status=200):
        where = forms.BureauForm(bureaus=bureaus, initial={"unit": bureau.code}, auto_id="where-%s")
        context = {"bureau": bureau, "where": where if len(bureaus) > 1 else None, "form": form}
        return render(request, "supervision/teams/new.html", context, status=status)


class TeamPage(LoginRequiredMixin, View):
    """One team, and for a leader of its bureau the form that changes it."""

    def get(self, request, pk):
        return self._page(request, queries.get_team(request.reach, pk))

    @once
    def post(self, request, pk):
        team = queries.get_team(request.reach, pk)
        permissions.check_can_set_up(request.reach, team.unit)
        form = _form(team.unit, request.now, request.POST, team=team)
        if not form.is_valid():
            return self._page(request, team, form, status=422)
        try:
            actions.change_team(
                team_id=pk, reach=request.reach, makeup=forms.makeup_of(form.cleaned_data, team.unit, request.now),
                rev=read_number(request.POST.get("rev", "")), now=request.now,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, team, form, status=refused.status)
        messages.success(request, _("Recorded"))
        return see_other("supervision-team", pk)

    def _page(self, request, team, form=None, status=200):
        (card,) = queries.cards(request.reach, [team], request.now)
        may_change = card.may_change and team.ended_at is None
        if may_change and form is None:
            form = _form(team.unit, request.now, team=team)
        context = {"card": card, "team": team, "form": form if may_change else None}
        return render(request, "supervision/teams/one.html", context, status=status)


class EndTeam(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        team = queries.get_team(request.reach, pk)
        actions.end_team(
            team_id=team.pk,
            reach=request.reach,
            rev=read_number(request.POST.get("rev", "")),
            now=request.now,
        )
        messages.success(request, _("Recorded"))
        return see_other("supervision-team", pk)


def _form(bureau, now, data=None, team=None) -> forms.TeamForm:
    """What a team has now stays offered, also where it could not be chosen anew."""
    people, areas = dict(queries.people_choices(bureau, now)), dict(queries.area_choices(bureau))
    initial = {}
    if team is not None:
        members = [one.person for one in team.members.all()]
        people |= {one.username: str(one) for one in members if one.username not in people}
        areas |= {one.unit.code: str(one.unit) for one in team.areas.all() if one.unit.code not in areas}
        initial = {
            "name": team.name,
            "leader": next((one.person.username for one in team.members.all() if one.leads), ""),
            "members": [one.person.username for one in team.members.all() if not one.leads],
            "areas": [one.unit.code for one in team.areas.all()],
        }
    return forms.TeamForm(data, people=list(people.items()), areas=list(areas.items()), initial=initial)
