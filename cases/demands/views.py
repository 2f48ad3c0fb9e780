"""The ledger of demands, registering at the counter, the page of one demand and the acts on it."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from accounts.naming import Names
from accounts.queries import open_unit, title_labels
from accounts.scope import Reach
from cases.demands import actions, answering, permissions, queries, rules, terms
from cases.demands.choices import DemandOrigin, DemandVerb
from cases.demands.forms import (
    AccusationForm,
    AssignDemandForm,
    CloseForm,
    DeliverForm,
    ExtendForm,
    NoticeForm,
    PauseForm,
    PromiseForm,
    ReasonForm,
    RegisterForm,
    ReplyForm,
    SaidForm,
    TakeOnForm,
    TransferForm,
    accusation_of,
    accused_named,
    helpers_named,
    lead_named,
    person_named,
    to_pass_on_to,
)
from cases.demands.models import Demand
from cases.demands.paging import due_page
from cases.leader_cases.queries import of_thing
from cases.matters.models import Matter
from cases.matters.queries import get_matter
from clocks.terms.rules import leading_clock
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import is_allowed, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from incidents.steps.forms import StepForm
from journal.kinds import KINDS
from journal.numbering import settled_head
from plans.document.steps import choices, step_label
from zero_reports.filing.reading import check_may_look, valid

_STATES = ("open", rules.REPLIED, rules.DELIVERED, rules.CLOSED, "all")
#: "Due within" of the ledger, in days.
_WITHIN = ("0", "3", "7", "30")


def _classes(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    return [(line.id, line.words.in_language(get_language())) for line in queries.classes_for(unit, now)]


class Ledger(LoginRequiredMixin, View):
    """Sorted by what was promised. `as=xlsx`: the same rows as a workbook."""

    def get(self, request):
        check_may_look(request.reach)
        asked = request.GET
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        state = asked.get("state") if asked.get("state") in _STATES else "open"
        within = asked.get("within") if asked.get("within") in _WITHIN else ""
        due = request.now + timedelta(days=int(within)) if within else None
        rows = queries.demands(request.reach, unit=unit, state=state, due_before=due)
        if asked.get("as") == "xlsx":
            return respond(_sheet(rows), name=_("Demands"))
        page = due_page(rows, asked, 25)
        context = {
            "page": page,
            "unit": unit,
            "state": state,
            "within": within,
            "states": [(value, _state_words()[value]) for value in _STATES],
            "withins": [(value, _within_words()[value]) for value in _WITHIN],
            "may_register": request.reach.has("matter.manage"),
            "now": request.now,
        }
        return render(request, "cases/demands/list.html", context)


def _state_words() -> dict[str, str]:
    return {
        "open": _("Open ones"),
        rules.REPLIED: _("Replied, not delivered"),
        rules.DELIVERED: _("Delivered, not closed"),
        rules.CLOSED: _("Closed ones"),
        "all": _("All"),
    }


def _within_words() -> dict[str, str]:
    return {
        "0": _("Overdue"),
        "3": _("Due within 3 days"),
        "7": _("Due within 7 days"),
        "30": _("Due within 30 days"),
    }


def _sheet(rows) -> Sheet:
    words = _state_words()
    open_word = _("Being answered")
    return Sheet(
        title=_("Demands"),
        headings=[_("Number"), _("What is asked for"), _("Lead unit"), _("State"), _("Due"), _("Promised by"),
                  _("Number in the petition system"), _("Registered"), _("Reply"), _("Delivered")],
        rows=[
            [one.number, one.point, str(one.lead_unit), words.get(one.state) if one.state != "open" else open_word,
             one.due, one.promised_until, one.office_number, one.registered_at, one.replied_at, one.delivered_at]
            for one in all_of(rows)
        ],
        widths=[22, 40, 24, 16, 18, 18, 20, 18, 18, 18],
    )  # fmt: skip


class Register(LoginRequiredMixin, View):
    """At the counter, or for an incident (`?incident=`): one line for each point."""

    def get(self, request):
        unit, incident = self._where(request)
        form = RegisterForm(
            classes=_classes(unit, request.now), initial={"unit": unit.code}, auto_id="register-%s"
        )
        if incident:
            del form.fields["origin"], form.fields["unit"]
        context = {"form": form, "incident": incident, "unit": unit}
        return render(request, "cases/demands/register.html", context)

    @once
    def post(self, request):
        here, incident = self._where(request)
        form = RegisterForm(request.POST, classes=_classes(here, request.now))
        if incident:
            del form.fields["origin"], form.fields["unit"]
        given = valid(form)
        own = Names.of_verb(request.reach, "matter.manage")
        unit = incident.unit if incident else own.unit(given["unit"])
        lead = lead_named(request.reach, given["lead_unit"])
        accused = accused_named(request.reach, given["accused"])
        points = [line.strip() for line in given["points"].splitlines() if line.strip()]
        with transaction.atomic():
            made = [
                actions.register_demand(
                    reach=request.reach, unit=unit, point=point, now=request.now, kind=given["kind"],
                    origin=DemandOrigin.INCIDENT if incident else given["origin"], lead_unit=lead,
                    office_number=given["office_number"], incident=incident, passed_on=given["passed_on"],
                    accused=accused,
                )
                for point in points
            ]  # fmt: skip
        messages.success(request, _("Registered: %(count)s") % {"count": len(made)})
        if len(made) > 1 or is_gone(request.reach, made[0].number):
            return see_other("demands")
        return see_other("demand", made[0].number)

    @staticmethod
    def _where(request) -> tuple[Unit, object]:
        number = request.GET.get("incident") or request.POST.get("incident") or ""
        incident = get_incident(request.reach, number) if number else None
        if incident:
            return incident.unit, incident
        paths = request.reach.paths("matter.manage")
        if not paths:
            raise not_found()
        return Unit.objects.get(path=paths[0]), None


class DemandPage(LoginRequiredMixin, View):
    def get(self, request, number):
        after, _is_settled = settled_head()
        demand = queries.get_demand(request.reach, number)
        clocks = queries.clocks_of(demand)
        steps = list(demand.steps.select_related("by"))
        titles = title_labels(step.post for step in steps)
        for step in steps:
            step.post = titles.get(step.post, "")
        may_work = is_allowed(permissions.check_can_work_on, request.reach, demand)
        kinds = dict(_classes(demand.unit, request.now))
        context = {
            "demand": demand,
            "kind": kinds.get(demand.kind, demand.kind),
            "supporters": demand.supporters.order_by("path"),
            "clocks": clocks,
            "leading": leading_clock(clocks),
            "steps": steps,
            "may_work": may_work,
            "leader_cases": of_thing(request.reach, demand=demand),
            "propose": ("demand", demand.number) if may_work and demand.is_open else None,
            "now": request.now,
            # No part of it follows, but the page learns at once that it is closed to its reader.
            "after": after,
        }
        if may_work:
            context |= _acts(demand, clocks, list(kinds.items()), request.now)
        elif is_allowed(permissions.check_can_note, request.reach, demand):
            context |= {"may_note": True, "demand_steps": _steps(demand)}
        return render(request, "cases/demands/one.html", context)


def _acts(demand: Demand, clocks, classes, now: datetime) -> dict:
    """The forms of what may be done now, and which of them is the next act."""
    verbs = rules.TRANSITIONS.verbs_for(demand.state)
    own = [clock for clock in clocks if clock.is_running and clock.subject == demand.key]
    assigned = {
        "lead_unit": demand.lead_unit.code,
        "helpers": " ".join(unit.code for unit in demand.supporters.all()),
        "kind": demand.kind,
        "office_number": demand.office_number,
    }
    offered = [
        (DemandVerb.RECEIPT, "notice", NoticeForm, demand.accepted_at is None),
        (DemandVerb.PROMISE, "promise", PromiseForm, True),
        (DemandVerb.REPLY_ISSUED, "reply", ReplyForm, True),
        (DemandVerb.DELIVER, "deliver", DeliverForm, True),
        (DemandVerb.CLOSE_DEMAND, "close", CloseForm, True),
        (DemandVerb.EXTEND, "extend", ExtendForm, any(clock.max_extension for clock in own)),
        (DemandVerb.PAUSE, "pause", PauseForm, any(clock.pausable and not clock.paused_at for clock in own)),
        (DemandVerb.RESUME, "resume", ReasonForm, any(clock.paused_at for clock in own)),
        (DemandVerb.TRANSFER, "transfer", TransferForm, True),
        (DemandVerb.OBJECT, "object", ReasonForm, demand.transferred_from_id is not None),
        (DemandVerb.ACCUSATION, "accusation", AccusationForm, not demand.accusation),
    ]
    following = rules.next_act(
        state=demand.state,
        accepted=demand.accepted_at is not None,
        promised=demand.promised_until is not None,
    )
    forms_ = [
        (verb, label, form(auto_id=f"{label}-%s"), verb == following)
        for verb, label, form, applies in offered
        if verb in verbs and applies
    ]
    return {
        "next_title": _("Next: %(act)s") % {"act": DemandVerb(following).label} if following else "",
        "acts": [(label, DemandVerb(verb).label, form, is_next) for verb, label, form, is_next in forms_],
        "demand_steps": _steps(demand),
        "assign_form": AssignDemandForm(initial=assigned, classes=classes, auto_id="assign-%s")
        if DemandVerb.ASSIGN in verbs
        else None,
        "statute_form": StepForm(steps=choices(queries.steps_of_statutes(now)), auto_id="statute-%s"),
    }


def _steps(demand: Demand) -> list[tuple[str, str, SaidForm]]:
    return [
        (kind, step_label(KINDS[kind]), SaidForm(auto_id=f"{kind.partition('.')[2]}-%s"))
        for kind in rules.steps_left(demand.state)
    ]


class DemandAct(LoginRequiredMixin, View):
    """One act on one demand; the address says which."""

    @once
    def post(self, request, number, verb):
        demand = queries.get_demand(request.reach, number)
        asked = {"reach": request.reach, "demand_id": demand.pk, "now": request.now}
        if verb == "step":
            answering.note_step(**asked, **valid(_step_form(request)))
        elif verb == "assign":
            classes = _classes(demand.unit, request.now)
            given = valid(AssignDemandForm(request.POST, classes=classes))
            lead = lead_named(request.reach, given.pop("lead_unit"))
            helpers = helpers_named(request.reach, given.pop("helpers"))
            actions.assign_demand(**asked, lead_unit=lead, supporters=helpers, **given)
        elif verb in _PLAIN:
            form, action = _PLAIN[verb]
            action(**asked, **valid(form(request.POST)))
        elif verb == "transfer":
            given = valid(TransferForm(request.POST))
            to = to_pass_on_to(request.reach, given["lead_unit"], "lead_unit")
            actions.transfer_demand(**asked, to=to, note=given["note"])
        elif verb == "accusation":
            actions.hide_accusation(
                **asked, **accusation_of(valid(AccusationForm(request.POST)), request.reach)
            )
        elif verb == "extend":
            given = valid(ExtendForm(request.POST))
            terms.extend_demand(
                **asked, days=given["days"], reason=given["note"], approved_by=person_named(given["approved_by"]),
                told_how=given["told_how"], told_at=given["at"] or (request.now if given["told_how"] else None),
            )  # fmt: skip
        elif verb == "pause":
            given = valid(PauseForm(request.POST))
            terms.pause_demand(**asked, reason=given["note"], approved_by=person_named(given["approved_by"]))
        elif verb == "resume":
            terms.resume_demand(**asked, reason=valid(ReasonForm(request.POST))["note"])
        else:
            raise not_found()
        messages.success(request, _("Kept."))
        if is_gone(request.reach, number):
            return see_other("demands")
        return see_other("demand", number)


_PLAIN = {
    "notice": (NoticeForm, answering.give_notice),
    "promise": (PromiseForm, answering.promise_answer),
    "reply": (ReplyForm, answering.issue_reply),
    "deliver": (DeliverForm, answering.deliver_reply),
    "close": (CloseForm, answering.close_demand),
    "object": (ReasonForm, actions.object_to_transfer),
}


def is_gone(reach: Reach, number: str) -> bool:
    """Whether the act took it out of this person's sight (sent back to another unit)."""
    return not Demand.objects.visible_to(reach).filter(number=number).exists()


def _step_form(request) -> forms.Form:
    kind = request.POST.get("kind", "")
    if kind not in rules.STEPS:
        return StepForm(request.POST, steps=choices(queries.steps_of_statutes(request.now)))
    form = SaidForm(request.POST)
    form.fields["kind"] = forms.ChoiceField(choices=[(kind, kind)])
    return form


# --- on the page of a matter --------------------------------------------------------------------------------


def demands_of_matter(reach: Reach, matter: Matter, may_work: bool) -> dict:
    """The demands that came out of a matter, and the form for one more."""
    return {
        "demands": list(
            Demand.objects.visible_to(reach).filter(matter=matter).select_related("lead_unit").order_by("id")
        ),
        "take_on_form": TakeOnForm(auto_id="demand-%s") if may_work else None,
    }


class TakeOn(LoginRequiredMixin, View):
    """Answer a matter as a demand."""

    @once
    def post(self, request, number):
        matter = get_matter(request.reach, number)
        given = valid(TakeOnForm(request.POST))
        demand = actions.take_on(reach=request.reach, matter_id=matter.pk, now=request.now, **given)
        messages.success(request, _("Kept."))
        return see_other("demand", demand.number)
