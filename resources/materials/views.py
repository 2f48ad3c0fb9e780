"""Pages of the stock: what is kept, one item with its ledger, and the kits of the plans."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from common.dates.local_time import day_of
from common.errors import Invalid, Refused, is_allowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from resources.materials import actions, queries
from resources.materials.forms import (
    KitForm,
    MaterialForm,
    MaterialSearchForm,
    MovementForm,
    NewMaterialForm,
)
from resources.materials.models import Material
from resources.permissions import check_can_keep, check_can_look, check_keeps_any
from resources.visibility import unit_looked_up

PER_PAGE = 50


class MaterialList(LoginRequiredMixin, View):
    def get(self, request):
        check_can_look(request.reach)
        search = MaterialSearchForm(request.GET)
        wanted = search.cleaned_data if search.is_valid() else {"q": "", "wanting": False}
        rows = queries.materials(
            request.reach,
            text=wanted["q"].strip(),
            only_wanting_at=request.now if wanted["wanting"] else None,
        )
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        today = day_of(request.now)
        context = {
            "search": search,
            "page": page,
            "rows": [(material, material.fault(today)) for material in page.object_list],
            "may_add": request.reach.has("resource.keep"),
            "units": _own_units(request),
        }
        return render(request, "resources/materials/list.html", context)


def _own_units(request) -> list[Unit]:
    """The units of this person's own posts, whose kits are a step away."""
    pks = {post.unit_id for post in request.reach.posts}
    return list(
        Unit.objects.filter(request.reach.filter("resource.view", "path"), pk__in=pks).order_by("path")
    )


def _kits(request) -> list:
    """The kits of the plans that hold at this person's own units."""
    found = {kit.id: kit for unit in _own_units(request) for kit in queries.kits_at(unit, request.now)}
    return list(found.values())


class NewMaterial(LoginRequiredMixin, View):
    def get(self, request):
        check_keeps_any(request.reach)
        return self._page(request, NewMaterialForm(reach=request.reach, kits=_kits(request)))

    @once
    def post(self, request):
        check_keeps_any(request.reach)
        form = NewMaterialForm(request.POST, reach=request.reach, kits=_kits(request))
        if form.is_valid():
            try:
                material = actions.add_material(reach=request.reach, now=request.now, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("material", material.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, form, status=422)

    def _page(self, request, form, status=200):
        return render(request, "resources/materials/new.html", {"form": form}, status=status)


class MaterialPage(LoginRequiredMixin, View):
    """One item: what is on hand and out, its ledger, and the form of a movement."""

    def get(self, request, pk):
        material = queries.get_material(request.reach, pk)
        return self._page(request, material)

    @once
    def post(self, request, pk):
        """Change what is written of it."""
        material = queries.get_material(request.reach, pk)
        form = self._form(request, material, request.POST)
        if form.is_valid():
            try:
                actions.change_material(**_asked(request, material), **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("material", material.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, material, form=form, status=422)

    def _form(self, request, material, *args):
        present = f"{material.kit}/{material.kit_item}" if material.kit else ""
        initial = {name: getattr(material, name) for name in MaterialForm.base_fields if name != "kit_item"}
        return MaterialForm(
            *args, kits=_kits(request), present=present, initial={**initial, "kit_item": present}
        )

    def _page(self, request, material, *, form=None, movement_form=None, status=200):
        may_keep = material.is_kept and is_allowed(check_can_keep, request.reach, material.unit)
        ledger = Paginator(queries.movements_of(material), PER_PAGE).get_page(request.GET.get("page"))
        numbers = queries.numbers_seen(request.reach, ledger.object_list)
        context = {
            "material": material,
            "fault": material.fault(day_of(request.now)),
            "page": ledger,
            "rows": [(row, numbers.get(row.pk, "")) for row in ledger.object_list],
            "form": form or self._form(request, material),
            "movement_form": movement_form or MovementForm(auto_id="move-%s"),
            "may_keep": may_keep,
        }
        return render(request, "resources/materials/one.html", context, status=status)


class MoveMaterial(MaterialPage):
    """One movement, from the form on the item's page."""

    def get(self, request, pk):
        queries.get_material(request.reach, pk)
        return see_other("material", pk)

    @once
    def post(self, request, pk):
        material = queries.get_material(request.reach, pk)
        form = MovementForm(request.POST, auto_id="move-%s")
        if form.is_valid():
            given = form.cleaned_data
            number = given.pop("incident").strip()
            try:
                incident = get_incident(request.reach, number) if number else None
                actions.move_material(**_asked(request, material), incident=incident, **given)
                messages.success(request, _("Kept."))
                return see_other("material", material.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, material, movement_form=form, status=422)


class EndMaterial(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        material = queries.get_material(request.reach, pk)
        actions.end_material(**_asked(request, material))
        messages.success(request, _("Kept."))
        return see_other("materials")


def _asked(request, material: Material) -> dict:
    rev = read_number(request.POST.get("rev", ""))
    return {"reach": request.reach, "material_id": material.pk, "now": request.now, "rev": rev}


# --- kits ------------------------------------------------------------------------------------------------------


class Kits(LoginRequiredMixin, View):
    """The kits of the plans that hold for a unit, and what each lacks."""

    def get(self, request, unit):
        found = unit_looked_up(request.reach, unit)
        states = queries.kit_states(queries.kits_at(found, request.now), found, request.now)
        context = {
            "unit": found,
            "states": states,
            "wanting": queries.wanting_at(found, request.now),
            "may_keep": is_allowed(check_can_keep, request.reach, found),
        }
        return render(request, "resources/materials/kits.html", context)


class OneKit(LoginRequiredMixin, View):
    """Go through a kit, line by line."""

    def get(self, request, unit, kit):
        found, named = _unit_and_kit(request, unit, kit)
        check_can_keep(request.reach, found)
        return self._page(request, found, named, KitForm(kit=named))

    @once
    def post(self, request, unit, kit):
        found, named = _unit_and_kit(request, unit, kit)
        form = KitForm(request.POST, kit=named)
        if form.is_valid():
            try:
                actions.check_kit(
                    reach=request.reach,
                    unit=found,
                    kit_id=named.id,
                    answers=form.answers(),
                    note=form.cleaned_data["note"],
                    now=request.now,
                )
                messages.success(request, _("Kept."))
                return see_other("kits", found.code)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, found, named, form, status=422)

    def _page(self, request, unit, kit, form, status=200):
        context = {"unit": unit, "kit": kit, "form": form}
        return render(request, "resources/materials/kit.html", context, status=status)


def _unit_and_kit(request, code: str, kit_id: str):
    unit = unit_looked_up(request.reach, code)
    return unit, queries.kit_named(unit, kit_id, request.now)
