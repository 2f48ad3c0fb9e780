"""The way in by a provider, over OpenID Connect or SAML, whichever the settings name: one button, one name."""

from django.conf import settings
from django.urls import reverse


def name() -> str:
    """What the provider is called on the sign-in page; empty where there is none."""
    if settings.OIDC_ISSUER:
        return settings.OIDC_NAME
    return settings.SAML_NAME if settings.SAML_PROVIDER else ""


def claim() -> str:
    """What of its answer is the username here."""
    return settings.OIDC_CLAIM if settings.OIDC_ISSUER else settings.SAML_ATTRIBUTE or "NameID"


def own_address(route: str) -> str:
    """An address of ours as the provider of SAML knows it: by SITE_URL, whatever host a request names."""
    return settings.SITE_URL.rstrip("/") + reverse(route)
