"""Pages of zeros that are asked about, and of the three numbers."""

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Unit
from common.errors import not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.models import Incident
from zero_reports.counts.pages import Look
from zero_reports.filing.models import ZeroReport
from zero_reports.questions import contradictions
from zero_reports.questions.choices import ReplyReason


class CredibilityPage(Look):
    def get(self, request):
        return render(request, "zero_reports/questions/credibility.html", self._context())

    def _context(self):
        around = [self.unit, *Unit.objects.filter(parent=self.unit).order_by("path")]
        found = contradictions.zeros_of(self.request.reach, around, self.request.now)
        return {
            **self.context(),
            "zeros": found,
            "days": contradictions.DAYS,
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
        incident = Incident.objects.visible_to(request.reach).real().filter(number=number).first()
        if report is None or incident is None:
            raise not_found()
        contradictions.reply(
            reach=request.reach,
            report=report,
            incident=incident,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            now=request.now,
        )
        messages.success(request, _("Kept."))
        return see_other("reports-credibility")
