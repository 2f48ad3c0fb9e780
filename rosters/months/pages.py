"""What the pages of rosters have in common: the unit and month of the address, the tabs, the way back."""

from datetime import date

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.dates.days import read_month
from common.dates.local_time import day_of
from common.errors import Invalid, NotFound
from rosters import queries


def chosen_unit(request):
    """The unit of the address, else the person's own."""
    code = request.GET.get("unit") or request.POST.get("unit") or ""
    return queries.get_unit(request.reach, code) if code else queries.home_unit(request.reach)


def chosen_month(request) -> date:
    """The first day of the month in the address ("2026-12"); this month for anything else."""
    return read_month(request.GET.get("month", "")) or day_of(request.now).replace(day=1)


def with_unit(address: str, unit, **more) -> str:
    query = "&".join([f"unit={unit.code}", *(f"{name}={value}" for name, value in more.items())])
    return f"{reverse(address)}?{query}"


def tabs(request, unit, current: str) -> list[dict]:
    """The pages of duty this person may open, for this unit where it has one."""
    listed = [("rosters", pgettext("menu", "Month"), unit), ("rosters-mine", _("My duty"), None)]
    if unit and request.reach.holds("readiness.view", unit.path):
        listed += [("readiness", _("Who would be reached"), unit), ("ask-roster", _("Ask the roster"), unit)]
    if unit and request.reach.holds("paper.view", unit.path):
        listed.append(("papers", _("Paper packs"), unit))
    return [
        {"url": with_unit(name, own) if own else reverse(name), "label": label, "current": name == current}
        for name, label, own in listed
    ]


def unit_or_404(request):
    try:
        return chosen_unit(request)
    except NotFound:
        raise Http404 from None


def add_errors(form, invalid: Invalid) -> None:
    """The refusal's sentences beside their fields; its own sentence where it names none."""
    for name, sentences in (invalid.fields or {"": [str(invalid)]}).items():
        form.add_error(name if name in form.fields else None, sentences)


def go(url: str):
    response = redirect(url)
    response.status_code = 303
    return response
