"""The list of leader cases, proposing one by hand, the page of one with its acts, and its closing report as a paper."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import open_unit, title_labels
from accounts.scope import Reach
from cases.demands.queries import get_demand
from cases.leader_cases import actions, permissions, proposing, queries, rules
from cases.leader_cases.acts import ACTS
from cases.leader_cases.choices import CaseState, CaseVerb
from cases.leader_cases.forms import ExtendCaseForm, LeaderForm, ProposeForm, ReportForm
from cases.leader_cases.models import LeaderCase
from cases.leader_cases.paper import draft_of, respond_with
from cases.leader_cases.proposing import About
from cases.matters.queries import get_matter
from clocks.terms.rules import leading_clock
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import is_allowed, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from plans.lifecycle.citations import cited
from zero_reports.filing.reading import check_may_look, valid

#: "Due within" of the list, in days.
_WITHIN = ("0", "7", "14", "30")


class CaseList(LoginRequiredMixin, View):
    """Those due first are first. `mine`: those this person leads; `as=xlsx`: the same rows as a workbook."""

    def get(self, request):
        check_may_look(request.reach)
        asked = request.GET
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        state = asked.get("state") if asked.get("state") in queries.states() else "live"
        within = asked.get("within") if asked.get("within") in _WITHIN else ""
        due = request.now + timedelta(days=int(within)) if within else None
        mine = asked.get("mine") == "1"
        rows = queries.leader_cases(request.reach, unit=unit, state=state, due_before=due, mine=mine)
        if asked.get("as") == "xlsx":
            return respond(_sheet(rows), name=_("Leader cases"))
        context = {
            "page": Paginator(rows, 25).get_page(asked.get("page")),
            "unit": unit,
            "state": state,
            "within": within,
            "mine": mine,
            "states": [("live", _("Not closed")), *CaseState.choices, ("all", _("All"))],
            "withins": [("0", _("Overdue")), *((days, _("Due within %(days)s days") % {"days": days}) for days in _WITHIN[1:])],
            "now": request.now,
        }  # fmt: skip
        return render(request, "cases/leader_cases/list.html", context)


def _sheet(rows) -> Sheet:
    return Sheet(
        title=_("Leader cases"),
        headings=[_("Number"), _("What it is about"), _("Unit"), _("State"), _("Leader in charge"), _("Proposed"),
                  _("Listed"), _("To be settled by"), _("Due"), _("Party told"), _("Closed")],
        rows=[
            [one.number, one.point, str(one.unit), one.get_state_display(), one.leader_post, one.proposed_at,
             one.decided_at, one.due_date, one.due, one.told_at, one.closed_at]
            for one in all_of(rows)
        ],
        widths=[22, 40, 24, 20, 20, 18, 18, 14, 18, 18, 18],
    )  # fmt: skip


class Propose(LoginRequiredMixin, View):
    """By hand, about a matter, an incident or a demand (`?matter=`, `?incident=`, `?demand=`)."""

    def get(self, request):
        about = about_named(request.reach, request.GET)
        permissions.check_can_propose(request.reach, about.unit)
        version = proposing.plan_for(about.unit, request.now)
        form = ProposeForm(triggers=_triggers(version), auto_id="propose-%s")
        given = {name: request.GET.get(name, "") for name in ("matter", "incident", "demand")}
        context = {"about": about, "form": form, "given": given, "has_plan": version is not None}
        return render(request, "cases/leader_cases/propose.html", context)

    @once
    def post(self, request):
        about = about_named(request.reach, request.POST)
        version = proposing.plan_for(about.unit, request.now)
        given = valid(ProposeForm(request.POST, triggers=_triggers(version)))
        case = actions.propose_case(reach=request.reach, about=about, now=request.now, **given)
        messages.success(request, _("Kept."))
        return see_other("leader-case", case.number)


def about_named(reach: Reach, given) -> About:
    """What it would be about. Raises NotFound where nothing of that number may be seen."""
    if number := given.get("matter"):
        return proposing.about_matter(get_matter(reach, number))
    if number := given.get("incident"):
        return proposing.about_incident(get_incident(reach, number))
    if number := given.get("demand"):
        return proposing.about_demand(get_demand(reach, number))
    raise not_found()


def _triggers(version) -> list[tuple[str, str]]:
    found = proposing.triggers_for(version) if version else []
    language = get_language()
    return [
        (one.line.id, f"{one.line.words.in_language(language)} ({cited(one.line.cite)})") for one in found
    ]


class CasePage(LoginRequiredMixin, View):
    def get(self, request, number):
        case = queries.get_case(request.reach, number)
        clocks = queries.clocks_of(case)
        steps = list(case.steps.select_related("by"))
        titles = title_labels(step.post for step in steps)
        for step in steps:
            step.post = titles.get(step.post, "")
        following = rules.next_act(case.state)
        context = {
            "case": case,
            "reasons": case.reasons.select_related("by"),
            "team_units": case.team_units.order_by("path"),
            "incident": queries.incident_of(case),
            "demands": queries.demands_of(case),
            "clocks": clocks,
            "leading": leading_clock(clocks),
            "steps": steps,
            "next_act": CaseVerb(following).label if following else "",
            "acts": _acts(request.reach, case, clocks, request.now),
            "now": request.now,
        }
        return render(request, "cases/leader_cases/one.html", context)


#: Who may: each verb has one check, the act's own.
_CHECKS = {
    CaseVerb.ACCEPT: permissions.check_can_decide,
    CaseVerb.DECLINE: permissions.check_can_decide,
    CaseVerb.CHANGE_LEADER: permissions.check_can_decide,
    CaseVerb.REPORT: permissions.check_can_report,
    CaseVerb.CHECK: permissions.check_can_check,
    CaseVerb.RETURN: permissions.check_can_check,
}


def _acts(reach: Reach, case: LeaderCase, clocks, now: datetime) -> list[tuple]:
    """(verb, label, form, whether it is next) of what this person may do now, in the order of the work."""
    possible = rules.TRANSITIONS.verbs_for(case.state)
    extendable = any(clock.is_running and clock.max_extension for clock in clocks)
    found = []
    for verb in ACTS:
        check = _CHECKS.get(verb, permissions.check_can_work_on)
        if verb not in possible or not is_allowed(check, reach, case):
            continue
        if verb == CaseVerb.EXTEND and not extendable:
            continue
        found.append((verb, CaseVerb(verb).label, _form(verb, case, now), verb == rules.next_act(case.state)))
    return found


def _form(verb: str, case: LeaderCase, now: datetime, data=None) -> forms.Form | None:
    form = ACTS[verb].form
    if form is None:
        return None
    given = {"auto_id": f"{verb}-%s"}
    if issubclass(form, LeaderForm):
        offered = queries.leaders_offered(case.unit, now)
        people = {one.person.username: f"{one.post.unit} {one.post} {one.person}" for one in offered}
        return form(data, leaders=list(people.items()), **given)
    if form is ReportForm:
        return form(data, initial={"report": case.report or draft_of(case)}, **given)
    return form(data, **given)


class CaseAct(LoginRequiredMixin, View):
    """One act on one case; the address says which."""

    @once
    def post(self, request, number, verb):
        case = queries.get_case(request.reach, number)
        if verb not in ACTS:
            raise not_found()
        act = ACTS[verb]
        form = _form(verb, case, request.now, request.POST)
        given = act.as_meant(valid(form), request.reach) if form is not None else {}
        if isinstance(form, ExtendCaseForm):
            given["told_at"] = given["told_at"] or (request.now if given["told_how"] else None)
        act.action(reach=request.reach, case_id=case.pk, now=request.now, **given)
        messages.success(request, _("Kept."))
        return see_other("leader-case", number)


class CasePaper(LoginRequiredMixin, View):
    def get(self, request, number, kind):
        return respond_with(queries.get_case(request.reach, number), kind)
