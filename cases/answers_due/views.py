"""My answers due, and those of a unit."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from cases.answers_due import actions, queries, rules
from cases.answers_due.forms import HourForm
from cases.demands.choices import DemandVerb
from cases.demands.paging import due_page
from cases.demands.rules import next_act
from common.errors import is_allowed
from common.web.idempotency import once
from common.web.redirects import back_to
from zero_reports.filing.reading import check_may_look, valid

#: Of what others lead and these units help with.
_HELPED = 25


class AnswersDue(LoginRequiredMixin, View):
    """Without `unit`: of the units where this person holds a post that answers."""

    def get(self, request):
        check_may_look(request.reach)
        code = request.GET.get("unit", "")
        mine = queries.own_units(request.reach)
        units = [queries.unit_asked(request.reach, code)] if code else mine
        page = due_page(queries.answers_due(request.reach, units), request.GET, 50)
        for demand in page.rows:
            demand.next = self._next(demand)
        headings = groupby(page.rows, key=lambda one: rules.heading_of(one.due, request.now))
        context = {
            "units": units,
            "mine": mine,
            "may_register": request.reach.has("matter.manage"),
            "asked": units[0] if code else None,
            "groups": [(name, _heading_words()[name], list(rows)) for name, rows in headings],
            "page": page,
            "helped": list(queries.supported(request.reach, units)[:_HELPED]) if units else [],
            "tally": queries.tally_of(request.reach, units, request.now),
            "digests": [
                (unit, queries.digest_of(unit), self._form(unit))
                for unit in units
                if is_allowed(queries.check_can_choose, request.reach, unit)
            ],
            "now": request.now,
        }
        return render(request, "cases/answers_due/list.html", context)

    @staticmethod
    def _next(demand) -> str:
        verb = next_act(
            state=demand.state,
            accepted=demand.accepted_at is not None,
            promised=demand.promised_until is not None,
        )
        return _("Next: %(act)s") % {"act": DemandVerb(verb).label} if verb else ""

    @staticmethod
    def _form(unit) -> HourForm:
        row = queries.digest_of(unit)
        initial = {"hour": row.hour, "also_when_empty": row.also_when_empty} if row else None
        return HourForm(initial=initial, auto_id=f"digest-{unit.pk}-%s")


class ChooseHour(LoginRequiredMixin, View):
    @once
    def post(self, request, code):
        unit = queries.unit_asked(request.reach, code)
        given = valid(HourForm(request.POST))
        row = actions.choose_hour(reach=request.reach, unit=unit, now=request.now, **given)
        messages.success(
            request, _("From now on at the hour chosen.") if row.hour else _("Nothing is sent any more.")
        )
        return back_to(request, reverse("answers-due"))


def _heading_words() -> dict[str, str]:
    return {
        rules.OVERDUE: _("Overdue"),
        rules.TODAY: _("Today"),
        rules.WEEK: _("Within seven days"),
        rules.LATER: _("After seven days"),
        rules.NO_DAY: _("No time limit runs"),
    }
