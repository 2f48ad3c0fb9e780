"""Every error below /api/ is a problem document (RFC 9457), also where no view of ours was reached."""

import logging
import secrets

from django.http import JsonResponse
from django.utils.translation import gettext as _

PROBLEM = "application/problem+json"
#: Headers of an answer that stay when its page becomes a problem document.
_KEPT = ("Retry-After", "Allow", "WWW-Authenticate")
_CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
          503: "try_again"}  # fmt: skip
log = logging.getLogger(__name__)


def problem_response(*, status: int, code: str, detail: str, **more: object) -> JsonResponse:
    body = {"type": f"urn:problem:{code}", "title": code.replace("_", " "), "status": status, "detail": detail,
            "code": code, **more}  # fmt: skip
    return JsonResponse(body, status=status, content_type=PROBLEM)


class ProblemMiddleware:
    """Gives each request an id, told in `X-Request-ID`, and puts a problem document in the place of an error page
    below /api/: an unknown address, a refused host, a crash. The same with DEBUG on."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = secrets.token_hex(8)
        response = self.get_response(request)
        if response.status_code >= 500:
            # By route and not by address: an address may hold a token.
            route = request.resolver_match.route if request.resolver_match else "none"
            log.error("request %s to %s was answered with %s", request.id, route, response.status_code)
        if request.path.startswith("/api/") and response.status_code >= 400 and not _is_json(response):
            response = _in_its_place(request, response)
        response["X-Request-ID"] = request.id
        return response


def _is_json(response) -> bool:
    return response.get("Content-Type", "").partition(";")[0] in (PROBLEM, "application/json")


def _in_its_place(request, page) -> JsonResponse:
    status = page.status_code
    code = _CODES.get(status, "refused" if status < 500 else "fault")
    response = problem_response(status=status, code=code, detail=_detail(status), request_id=request.id)
    for name in _KEPT:
        if name in page:
            response[name] = page[name]
    response.cookies = page.cookies
    return response


def _detail(status: int) -> str:
    if status == 404:
        return _(
            "Nothing was done: there is no such address. The addresses are described at /api/v1/schema/."
        )
    if status < 500:
        return _("Nothing was done: the request was refused before it was read. Check how it is sent.")
    return _(
        "Nothing was done: the system has a fault, which is in its log under this request's id. Try again later, and "
        "report by telephone in an emergency."
    )
