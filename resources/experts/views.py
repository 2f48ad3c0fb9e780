"""Pages of the list of experts, and the page of an incident from which one is called."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from common.errors import Invalid, Refused, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from journal.keys import key
from journal.record import record
from resources.experts import actions, calls, permissions, queries
from resources.experts.forms import AwayForm, CallForm, CallStepForm, ExpertForm, NewExpertForm
from resources.experts.models import Expert
from resources.experts.permissions import is_own
from resources.permissions import check_can_keep, check_can_look, check_keeps_any

PER_PAGE = 50


class ExpertList(LoginRequiredMixin, View):
    """How full the pools are, and who is on the list; no numbers here."""

    def get(self, request):
        check_can_look(request.reach)
        rows = queries.experts(request.reach)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "rows": [(expert, expert.is_available(request.now)) for expert in page.object_list],
            "pools": queries.pool_counts(request.reach, _first_unit(request), request.now),
            "may_add": request.reach.has("resource.keep"),
        }
        return render(request, "resources/experts/list.html", context)


def _first_unit(request) -> Unit:
    """The unit of the first post from which this person looks resources up."""
    path = request.reach.paths("resource.view")[0]
    return Unit.objects.get(path=path)


def _kinds(request) -> list[tuple]:
    """The kinds of the plans that hold at the units where this person has a post."""
    units = Unit.objects.filter(pk__in={post.unit_id for post in request.reach.posts}).order_by("path")
    found = [queries.kinds_offered(unit, request.now) for unit in units]
    return [(offered.kind.id, offered.kind.words) for offers in found for offered in offers]


class NewExpert(LoginRequiredMixin, View):
    def get(self, request):
        check_keeps_any(request.reach)
        return self._page(request, NewExpertForm(reach=request.reach, kinds=_kinds(request)))

    @once
    def post(self, request):
        check_keeps_any(request.reach)
        form = NewExpertForm(request.POST, reach=request.reach, kinds=_kinds(request))
        if form.is_valid():
            try:
                expert = actions.add_expert(reach=request.reach, now=request.now, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("expert", expert.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, form, status=422)

    def _page(self, request, form, status=200):
        return render(request, "resources/experts/new.html", {"form": form}, status=status)


class ExpertPage(LoginRequiredMixin, View):
    """One expert. The number is shown to who keeps the list or calls from it, and that it was is recorded."""

    def get(self, request, pk):
        expert = queries.get_expert(request.reach, pk)
        initial = {name: getattr(expert, name) for name in ExpertForm.base_fields}
        initial["account"] = expert.account.username if expert.account else ""
        return self._page(request, expert, self._form(request, expert, initial=initial))

    @once
    def post(self, request, pk):
        """Change what is written of them."""
        expert = queries.get_expert(request.reach, pk)
        form = self._form(request, expert, request.POST)
        if form.is_valid():
            try:
                actions.change_expert(**_asked(request, expert), **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("expert", expert.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, expert, form, status=422)

    def _form(self, request, expert, *args, **kwargs):
        own = [(expert.kind, expert)] if expert.kind else []
        kinds = [*_kinds(request), *((id_, _WordsOf(one)) for id_, one in own)]
        return ExpertForm(*args, reach=request.reach, kinds=kinds, **kwargs)

    def _page(self, request, expert, form, status=200):
        may_keep = expert.is_listed and is_allowed(check_can_keep, request.reach, expert.unit)
        shows_number = expert.is_listed and permissions.sees_numbers(request.reach, expert.unit)
        if shows_number:
            record_shown(request, [expert])
        context = {
            "expert": expert,
            "form": form,
            "away_form": AwayForm(auto_id="away-%s"),
            "is_available": expert.is_available(request.now),
            "may_keep": may_keep,
            "shows_number": shows_number,
        }
        response = render(request, "resources/experts/one.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class _WordsOf:
    """The words of the kind that an expert was given, in the form of a plan's."""

    def __init__(self, expert: Expert):
        self._expert = expert

    def in_language(self, language):
        return self._expert.title


