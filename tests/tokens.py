"""A token of the API that opens whatever its person may."""

from datetime import timedelta

from accounts.access import tokens
from accounts.tokens.scopes import every_scope


def issue(*, user, now, note: str = "", scopes=None) -> str:
    """Its secret. `scopes`: those alone."""
    given = every_scope() if scopes is None else scopes
    _token, secret = tokens.issue(
        user=user, now=now, note=note, scopes=given, until=now + timedelta(days=365)
    )
    return secret
