"""The description of the API as a page to read, drawn by Swagger UI from our own files."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView


class ApiDocs(LoginRequiredMixin, TemplateView):
    """Every call with what it takes and answers. Reads `/api/v1/schema/` and sends nothing: what is written with this
    API is real, and a page for reading must not be able to dispatch a squad."""

    template_name = "api_docs.html"
