"""The administrator's pages of units: the list, a change with its preview, taking one back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.reform import actions, labels, queries
from accounts.reform.forms import ReformForm
from accounts.sign_in.credentials import ConfirmedForm
from accounts.views import only_with, sent
from common.errors import Invalid, Refused

UNITS_PER_PAGE = 50


administrators_only = only_with(
    "units.manage",
    gettext_lazy(
        "This page was not opened: units are kept by the system administrator, and none of your posts is "
        "that. Ask yours for what you need."
    ),
)


@administrators_only
@require_GET
def units(request):
    text = request.GET.get("q", "").strip()[:80]
    page = Paginator(queries.units_of(request.reach, text), UNITS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": text, "reforms": labels.planned_labels(queries.reforms(request.reach)[:20])}
    return render(request, "accounts/reform/units.html", context)


@administrators_only
@require_http_methods(["GET", "POST"])
def change(request):
    """First what it would mean, then, with the credential, the act."""
    if request.method == "GET":
        initial = {"olds": request.GET.get("ends", "")[:400]}
        return _page(request, ReformForm(request=request, initial=initial, confirmed=False))
    is_asked = request.POST.get("act") == "plan"
    form = ReformForm(sent(request), request=request, confirmed=is_asked)
    if not form.is_valid():
        return _page(request, form, status=422, previewed=is_asked)
    given = form.cleaned_data
    if not is_asked:
        # The same words again, now with the question for the credential.
        again = ReformForm(request=request, initial=request.POST.dict())
        found = queries.preview(given["olds"], request.now)
        lines = labels.lines_of(found, news=given["news"], day=given["day"], suffix=given["suffix"])
        return _page(request, again, previewed=True, preview=lines)
    try:
        actions.plan_reform(
            reach=request.reach, now=request.now,
            **{name: given[name] for name in ("olds", "news", "day", "reason", "suffix")},
        )  # fmt: skip
    except Refused as refused:
        _add(form, refused)
        return _page(request, form, status=refused.status, previewed=True)
    messages.success(
        request, _("Planned for %(day)s. It can be cancelled until then.") % {"day": given["day"]}
    )
    return redirect("account-units")


def _add(form: ReformForm, refused: Refused) -> None:
    fields = refused.fields if isinstance(refused, Invalid) else {}
    for name, sentences in fields.items():
        form.add_error(name, sentences)
    if not fields:
        form.add_error(None, str(refused))


def _page(request, form, status=200, **context):
    return render(request, "accounts/reform/change.html", {"form": form, **context}, status=status)


@administrators_only
@require_http_methods(["GET", "POST"])
def cancel(request, reform_id):
    planned = next((one for one in queries.reforms(request.reach) if one.reform.pk == reform_id), None)
    if planned is None:
        raise Http404
    form = ConfirmedForm(sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_reform(reach=request.reach, reform_id=reform_id, now=request.now)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The planned change was cancelled."))
            return redirect("account-units")
    names = ", ".join(str(unit) for unit in planned.ends)
    context = {
        "form": form, "title": _("Cancel the planned change"), "subject": names, "back": ("account-units",),
        "text": _("%(units)s: the change planned for %(day)s is not carried out.")
        % {"units": names, "day": planned.reform.day},
        "button": _("Cancel the change"),
    }  # fmt: skip
    return render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)
