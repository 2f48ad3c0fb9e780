"""Pages of roll-ups: what goes up, the paper, the year's volume."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from common.documents.official_documents import respond
from common.errors import Refused, is_allowed, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from exchange.queries import right_above
from zero_reports.counts import queries as counts
from zero_reports.filing.reading import check_may_look, read_period
from zero_reports.rollups import actions, exchanged, permissions, queries
from zero_reports.rollups.documents import file_name, roll_up_paper, year_paper
from zero_reports.rollups.forms import ConfirmForm, ReturnForm


class RollUpStart(LoginRequiredMixin, View):
    """The own unit's summary of today, or of the period that is asked for."""

    def get(self, request):
        check_may_look(request.reach)
        unit = counts.top_units(request.reach)[0]
        return see_other("roll-up", unit.code, period_of(DAILY, day_of(request.now)))


class _OneRollUp(LoginRequiredMixin, View):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.unit = counts.get_unit(request.reach, kwargs["unit"])
            self.period = read_period(kwargs["period"])


class RollUpPage(_OneRollUp):
    """What a unit would confirm now, what it has confirmed, and who below has not."""

    def get(self, request, unit, period):
        return self._page(request)

    @once
    def post(self, request, unit, period):
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            actions.confirm_roll_up(
                reach=request.reach, unit=self.unit, period=self.period, now=request.now, **form.cleaned_data
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, form, status=refused.status)
        messages.success(request, _("Confirmed. The level above can build on it."))
        return see_other("roll-up", unit, period)

    def _page(self, request, form=None, status=200):
        unit, period = self.unit, self.period
        draft = queries.draft(unit, period)
        found = queries.versions(unit, period)
        last = found[0] if found else None
        form = form or ConfirmForm(initial={"note": last.note if last else ""})
        # The action says so in its own words; here it only takes "(optional)" off the label.
        form.fields["reason"].required = bool(draft.open_parts)
        may_confirm = is_allowed(permissions.check_can_confirm, request.reach, unit)
        taken_up = queries.is_taken_up(unit, period)
        context = {
            "unit": unit,
            "period": period,
            "draft": draft,
            "class_words": queries.class_words(draft.classes),
            "roll_up": last,
            "pushed": exchanged.sent_of(last) if last else None,
            "goes_to": right_above(unit),
            "former": found[1:],
            "has_drifted": last is not None and queries.has_drifted(last, draft),
            "taken_up": taken_up,
            "may_confirm": may_confirm
            and not taken_up
            and draft.counts.expected
            and request.now >= period.starts_at,
            "may_return": not taken_up and is_allowed(permissions.check_can_return, request.reach, unit),
            "may_return_below": request.reach.holds("report.confirm", unit.path)
            and not (last and last.state == "confirmed"),
            "form": form,
            "return_form": ReturnForm(),
            "earlier": period.shifted(-1),
            "later": period.shifted(1) if period.ends_at <= request.now else None,
            "may_go_up": unit.parent and request.reach.holds("report.view", unit.parent.path),
            "years": queries.years_with_volumes(unit),
            "now": request.now,
        }
        return render(request, "zero_reports/rollups/one.html", context, status=status)


class ReturnDown(_OneRollUp):
    @once
    def post(self, request, unit, period):
        form = ReturnForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        actions.return_down(
            reach=request.reach, unit=self.unit, period=self.period, reason=reason, now=request.now
        )
        messages.success(request, _("Returned. The unit sees the reason."))
        return see_other("roll-up", unit, period)


class RollUpPaper(_OneRollUp):
    """The confirmed summary as PDF or Word file."""

    def get(self, request, unit, period, kind):
        found = queries.current(self.unit, self.period)
        if found is None:
            raise not_found()
        return respond(roll_up_paper(found), kind, name=file_name(self.unit, self.period))


class Volume(LoginRequiredMixin, View):
    """A year's summaries of a unit: a list, and bound as one paper."""

    def get(self, request, unit, year, kind=""):
        found = counts.get_unit(request.reach, unit)
        volume = queries.year_of(request.reach, found, year)
        if kind:
            if not volume.roll_ups:
                raise not_found()
            return respond(year_paper(volume), kind, name=file_name(found, year))
        context = {
            "unit": found,
            "volume": volume,
            "years": queries.years_with_volumes(found),
            "class_words": queries.class_words(volume.classes),
            "now": request.now,
        }
        return render(request, "zero_reports/rollups/volume.html", context)
