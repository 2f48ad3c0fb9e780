"""Pages of drills: the yearly plan, a scenario, planning one, and one drill: its control page, then its sheet."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from command.improvements.forms import ImprovementForm
from command.improvements.permissions import check_can_set
from command.improvements.queries import of_source, owners_offered, read_owner
from common.dates.local_time import day_of
from common.documents.official_documents import respond
from common.errors import Invalid, Refused, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from drills import permissions
from drills.choices import Content, DrillState, DrillVerb, StaffRole
from drills.conduct import actions, queries, rules
from drills.conduct.models import Drill
from drills.evaluation import actions as evaluation
from drills.evaluation import queries as sheets
from drills.evaluation.paper import after_action_report
from drills.forms import ChooseForm, DrillForm, OwnInjectForm, RatingForm, RemarkForm, ReviewForm, units_of
from drills.scenarios import library
from drills.scenarios.document import Scenario, scenario_of
from journal.live.live_pages import PartsView

PER_PAGE = 50


class DrillList(LoginRequiredMixin, View):
    """The drills of a year, and which contents of the plan they train."""

    def get(self, request):
        permissions.check_can_look(request.reach)
        this_year = day_of(request.now).year
        year = read_number(request.GET.get("year", "")) or this_year
        rows = queries.drills(request.reach).filter(month__year=year)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        plans = request.reach.has("drill.manage")
        context = {
            "page": page,
            "year": year,
            "years": [this_year + 1, this_year, this_year - 1],
            "contents": _contents_trained(rows),
            "scenarios": library.scenarios() if plans else [],
            "closed_scenarios": permissions.closed_scenarios(request.reach),
            "may_plan": plans,
        }
        return render(request, "drills/list.html", context)


def _contents_trained(rows) -> list[tuple[str, int]]:
    """How many drills of these that were carried out trained each of the five contents (one query)."""
    held = rows.filter(state__in=[DrillState.FINISHED, DrillState.REVIEWED]).order_by()
    counts = Counter(one for script in held.values_list("script", flat=True) for one in script["contents"])
    return [(content.label, counts[content]) for content in Content]


class ScenarioPage(LoginRequiredMixin, View):
    """The MSEL and the evaluation guide, to be read and printed by whoever does not play."""

    def get(self, request, slug):
        permissions.check_plans_any(request.reach)
        document = library.documents().get(slug)
        if document is None:
            raise not_found()
        permissions.check_sees_scenario(request.reach, slug)
        scenario = scenario_of(document)
        return render(request, "drills/scenario.html", {"scenario": scenario, **_words_of(scenario)})


def _words_of(scenario: Scenario | None) -> dict:
    if scenario is None:
        return {"roles": {}, "objectives": {}, "contents": []}
    language = get_language()
    return {
        "roles": {role.id: role.words.in_language(language) for role in scenario.roles},
        "objectives": {one.id: one.words.in_language(language) for one in scenario.objectives},
        "contents": [Content(one).label for one in scenario.contents],
    }


class _Planning(LoginRequiredMixin, View):
    """Shared by planning and changing: the form for a unit and a scenario."""

    def form(self, request, unit, scenario, *args, **kwargs):
        return DrillForm(
            *args,
            scenario=scenario,
            seats=queries.seats(scenario, unit, request.now) if scenario else [],
            staff=queries.staff_around(unit, request.now),
            **kwargs,
        )


class NewDrill(_Planning):
    """First where and which scenario (GET), then the rest."""

    def get(self, request):
        permissions.check_plans_any(request.reach)
        unit, scenario = self._chosen(request, request.GET)
        if unit is None:
            return self._page(request, None, None)
        form = self.form(request, unit, scenario, initial={"month": day_of(request.now), "speed": 1})
        for seat in form.seats:
            form.initial[f"plays_{seat.role.id}"] = next((one.username for one in seat.people), "")
        form.initial[f"staff_{StaffRole.CONTROLLER}"] = [request.user.username]
        return self._page(request, unit, scenario, form)

    @once
    def post(self, request):
        permissions.check_plans_any(request.reach)
        unit, scenario = self._chosen(request, request.POST)
        if unit is None:
            raise not_found()
        form = self.form(request, unit, scenario, request.POST)
        if form.is_valid():
            try:
                plan = form.plan(scenario.id if scenario else "")
                drill = actions.plan_drill(reach=request.reach, unit=unit, plan=plan, now=request.now)
                return see_other("drill", drill.number)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, unit, scenario, form, status=422)

    def _chosen(self, request, given) -> tuple[Unit | None, Scenario | None]:
        units = {unit.code: unit for unit in units_of(request.reach)}
        document = library.documents().get(given.get("scenario", ""))
        return units.get(given.get("unit", "")), scenario_of(document) if document else None

    def _page(self, request, unit, scenario, form=None, status=200):
        choose = ChooseForm(
            units=units_of(request.reach),
            scenarios=library.scenarios(),
            initial={"scenario": request.GET.get("scenario", "")},
        )
        context = {"unit": unit, "scenario": scenario, "form": form, "choose": choose}
        return render(request, "drills/new.html", context, status=status)


class DrillPage(LoginRequiredMixin, PartsView):
    """One drill. Planned: what is planned. Under way: the control page; for a player what has come so far. Over: the
    sheet."""

    template_name = "drills/one.html"
    parts = {"drill": ("drills/_drill.html", "drill_context")}

    def prepare(self):
        self.drill = queries.get_drill(self.request.reach, self.kwargs["number"])

    def page_context(self):
        return {"drill_shown": self.drill, "drill": True}

    def drill_context(self):
        drill, reach, now = self.drill, self.request.reach, self.request.now
        scenario = drill.played
        sees = permissions.sees_script(reach, drill)
        may_conduct = is_allowed(permissions.check_can_conduct, reach, drill)
        may_evaluate = is_allowed(permissions.check_can_evaluate, reach, drill)
        verbs = rules.DRILLS.verbs_for(drill.state)
        context = {
            "drill": drill,
            "scenario": scenario,
            "sees": sees,
            "may": {verb.replace("-", "_"): may_conduct and verb in verbs for verb in DrillVerb.values},
            "may_note": may_evaluate and DrillVerb.NOTE in verbs,
            "may_rate": may_evaluate and DrillVerb.RATE in verbs,
            "people": _people(drill, scenario),
            "incidents": list(drill.incidents()),
            "remark_form": RemarkForm(auto_id="remark-%s"),
            "now": now,
            **_words_of(scenario),
        }
        if drill.started_at:
            context |= self._run_context(drill, reach, now, sees)
        return context

    def _run_context(self, drill, reach, now, sees) -> dict:
        found = sheets.sheet(drill)
        shown = {line.row.number for line in queries.lines_for(reach, drill)}
        clock = queries.clock(drill, [row.line for row in found.rows], now)
        context = {
            "rows": [row for row in found.rows if row.line.row.number in shown],
            "clock": clock,
            "next_at": now + clock.comes_in if clock.is_running and clock.comes_in is not None else None,
            "minute": round(clock.minute, 1),
            "own_form": OwnInjectForm(scenario=drill.played, auto_id="own-%s"),
        }
        if sees:
            context |= {"score": found.score, "objectives_rated": found.objectives, "remarks": found.remarks}
        if sees and not drill.is_under_way:
            context |= self._review_context(drill, reach, found)
        return context

    def _review_context(self, drill, reach, found) -> dict:
        may_improve = drill.state in (DrillState.FINISHED, DrillState.REVIEWED) and is_allowed(
            check_can_set, reach, drill.unit
        )
        may_improve = may_improve and is_allowed(permissions.check_can_evaluate, reach, drill)
        owners = owners_offered(drill.unit, self.request.now) if may_improve else []
        return {
            "beside": _beside(sheets.of_drill(drill), sheets.last_real(reach, drill)),
            "ratings": [
                (
                    row,
                    RatingForm(
                        initial={"objective": row.objective.id}, auto_id=f"rate-{row.objective.id}-%s"
                    ),
                )
                for row in found.objectives
            ],
            "review_form": ReviewForm(auto_id="review-%s"),
            "improvements": list(of_source(reach, drill.key)),
            "improve_form": ImprovementForm(owners=owners, auto_id="improve-%s") if may_improve else None,
        }


def _beside(own, real) -> list:
    """Both rows of the comparison; none where there is nothing to compare with."""
    return [own, real] if own and real else []


def _people(drill: Drill, scenario: Scenario | None) -> list[tuple[str, str]]:
    """Role → who takes part in it, in the order of the scenario."""
    language = get_language()
    named = {role.id: role.words.in_language(language) for role in scenario.roles} if scenario else {}
    named |= {str(role): str(role.label) for role in StaffRole}
    taking_part = list(drill.participants.all())
    return [
        (title, "、".join(str(one.person) for one in taking_part if one.role == role))
        for role, title in named.items()
        if any(one.role == role for one in taking_part)
    ]


class ChangeDrill(_Planning):
    """Change what is planned; the scenario may be another one (`?scenario=`)."""

    def get(self, request, number):
        drill, scenario = self._drill(request, number, request.GET)
        taken = [(one.role, one.person.username) for one in drill.participants.all()]
        initial = {
            "month": drill.month,
            "objectives": drill.objectives,
            "speed": drill.speed,
            "kind": drill.kind,
        }
        initial |= {f"plays_{role}": name for role, name in taken}
        for role in StaffRole.values:
            initial[f"staff_{role}"] = [name for taken_as, name in taken if taken_as == role]
        return self._page(request, drill, scenario, self.form(request, drill.unit, scenario, initial=initial))

    @once
    def post(self, request, number):
        drill, scenario = self._drill(request, number, request.POST)
        form = self.form(request, drill.unit, scenario, request.POST)
        if form.is_valid():
            try:
                actions.change_drill(
                    reach=request.reach,
                    drill_id=drill.pk,
                    plan=form.plan(scenario.id if scenario else ""),
                    now=request.now,
                    rev=read_number(request.POST.get("rev", "")),
                )
                messages.success(request, _("Kept."))
                return see_other("drill", drill.number)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, drill, scenario, form, status=422)

    def _drill(self, request, number, given) -> tuple[Drill, Scenario | None]:
        drill = queries.get_drill(request.reach, number)
        permissions.check_can_conduct(request.reach, drill)
        document = library.documents().get(given.get("scenario", drill.scenario))
        return drill, scenario_of(document) if document else None

    def _page(self, request, drill, scenario, form, status=200):
        choose = ChooseForm(
            units=[drill.unit],
            scenarios=library.scenarios(),
            initial={"scenario": scenario.id if scenario else ""},
        )
        context = {"planned": drill, "unit": drill.unit, "scenario": scenario, "form": form, "choose": choose}
        return render(request, "drills/new.html", context, status=status)


class DrillAct(LoginRequiredMixin, View):
    """`start`, `pause`, `resume`, `inject`, `finish`, `cancel`, `note`, `rate`, `review`, `improve`."""

    @once
    def post(self, request, number, verb):
        drill = queries.get_drill(request.reach, number)
        if verb not in _ACTS:
            raise not_found()
        asked = {"reach": request.reach, "drill_id": drill.pk, "now": request.now}
        _ACTS[verb](request.POST, asked, drill)
        messages.success(request, _("Kept."))
        return see_other("drill", drill.number)


def _inject(given, asked, drill):
    if number := read_number(given.get("number", "")):
        actions.inject_by_hand(**asked, number=number)
        return
    form = _filled(OwnInjectForm(given, scenario=drill.played))
    actions.inject_by_hand(**asked, **form.cleaned_data)


def _improve(given, asked, drill):
    owners = owners_offered(drill.unit, asked["now"])
    form = _filled(ImprovementForm(given, owners=owners))
    owner = read_owner(form.cleaned_data["owner"], drill.unit)
    if owner is None:
        raise not_found()
    evaluation.improve_after_drill(
        **asked, owner=owner, text=form.cleaned_data["text"], due_date=form.cleaned_data["due_date"]
    )


def _filled(form):
    if not form.is_valid():
        fields = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        sentence = _(
            "Nothing was written down: a field is missing or not in order. Correct it and send again."
        )
        raise Invalid("form_not_in_order", sentence, fields=fields)
    return form


def _rev(given) -> int | None:
    return read_number(given.get("rev", ""))


_ACTS = {
    "start": lambda given, asked, drill: actions.start_drill(**asked, rev=_rev(given)),
    "pause": lambda given, asked, drill: actions.pause_drill(**asked, rev=_rev(given)),
    "resume": lambda given, asked, drill: actions.resume_drill(**asked, rev=_rev(given)),
    "finish": lambda given, asked, drill: actions.finish_drill(**asked, rev=_rev(given)),
    "cancel": lambda given, asked, drill: actions.cancel_drill(
        **asked, reason=given.get("reason", "")[:200], rev=_rev(given)
    ),
    "inject": _inject,
    "note": lambda given, asked, drill: evaluation.write_remark(
        **asked, **_filled(RemarkForm(given)).cleaned_data
    ),
    "rate": lambda given, asked, drill: evaluation.rate_objective(
        **asked, **_filled(RatingForm(given)).cleaned_data
    ),
    "review": lambda given, asked, drill: evaluation.end_review(
        **asked, **_filled(ReviewForm(given)).cleaned_data, rev=_rev(given)
    ),
    "improve": _improve,
}


class ReportPaper(LoginRequiredMixin, View):
    """The after-action report with its improvement plan, as PDF or Word file, once the drill is over."""

    def get(self, request, number, kind):
        drill = queries.get_drill(request.reach, number)
        if drill.state not in (DrillState.FINISHED, DrillState.REVIEWED):
            raise not_found()
        return respond(after_action_report(request.reach, drill), kind, name=drill.number)
