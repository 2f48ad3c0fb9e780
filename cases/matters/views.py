"""Pages of matters: what was reported and waits, what is being worked on, one matter with its acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import title_labels
from cases.demands.forms import AccusationForm, accusation_of, helpers_named
from cases.demands.views import demands_of_matter
from cases.leader_cases.queries import of_thing
from cases.matters import actions, permissions, queries, rules
from cases.matters.choices import MatterState, MatterVerb
from cases.matters.forms import AcceptForm, AssignForm, FileForm, WorkForm
from cases.matters.models import Matter
from cases.official_forms.choices import FormKind
from common.errors import is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from journal.numbering import settled_head
from zero_reports.counts.queries import get_unit
from zero_reports.filing.models import ReportItem
from zero_reports.filing.reading import check_may_look, valid


class MatterList(LoginRequiredMixin, View):
    """What waits to be registered first, then the matters page by page."""

    def get(self, request):
        check_may_look(request.reach)
        code, state = request.GET.get("unit", ""), request.GET.get("state", "open")
        unit = get_unit(request.reach, code) if code else None
        if state not in ("open", "all", "demands", *MatterState.values):
            state = "open"
        waiting = list(queries.unregistered(request.reach, unit)[: queries.OFFERED + 1])
        page = Paginator(queries.matters(request.reach, unit, state), 25).get_page(request.GET.get("page"))
        clocks = queries.clocks_of(page.object_list)
        for matter in page.object_list:
            matter.clocks = [clock for clock in clocks[matter.key] if clock.is_running]
        context = {
            "unit": unit,
            "state": state,
            "states": MatterState.choices,
            "waiting": waiting[: queries.OFFERED],
            "more": len(waiting) > queries.OFFERED,
            "page": page,
            "now": request.now,
        }
        return render(request, "cases/matters/list.html", context)


class Register(LoginRequiredMixin, View):
    @once
    def post(self, request):
        text = request.POST.get("item", "")
        item = ReportItem.objects.filter(
            request.reach.filter("report.view", field="report__unit__path"), pk=read_number(text) or 0
        ).first()
        if item is None:
            raise not_found()
        matter = actions.register_matter(reach=request.reach, item_id=item.pk, now=request.now)
        return see_other("matter", matter.number)


class MatterPage(LoginRequiredMixin, View):
    def get(self, request, number):
        after, _is_settled = settled_head()
        matter = queries.get_matter(request.reach, number)
        may_work = is_allowed(permissions.check_can_work_on, request.reach, matter)
        verbs = rules.TRANSITIONS.verbs_for(matter.state) if may_work else []
        steps = list(matter.steps.select_related("by"))
        titles = title_labels(step.post for step in steps)
        for step in steps:
            step.post = titles.get(step.post, "")
        context = {
            "matter": matter,
            "steps": steps,
            "forms": matter.forms.order_by("kind"),
            "may_work": may_work,
            "verbs": verbs,
            "is_unassigned": matter.state == MatterState.REGISTERED,
            "assign_form": AssignForm(
                initial={
                    "lead": (matter.lead_unit or matter.unit).code,
                    "helpers": " ".join(unit.code for unit in matter.helper_units.all()),
                    "due_date": matter.due_date,
                },
                auto_id="assign-%s",
            ),
            "file_form": FileForm(auto_id="file-%s"),
            "accept_form": _accept_form(matter, request.now) if may_work and not matter.accepted_at else None,
            "works": [
                (verb, MatterVerb(verb).label, WorkForm(auto_id=f"{verb}-%s"))
                for verb in verbs
                if verb in rules.BY_A_SENTENCE
            ],
            "form_kinds": _forms_to_begin(matter) if may_work else [],
            "accusation_form": None if matter.accusation else AccusationForm(auto_id="accusation-%s"),
            "after": after,
            "now": request.now,
            "clocks": queries.clocks_of([matter])[matter.key],
            "leader_cases": of_thing(request.reach, matter=matter),
            "propose": ("matter", matter.number) if may_work and rules.is_open(matter.state) else None,
            **demands_of_matter(request.reach, matter, may_work),
        }
        return render(request, "cases/matters/one.html", context)


def _accept_form(matter: Matter, now, data=None) -> AcceptForm:
    offered = queries.major_situations_for(matter.unit, now)
    kinds = [(line.id, line.words.in_language(get_language())) for line in offered]
    return AcceptForm(data, kinds=kinds, auto_id="accept-%s")


def _forms_to_begin(matter: Matter) -> list[FormKind]:
    """The forms about this matter that can be begun and are not there yet."""
    there = {form.kind for form in matter.forms.all()}
    kinds = [FormKind.F4, FormKind.F5]
    if matter.mediation_ended_at:
        kinds.insert(0, FormKind.F3)
    if matter.accepted_at:
        kinds.insert(0, FormKind.F2)
    return [kind for kind in kinds if kind not in there]


class Act(LoginRequiredMixin, View):
    """One act on one matter; the verb says which."""

    @once
    def post(self, request, number, verb):
        matter = queries.get_matter(request.reach, number)
        asked = {"reach": request.reach, "matter_id": matter.pk, "now": request.now}
        if verb == MatterVerb.ASSIGN:
            given = valid(AssignForm(request.POST))
            helpers = helpers_named(request.reach, given.pop("helpers"))
            (lead,) = helpers_named(request.reach, [given.pop("lead")], "lead")
            actions.assign_matter(**asked, lead=lead, helpers=helpers, **given)
        elif verb == MatterVerb.FILE:
            actions.file_matter(**asked, **valid(FileForm(request.POST)))
        elif verb == MatterVerb.TO_INCIDENT:
            done = actions.make_incident(**asked)
            return see_other("incident", done.incident.number)
        elif verb == MatterVerb.ACCEPT:
            given = valid(_accept_form(matter, request.now, request.POST))
            actions.accept_dispute(**asked, kinds=given.get("kinds", ()))
        elif verb == MatterVerb.END_MEDIATION:
            actions.end_mediation(**asked)
        elif verb == MatterVerb.ACCUSATION:
            actions.hide_accusation(
                **asked, **accusation_of(valid(AccusationForm(request.POST)), request.reach)
            )
        elif verb in rules.BY_A_SENTENCE:
            actions.work_on(**asked, verb=verb, **valid(WorkForm(request.POST)))
        else:
            raise not_found()
        messages.success(request, _("Kept."))
        if not Matter.objects.visible_to(request.reach).filter(pk=matter.pk).exists():
            return see_other("matters")
        return see_other("matter", number)
