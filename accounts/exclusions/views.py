"""Who is recused from what: the list, the page of one thing, and the acts."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.exclusions import actions, permissions, queries
from accounts.exclusions.forms import EndForm, RecuseForm
from accounts.exclusions.things import find_thing
from accounts.scope import Reach
from common.errors import Invalid, is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other


class RecusalList(LoginRequiredMixin, View):
    def get(self, request):
        state = "all" if request.GET.get("state") == "all" else "standing"
        mine = request.GET.get("mine") == "1"
        rows = queries.exclusions(request.reach, state=state, mine=mine)
        page = Paginator(rows, 25).get_page(request.GET.get("page"))
        _with_ends(request.reach, page.object_list)
        return render(request, "accounts/exclusions/list.html", {"page": page, "state": state, "mine": mine})


class RecusalsOf(LoginRequiredMixin, View):
    def get(self, request, kind, number):
        thing = find_thing(request.reach, kind, number)
        context = {
            "kind": kind,
            "thing": thing,
            "rows": _with_ends(request.reach, queries.about(thing.key)),
            "self_form": RecuseForm(auto_id="self-%s"),
            "other_form": RecuseForm(auto_id="other-%s"),
            "may_order": any(request.reach.holds("recusal.order", path) for path in thing.paths),
        }
        return render(request, "accounts/exclusions/of.html", context)


class Begin(LoginRequiredMixin, View):
    @once
    def post(self, request, kind, number):
        thing = find_thing(request.reach, kind, number)
        form = RecuseForm(request.POST)
        if not form.is_valid():
            raise Invalid("invalid", _("Nobody was recused: say why in a sentence."), fields=form.errors)
        person = queries.person_meant(request.reach, thing, form.cleaned_data["person"])
        actions.recuse_person(
            reach=request.reach,
            thing=thing,
            person=person,
            reason=form.cleaned_data["reason"],
            now=request.now,
        )
        messages.success(request, _("Recused from %(number)s.") % {"number": number})
        return see_other("recusals") if person == request.user else see_other("recusals-of", kind, number)


class End(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        row = queries.get_exclusion(request.reach, pk)
        form = EndForm(request.POST)
        if not form.is_valid():
            raise Invalid("invalid", _("Nothing was ended: say why in a sentence."), fields=form.errors)
        actions.end_exclusion(
            reach=request.reach, exclusion_id=row.pk, reason=form.cleaned_data["reason"], now=request.now
        )
        messages.success(request, _("Kept."))
        return see_other("recusals")


def _with_ends(reach: Reach, rows):
    """Each row with the form that ends it, where this person may."""
    for row in rows:
        row.may_end = row.is_standing and is_allowed(permissions.check_can_end, reach, row)
        row.end_form = EndForm(auto_id=f"end-{row.pk}-%s")
    return rows