class ExpertAct(LoginRequiredMixin, View):
    """`away`, `available`, `end`."""

    @once
    def post(self, request, pk, verb):
        expert = queries.get_expert(request.reach, pk)
        asked = _asked(request, expert)
        if verb == "away":
            form = AwayForm(request.POST)
            form.is_valid()
            given = {name: form.cleaned_data.get(name) for name in ("note", "until")}
            actions.set_away(**asked, note=given["note"] or "", until=given["until"])
        elif verb == "available":
            actions.set_available(**asked)
        elif verb == "end":
            actions.end_expert(**asked)
        else:
            raise not_found()
        messages.success(request, _("Kept."))
        return see_other("experts") if verb == "end" else see_other("expert", expert.pk)


def _asked(request, expert: Expert) -> dict:
    rev = read_number(request.POST.get("rev", ""))
    return {"reach": request.reach, "expert_id": expert.pk, "now": request.now, "rev": rev}


# --- calls of an incident --------------------------------------------------------------------------------------


class IncidentExperts(LoginRequiredMixin, View):
    """Whom to call for an incident, with their numbers; POST writes down that one was called."""

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        return self._page(request, incident)

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_call(request.reach, incident)
        form = CallForm(request.POST, experts=queries.experts_serving(incident.unit, request.now))
        if form.is_valid():
            try:
                calls.call_expert(
                    reach=request.reach,
                    incident_id=incident.pk,
                    expert_id=int(form.cleaned_data["expert"]),
                    question=form.cleaned_data["question"],
                    now=request.now,
                )
                return see_other("incident-experts", incident.number)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, incident, form, status=422)

    def _page(self, request, incident, form=None, status=200):
        may_call = is_allowed(permissions.check_can_call, request.reach, incident)
        can_call = may_call and incident.is_open
        serving = queries.experts_serving(incident.unit, request.now) if can_call else []
        available = [expert for expert in serving if expert.is_available(request.now)]
        if available:
            record_shown(request, available)
        context = {
            "incident": incident,
            "drill": incident.drill,
            "calls": [
                (shown, CallStepForm(verbs=shown.verbs, auto_id=f"call-{shown.call.pk}-%s"))
                for shown in queries.with_clocks(
                    queries.calls_of(incident), may_call, partial(is_own, request.reach)
                )
            ],
            "available": available,
            "away": [expert for expert in serving if not expert.is_available(request.now)],
            "form": form or CallForm(experts=available),
            "can_call": can_call,
        }
        response = render(request, "resources/experts/incident.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class MoveCall(LoginRequiredMixin, View):
    @once
    def post(self, request, number, pk):
        incident = get_incident(request.reach, number)
        call = queries.get_call(incident, pk)
        form = CallStepForm(request.POST)
        if not form.is_valid():
            raise _not_in_order(form)
        calls.move_call(
            reach=request.reach,
            call_id=call.pk,
            now=request.now,
            rev=read_number(request.POST.get("rev", "")),
            **form.cleaned_data,
        )
        messages.success(request, _("Kept."))
        return see_other("incident-experts", incident.number)


def _not_in_order(form) -> Invalid:
    fields = {name: [str(error) for error in errors] for name, errors in form.errors.items()}
    sentence = _("Nothing was written down: a field is missing or not in order. Correct it and send again.")
    return Invalid("form_not_in_order", sentence, fields=fields)


@transaction.atomic
def record_shown(request, experts: list[Expert]) -> None:
    """That the numbers of these advisers were shown to this person."""
    post = next(iter(request.reach.posts), None)
    record(
        "person.phones_shown",
        subject=key("user", request.user.pk),
        unit=Unit.objects.get(pk=post.unit_id) if post else None,
        post=post.title if post else "",
        actor=request.user,
        at=request.now,
        content={"experts": [expert.pk for expert in experts]},
    )
