"""allauth's OpenID Connect with what it leaves open: every signature, the nonce and the issuer are checked.

allauth skips the signature of a token it fetched itself and sends no nonce; both are asked for here. What a request
could add (scope, parameters, `process=connect`) is not read.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.urls import reverse

from accounts.central import tokens

PROVIDER = "central"


def app() -> SocialApp:
    """The installation's provider, from the environment; no row of the database opens another one."""
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=PROVIDER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={
            "server_url": settings.OIDC_ISSUER.rstrip("/"),
            "scope": settings.OIDC_SCOPE.split(),
            "oauth_pkce_enabled": True,
        },
    )


class OAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """What is asked of the provider and believed of its answers."""

    nonce = ""

    @property
    def openid_config(self):
        with _in_order():
            config = super().openid_config
            if config["issuer"] != settings.OIDC_ISSUER:
                raise OAuth2Error("the configuration is another issuer's")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _check_address(config[name])
        return config

    def get_callback_url(self, request, app):
        return build_absolute_uri(request, reverse("account-central-callback"))

    def get_access_token_data(self, *args, **kwargs):
        with _in_order():
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data):
        with _in_order():
            return super().parse_token(data)

    def complete_login(self, request, app, token, **kwargs):
        with _in_order():
            claims = self._claims(kwargs["response"]["id_token"], token.token)
        # No more than is needed: between password and code this lies in the session.
        kept = {"sub": claims["sub"], settings.OIDC_CLAIM: claims.get(settings.OIDC_CLAIM)}
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _claims(self, id_token: str, access_token: str) -> dict:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        claims = tokens.verify(
            id_token,
            keys=answer.json(),
            issuer=settings.OIDC_ISSUER,
            client_id=settings.OIDC_CLIENT_ID,
            nonce=self.nonce,
        )
        if settings.OIDC_CLAIM in claims:
            return claims
        _check_address(self.profile_url)
        more = self._fetch_user_info(access_token)
        # Without this the answer could be about somebody else (OpenID Connect Core 1.0, 5.3.2).
        if more["sub"] != claims["sub"]:
            raise OAuth2Error("the details are somebody else's")
        return {**more, **claims}


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = OAuth2Adapter

    def begin(self, request):
        """Redirect to the provider; what the answer must show again lies in the session."""
        nonce = secrets.token_urlsafe(24)
        asked = {"nonce": nonce, **({"prompt": settings.OIDC_PROMPT} if settings.OIDC_PROMPT else {})}
        return self.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params=asked,
            nonce=nonce,
        )


class CallbackView(OAuth2CallbackView):
    """allauth's, which tells the adapter the nonce that the answer must show again."""

    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


@contextmanager
def _in_order() -> Iterator[None]:
    """What does not look as it should is one fault, wherever it is found."""
    try:
        yield
    except requests.JSONDecodeError as fault:
        raise OAuth2Error("an answer is no JSON") from fault
    except requests.RequestException:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise OAuth2Error(f"an answer has not its form: {fault!r}") from fault


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("https", urlsplit(settings.OIDC_ISSUER).scheme) or not parts.hostname:
        raise OAuth2Error(f"not an address to be asked: {address}")
