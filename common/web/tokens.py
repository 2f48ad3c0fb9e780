"""A page's tokens in markup that is the same for everybody: left out when it is rendered, put in when it is shown."""

import re
from secrets import token_hex

from django.utils.safestring import SafeString, mark_safe

#: In the place of a CSRF token in markup whose tokens come later.
LATER = "later"

_FIELD = re.compile(r'(?<= name=")(csrfmiddlewaretoken|idempotency_key)(" value=")[^"]*')


def new_key() -> str:
    """An idempotency key: the same key sent twice is the same request."""
    return token_hex(16)


def without_tokens(markup: str) -> str:
    """With the fields for tokens, and nothing in them."""
    return _FIELD.sub(r"\1\2", markup)


def with_tokens(markup: str, csrf_token: object) -> SafeString:
    """With this page's token and a fresh key for each form; with `LATER` as it is."""
    if csrf_token != LATER:
        values = {"csrfmiddlewaretoken": lambda: str(csrf_token or ""), "idempotency_key": new_key}
        markup = _FIELD.sub(lambda found: f"{found[1]}{found[2]}{values[found[1]]()}", markup)
    return mark_safe(markup)  # noqa: S308 rendered by templates; tokens are letters and digits
