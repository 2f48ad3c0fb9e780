"""Pages that belong to no room."""

import sys

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from common.errors import NotAllowed
from common.web.middleware import database_away, is_database_away


def csrf_failure(request, reason=""):
    """A form that is too old: say what to do instead of an English technical page."""
    refused = NotAllowed(
        "form_expired",
        _(
            "Nothing was saved: this form was opened too long ago or in another sign-in. Go back, reload the page, and send it again."
        ),
    )
    return render(request, "refused.html", {"refused": refused}, status=403)


def server_error(request):
    """What nobody has handled. Where only the database is away, a calm page that asks it nothing.

    Sessions, middleware and the frame of every page ask the database, so its absence shows anywhere, not
    only in views.
    """
    if not is_database_away(sys.exc_info()[1]):
        return defaults.server_error(request)
    if request.path.startswith("/api/"):
        refused = database_away()
        body = {"type": f"urn:problem:{refused.code}", "title": refused.code.replace("_", " "),
                "status": 503, "detail": str(refused), "code": refused.code}  # fmt: skip
        response = JsonResponse(body, status=503, content_type="application/problem+json")
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "2"
    return response
