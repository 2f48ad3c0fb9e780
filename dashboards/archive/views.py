"""The archive is asked for here and made in the background. Asking, its end and each download are on record."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View

from common.web.idempotency import once
from incidents.queries import get_incident
from works.actions import ask_for_work
from works.views import sent_to_works


class IncidentArchive(LoginRequiredMixin, View):
    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        work = ask_for_work(
            reach=request.reach,
            kind="archive",
            arguments={"number": incident.number},
            now=request.now,
            unit=incident.unit,
        )
        return sent_to_works(request, work)
