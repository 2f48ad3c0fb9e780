"""Pages of pictures: over time, zeros that are asked about, burden, the three numbers, the matrix as a workbook."""

from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from common.days import read_month
from common.errors import not_found
from common.local_time import day_of
from common.once import once
from common.periods import DAILY, WEEKLY, period_of
from common.redirects import see_other
from incidents.models import Incident
from reports.models import ZeroReport
from reports.pictures import agreement, burden, credibility
from reports.pictures.choices import ReplyReason
from reports.pictures.history import history
from reports.queries import get_unit, top_units
from reports.reading import check_may_look

#: How many days and weeks the picture over time shows.
DAYS, WEEKS = 30, 26
#: How many years away a month may be.
FAR = 100


class _Look(LoginRequiredMixin, View):
    """What these pages share: a unit of the reader's, and the month."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            check_may_look(request.reach)
            code = request.GET.get("unit", "")
            self.unit = get_unit(request.reach, code) if code else top_units(request.reach)[0]
            self.month = _month(request.GET.get("month", ""), request.now)

    def context(self) -> dict:
        unit, month, now = self.unit, self.month, self.request.now
        later = _shift(month, 1)
        return {
            "unit": unit,
            "month": f"{month:%Y-%m}",
            "earlier": f"{_shift(month, -1):%Y-%m}",
            "later": f"{later:%Y-%m}" if later <= day_of(now) else "",
            "may_go_up": unit.parent and self.request.reach.holds("report.view", unit.parent.path),
            "now": now,
        }


def _month(text: str, now: datetime) -> date:
    """The first day of the month written "2026-11"; of this month for anything else, also for another age."""
    month = read_month(text)
    return month if month and abs(month.year - now.year) <= FAR else day_of(now).replace(day=1)


def _shift(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


class HistoryPage(_Look):
    def get(self, request):
        cadence = WEEKLY if request.GET.get("cadence") == WEEKLY else DAILY
        last = period_of(cadence, day_of(request.now))
        many = WEEKS if cadence == WEEKLY else DAYS
        periods = [last.shifted(-back) for back in range(many, 0, -1)]
        context = {**self.context(), "history": history(self.unit, periods), "cadence": cadence}
        return render(request, "reports/pictures/history.html", context)


class CredibilityPage(_Look):
    def get(self, request):
        return render(request, "reports/pictures/credibility.html", self._context())

    def _context(self):
        around = [self.unit, *Unit.objects.filter(parent=self.unit).order_by("path")]
        found = credibility.zeros_of(self.request.reach, around, self.request.now)
        return {
            **self.context(),
            "zeros": found,
            "days": credibility.DAYS,
            "reasons": ReplyReason.choices,
            "has_questions": any(one.questions for one in found),
            "filing": {
                one.unit.pk for one in found if self.request.reach.holds("report.file", one.unit.path)
            },
        }

    @once
    def post(self, request):
        receipt, number = request.POST.get("receipt", ""), request.POST.get("incident", "")
        report = (
            ZeroReport.objects.visible_to(request.reach)
            .filter(receipt=receipt)
            .select_related("unit")
            .first()
        )
        incident = Incident.objects.visible_to(request.reach).filter(number=number).first()
        if report is None or incident is None:
            raise not_found()
        credibility.reply(
            reach=request.reach,
            report=report,
            incident=incident,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            now=request.now,
        )
        messages.success(request, _("Kept."))
        return see_other("reports-credibility")


class BurdenPage(_Look):
    def get(self, request):
        rows = burden.burdens(self.unit, self.month, request.now)
        return render(request, "reports/pictures/burden.html", {**self.context(), "rows": rows})


class AgreementPage(_Look):
    def get(self, request):
        rows = agreement.agreements(self.unit, self.month)
        return render(request, "reports/pictures/agreement.html", {**self.context(), "rows": rows})
