"""The administrator's pages of whom a unit is rung at."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Unit
from accounts.reform.queries import units_of
from accounts.reform.views import administrators_only
from accounts.unit_lines.actions import set_duty_phone, set_local_superior
from accounts.unit_lines.forms import DutyPhoneForm, LocalSuperiorForm
from common.errors import Invalid


@administrators_only
@require_http_methods(["GET", "POST"])
def duty_phone(request, code):
    unit = _unit(request, code)
    form = DutyPhoneForm(request.POST if request.method == "POST" else None, initial={"phone": unit.phone})
    return _page(
        request,
        unit,
        form,
        "accounts/unit_lines/duty_room.html",
        set_duty_phone,
        _("The telephone was kept."),
    )


@administrators_only
@require_http_methods(["GET", "POST"])
def local_line(request, code):
    unit = _unit(request, code)
    form = LocalSuperiorForm(
        request.POST if request.method == "POST" else None,
        initial={"name": unit.local_superior, "phone": unit.local_phone},
    )
    return _page(
        request,
        unit,
        form,
        "accounts/unit_lines/local.html",
        set_local_superior,
        _("The local line was kept."),
    )


def _unit(request, code: str) -> Unit:
    unit = units_of(request.reach, "").filter(code=code, valid_to__isnull=True).first()
    if unit is None:
        raise Http404
    return unit


def _page(request, unit: Unit, form, template: str, change, said: str):
    """The form, or back to the units once `change` has taken what is in it."""
    if form.is_valid():
        try:
            change(reach=request.reach, unit_id=unit.pk, now=request.now, **form.cleaned_data)
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name, sentences)
        else:
            messages.success(request, said)
            return redirect("account-units")
    return render(request, template, {"unit": unit, "form": form}, status=422 if form.is_bound else 200)
