"""allauth's hooks for the provider: matched to somebody who is there, never signed up, never connected."""

import logging

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.central import connection, oidc, queries
from accounts.sign_in import devices, throttles
from accounts.sign_in.credentials import too_many_sentence
from common.errors import NotAllowed, Refused, TryAgain

log = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request, provider=None, client_id=None):
        return [oidc.app()] if settings.OIDC_ISSUER else []

    def get_provider(self, request, provider, client_id=None):
        if not settings.OIDC_ISSUER:
            raise SocialApp.DoesNotExist
        return oidc.Provider(request, app=oidc.app())

    def get_requests_session(self):
        return connection.Session()

    def populate_user(self, request, sociallogin, data):
        """Nothing the provider says is written down about anybody."""
        return sociallogin.user

    def pre_social_login(self, request, sociallogin):
        """Find who is meant; the same limits hold as for passwords, a right one included."""
        claim = sociallogin.account.extra_data["id_token"][settings.OIDC_CLAIM]
        limits = devices.limits_for(request, str(claim or ""), devices.address_of(request))
        try:
            attempt = throttles.begin(limits, now=request.now)
        except throttles.TooMany as wait:
            raise NotAllowed("throttled", too_many_sentence(wait.until)) from None
        try:
            sociallogin.user = queries.person_meant(claim, request.now)
        except NotAllowed:
            attempt.wrong()
            raise
        attempt.right()

    def is_open_for_signup(self, request, sociallogin):
        return False

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        """Raise the refusal for whatever went wrong before anybody was named."""
        if exception is not None:
            raise refusal_for(exception)
        name = {"name": settings.OIDC_NAME}
        if "state" not in (extra_context or {}):
            raise NotAllowed("central_state", _(
                "Not signed in: this answer of %(name)s belongs to no sign-in begun in this browser within ten "
                "minutes, or was used before. Begin again with the button."
            ) % name)  # fmt: skip
        if error == AuthError.CANCELLED:
            raise NotAllowed("central_cancelled", _(
                "Not signed in: it was stopped or refused at %(name)s. Begin again, or ask there."
            ) % name)  # fmt: skip
        raise NotAllowed("central_refused", _(
            "Not signed in: %(name)s answered with an error. Begin again; if it happens again, tell your system "
            "administrator."
        ) % name, other_way=True)  # fmt: skip


def refusal_for(fault: Exception) -> Refused:
    """What is said of a provider that does not answer, and of one whose answer is not in order."""
    name = {"name": settings.OIDC_NAME}
    log.warning("central sign-in: %s: %s", type(fault).__name__, fault)
    if isinstance(fault, requests.RequestException):
        return TryAgain("central_away", _(
            "Not signed in: %(name)s does not answer just now. Try again in a few minutes."
        ) % name, other_way=True)  # fmt: skip
    return NotAllowed("central_invalid", _(
        "Not signed in: the answer of %(name)s was not in order and is not believed. Begin again; if it happens again, "
        "tell your system administrator."
    ) % name, other_way=True)  # fmt: skip
