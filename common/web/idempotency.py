"""A form sent twice is one act: the browser's twin of `common.api.doors.idempotent`."""

import functools

from django.db import transaction
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from common.around import SECRET, around
from common.failpoints import crash_point
from common.models import GivenAnswer


def once(post):
    """Make a view's POST method answer a repeated `idempotency_key` with its first redirect.

    The key is the hidden field of `{% once_key %}` (or the Idempotency-Key header of the form script). It
    commits together with the effect; an answer that is not a redirect stores nothing, so the corrected form
    may use the same key. A form without a key is simply carried out.
    """

    @functools.wraps(post)
    def wrapped(self, request, *args, **kwargs):
        key = request.headers.get("Idempotency-Key") or request.POST.get("idempotency_key", "")
        if not key or len(key) > 80:
            with around(request):
                return post(self, request, *args, **kwargs)
        with around(request), transaction.atomic():
            stored, is_new = GivenAnswer.objects.get_or_create(
                actor=request.user, key=key, defaults={"fingerprint": _form_of(request), "at": request.now}
            )
            if not is_new and stored.fingerprint == _form_of(request):
                return HttpResponse(status=stored.status, headers=stored.headers)
            response = post(self, request, *args, **kwargs)
            if response.status_code not in (302, 303):
                transaction.set_rollback(True)
                return response
            if is_new:
                stored.status, stored.headers = response.status_code, {"Location": response["Location"]}
                stored.save(update_fields=["status", "headers"])
        crash_point("once.before_answer")
        return response

    return wrapped


def _form_of(request) -> str:
    """The address and the fields, without the token that changes with each page and without secrets."""
    left_out = {"csrfmiddlewaretoken", *SECRET}
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in left_out)
    # Keyed: a plain hash of a form that holds a password would be a quick way to guess it.
    return salted_hmac("common.idempotency", f"{request.path}\n{fields}", algorithm="sha256").hexdigest()
