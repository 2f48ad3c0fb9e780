"""The archive as a download. That it was made is on record like every download."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views import View

from dashboards.archive.package import archive_of
from incidents.queries import get_incident


class IncidentArchive(LoginRequiredMixin, View):
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        content = archive_of(request.reach, incident, request.now)
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = content_disposition_header(True, f"{incident.number}.zip")
        response["Cache-Control"] = "no-store"
        return response
