"""Doors of the HTTP API: problem documents, idempotent POSTs, strong ETags."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import exception_handler as drf_exception_handler

from common.around import SECRET, around
from common.database.composed import Change
from common.database.inserts import Rows
from common.errors import Invalid, Refused, Stale, not_found
from common.failpoints import crash_point
from common.models import GivenAnswer
from common.web.middleware import database_away, is_database_away

PROBLEM = "application/problem+json"
KEPT = timedelta(days=30)

_ANSWERS = Rows(GivenAnswer)
_STORE = Change(
    lambda pk, status, body, headers: (
        GivenAnswer.objects.filter(pk=pk),
        {"status": status, "body": body, "headers": headers},
    )
)


def exception_handler(exception, context):
    """Every error of the API is an RFC 9457 problem document with a stable `code`."""
    if is_database_away(exception):
        exception = database_away()
    if isinstance(exception, Http404):
        exception = not_found()
    if isinstance(exception, Refused):
        return _refused(exception)
    response = drf_exception_handler(exception, context)
    if response is not None:
        _as_problem(response, exception)
    return response


def problem(*, status_code: int, code: str, detail: str, **more) -> Response:
    body = {"type": f"urn:problem:{code}", "title": code.replace("_", " "), "status": status_code,
            "detail": detail, "code": code, **more}  # fmt: skip
    return Response(body, status=status_code, content_type=PROBLEM)


def _refused(refusal: Refused) -> Response:
    more = dict(refusal.extra)
    if isinstance(refusal, Invalid) and refusal.fields:
        more["errors"] = {name: [str(s) for s in sentences] for name, sentences in refusal.fields.items()}
    response = problem(status_code=refusal.status, code=refusal.code, detail=str(refusal), **more)
    if refusal.status == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = "2"
    return response


def _as_problem(response, exception) -> None:
    """Reshape DRF's own errors; field errors of serializers become `errors`."""
    if isinstance(exception, exceptions.ValidationError):
        code, detail = "invalid", _("Nothing was saved: some fields are not in order.")
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
        more = {"errors": response.data}
    else:
        code, detail = (
            exception.get_codes() if isinstance(exception.get_codes(), str) else "invalid",
            exception.detail,
        )
        more = {}
    response.data = {"type": f"urn:problem:{code}", "title": code.replace("_", " "),
                     "status": response.status_code, "detail": str(detail), "code": code, **more}  # fmt: skip
    response.content_type = PROBLEM


def idempotent(method: Callable) -> Callable:
    """Make a DRF POST/PUT method answer a repeated request with its first answer.

    The key, the effect and the stored answer commit together: a twin that runs at the same time waits on
    the unique index and then reads the answer. Refusals are not stored, so the key stays free.
    Source: the IETF Idempotency-Key draft; kept 30 days because a phone may come back late.
    """

    @functools.wraps(method)
    def wrapped(self, request, *args, **kwargs):
        given_key = request.headers.get("Idempotency-Key", "").strip()
        if not given_key:
            return problem(
                status_code=400,
                code="idempotency_key_missing",
                detail=_(
                    "Nothing was done: the request has no Idempotency-Key header. Send one, new for each act."
                ),
            )
        if len(given_key) > 80:
            return problem(
                status_code=400,
                code="idempotency_key_too_long",
                detail=_("Nothing was done: the Idempotency-Key is longer than 80 characters."),
            )
        print_, rights = fingerprint(request), rights_of(request)
        with around(request), transaction.atomic():
            mine = GivenAnswer(
                actor=request.user, key=given_key, fingerprint=print_, rights=rights, at=request.now
            )
            # The first one is the rule: no look first, the constraint knows better than a look.
            if not _ANSWERS.insert_unless_there(mine):
                stored = GivenAnswer.objects.get(actor=request.user, key=given_key)
                return _repeat(stored, print_, rights)
            response = method(self, request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            _STORE(
                mine.pk,
                response.status_code,
                json.dumps(response.data, cls=JSONEncoder, ensure_ascii=False),
                {name: response[name] for name in ("ETag", "Location") if response.has_header(name)},
            )
            crash_point("api.before_commit")
        crash_point("api.before_answer")
        return response

    wrapped.is_idempotent = True  # type: ignore[attr-defined]  # read by common.api.description
    return wrapped


def fingerprint(request) -> str:
    """What makes two requests the same: method, path and body as sent, without the secrets in it."""
    given = request.data
    if isinstance(given, Mapping):
        given = {name: value for name, value in given.items() if name not in SECRET}
    body = json.dumps(given, sort_keys=True, default=str)
    # Keyed: a plain hash of a body that holds a password would be a quick way to guess it.
    text = f"{request.method} {request.path}\n{body}"
    return salted_hmac("common.api", text, algorithm="sha256").hexdigest()


def rights_of(request) -> str:
    """The posts in whose name the caller acts, and what emergency access has opened to them: with others, an answer is
    not theirs to read again."""
    posts = sorted((post.post_id, post.held_as) for post in request.reach.posts)
    opened = sorted((one.access_id, one.subject) for one in request.reach.opened)
    return hashlib.sha256(repr([*posts, *opened]).encode()).hexdigest()


def _repeat(stored: GivenAnswer, print_: str, rights: str) -> Response:
    if stored.fingerprint != print_:
        return problem(
            status_code=422,
            code="idempotency_key_reused",
            detail=_(
                "Nothing was done: this Idempotency-Key already belongs to another request. Use a new key."
            ),
        )
    if stored.rights not in ("", rights):
        return problem(
            status_code=403,
            code="answer_not_repeated",
            detail=_(
                "Nothing was done again: this request was carried out before. Its answer is not repeated, because "
                "the posts you hold have changed since. Read the record itself, if you still may."
            ),
        )
    response = Response(json.loads(stored.body), status=stored.status)
    for name, value in stored.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def etag(rev: int) -> str:
    """The strong ETag of an object at revision `rev`."""
    return f'"{rev}"'


def check_if_match(request, rev: int) -> None:
    """Raise Stale when the caller's If-Match names another revision. Without the header: no check."""
    wanted = request.headers.get("If-Match")
    if wanted and wanted.strip() not in ("*", etag(rev)):
        raise Stale(
            "stale",
            _(
                "Nothing was changed: somebody changed this record after you read it. Read it again, then repeat."
            ),
        )
