"""The page of the three numbers."""

from django.shortcuts import render

from cases.reconciliation import queries
from zero_reports.counts.pages import Look


class AgreementPage(Look):
    def get(self, request):
        rows = queries.agreements(request.reach, self.unit, self.month)
        return render(request, "cases/reconciliation/agreement.html", {**self.context(), "rows": rows})
