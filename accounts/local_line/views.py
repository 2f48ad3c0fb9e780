"""The administrator's page of a unit's local superior."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.local_line.actions import set_local_superior
from accounts.local_line.forms import LocalSuperiorForm
from accounts.reform.queries import units_of
from accounts.reform.views import administrators_only
from common.errors import Invalid


@administrators_only
@require_http_methods(["GET", "POST"])
def local_line(request, code):
    unit = units_of(request.reach, "").filter(code=code, valid_to__isnull=True).first()
    if unit is None:
        raise Http404
    initial = {"name": unit.local_superior, "phone": unit.local_phone}
    form = LocalSuperiorForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and _is_set(request, unit, form):
        messages.success(request, _("The local line was kept."))
        return redirect("account-units")
    return render(
        request,
        "accounts/local_line/one.html",
        {"unit": unit, "form": form},
        status=422 if form.is_bound else 200,
    )


def _is_set(request, unit, form) -> bool:
    try:
        set_local_superior(reach=request.reach, unit_id=unit.pk, now=request.now, **form.cleaned_data)
    except Invalid as invalid:
        for name, sentences in invalid.fields.items():
            form.add_error(name, sentences)
        return False
    return True
