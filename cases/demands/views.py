"""The demand's part of a matter's page, and the acts on it."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext as _
from django.views import View

from cases.demands import actions, queries, rules
from cases.demands.forms import CloseForm, ReplyForm, SaidForm, TakeOnForm
from cases.demands.models import Demand
from cases.matters.models import Matter
from cases.matters.queries import get_matter
from common.errors import not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.steps.forms import StepForm
from journal.kinds import KINDS
from plans.document.steps import choices, step_label
from zero_reports.filing.reading import valid


def demand_context(matter: Matter, may_work: bool, now: datetime) -> dict:
    """What the matter's page shows of its demand, and the forms of what may be done now."""
    demand = Demand.objects.filter(matter=matter).first()
    context = {"demand": demand, "clocks": queries.clocks_of(matter)}
    if not may_work:
        return context
    if demand is None:
        return {**context, "take_on_form": TakeOnForm(auto_id="demand-%s")}
    left = rules.steps_left(demand.state)
    return {
        **context,
        "demand_steps": [
            (kind, step_label(KINDS[kind]), SaidForm(auto_id=f"{kind.partition('.')[2]}-%s"))
            for kind in left
            if kind in rules.STEPS
        ],
        "reply_form": ReplyForm(auto_id="reply-%s") if rules.REPLY in left else None,
        "close_form": CloseForm(auto_id="close-%s") if demand.is_open and demand.replied_at else None,
        "statute_form": StepForm(steps=choices(queries.steps_of_statutes(now)), auto_id="statute-%s"),
    }


class DemandAct(LoginRequiredMixin, View):
    """One act on the demand of one matter; the address says which."""

    @once
    def post(self, request, number, verb):
        matter = get_matter(request.reach, number)
        asked = {"reach": request.reach, "matter_id": matter.pk, "now": request.now}
        if verb == "take-on":
            actions.take_on(**asked, **valid(TakeOnForm(request.POST)))
        elif verb == "step":
            actions.note_step(**asked, **valid(_step_form(request)))
        elif verb == "reply":
            actions.issue_reply(**asked, **valid(ReplyForm(request.POST)))
        elif verb == "close":
            actions.close_demand(**asked, **valid(CloseForm(request.POST)))
        else:
            raise not_found()
        messages.success(request, _("Kept."))
        return see_other("matter", number)


def _step_form(request) -> forms.Form:
    kind = request.POST.get("kind", "")
    if kind not in rules.STEPS:
        return StepForm(request.POST, steps=choices(queries.steps_of_statutes(request.now)))
    form = SaidForm(request.POST)
    form.fields["kind"] = forms.ChoiceField(choices=[(kind, kind)])
    return form
