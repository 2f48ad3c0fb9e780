"""A screen's language lies in its browser, as everybody's does: parts that are rendered once for many go by it."""

from django.conf import settings

from accounts.screens.models import Screen
from accounts.screens.sessions import longest


def dress(response, screen: Screen):
    """The answer with the screen's language, so that this page and every part of it speak it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        screen.language,
        max_age=int(longest().total_seconds()),
        samesite="Lax",
        secure=settings.HTTPS,
    )
    return response
