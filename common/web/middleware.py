"""Turns a refusal that no view has handled into a calm page with the right status."""

from django.db import InterfaceError, InternalError, OperationalError
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.errors import Refused, TryAgain


class RefusalMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if is_database_away(exception):
            exception = database_away()
        if not isinstance(exception, Refused):
            return None
        response = render(request, "refused.html", {"refused": exception}, status=exception.status)
        if exception.status == 503:
            response["Retry-After"] = "2"
        return response


#: PostgreSQL's code of a write on a server that only reads: a replica, or a primary that has just become one.
READ_ONLY = "25006"


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database did not answer, or answers but cannot write now: either passes by itself."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "pgcode", None) == READ_ONLY
    return isinstance(error, OperationalError | InterfaceError)


def database_away() -> TryAgain:
    """The database is restarting or busy: say so calmly, keep what was typed, let the client repeat."""
    return TryAgain(
        "try_again",
        _(
            "Nothing was saved: the database did not answer just now. What you typed is kept; please try again in a moment."
        ),
    )
