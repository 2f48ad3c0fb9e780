"""Pages for whoever comes by: no sign-in, no cookie, no script; in the language asked for."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.views import View


class OpenPage(View):
    """Subclasses name their template, and say in `found` what an address opens."""

    template_name: str

    def found(self, request, code: str) -> tuple[int, dict[str, Any]]:
        """The status of the answer, and what the template shows."""
        raise NotImplementedError

    def dispatch(self, request, code):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        chosen = request.GET.get("lang", "")
        languages = dict(settings.LANGUAGES)
        with translation.override(chosen if chosen in languages else translation.get_language()):
            status, shown = self.found(request, code)
            others = [one for one in settings.LANGUAGES if one[0] != translation.get_language()]
            context = {**shown, "status": status, "others": others}
            # Without the request: no name of who is signed in, no cookie against forgery, no menu.
            response = HttpResponse(render_to_string(self.template_name, context), status=status)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response
