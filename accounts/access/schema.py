"""How the OpenAPI description names our two ways in, and the scope that a token needs for each call."""

import re

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.tokens.scopes import FREE, WITHOUT_TOKEN, addresses, scope_for


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.access.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.access.tokens.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def name_scopes(result, generator, request, public):
    """Write `x-scope` to each call that a token may open: OpenAPI 3.0 knows scopes for OAuth alone."""
    routes = {_shape(route): (route, entry.name) for route, entry in addresses()}
    for path, calls in result["paths"].items():
        route, name = routes[_shape(path.lstrip("/"))]
        for method, call in calls.items():
            if name not in FREE | WITHOUT_TOKEN:
                call["x-scope"] = scope_for(route, name, method.upper())
    return result


def _shape(route: str) -> str:
    """An address without the names of its parts: "incidents/{}/close/"."""
    return re.sub(r"<[^>]+>|\{[^}]+\}", "{}", route)
