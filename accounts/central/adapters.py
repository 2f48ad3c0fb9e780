"""allauth's hooks for the provider: matched to somebody who is there, never signed up, never connected."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.central import connection, oidc, queries, saml, way
from accounts.central.refusals import cancelled, not_believed, out_of_place
from accounts.sign_in import devices, throttles
from accounts.sign_in.credentials import too_many_sentence
from common.errors import NotAllowed, Refused, TryAgain

log = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request, provider=None, client_id=None):
        if settings.OIDC_ISSUER:
            return [oidc.app()]
        return [saml.app()] if settings.SAML_PROVIDER else []

    def get_provider(self, request, provider, client_id=None):
        for app in self.list_apps(request):
            kind = oidc.Provider if settings.OIDC_ISSUER else saml.Provider
            return kind(request, app=app)
        raise SocialApp.DoesNotExist

    def get_requests_session(self):
        return connection.Session()

    def populate_user(self, request, sociallogin, data):
        """Nothing the provider says is written down about anybody."""
        return sociallogin.user

    def pre_social_login(self, request, sociallogin):
        """Find who is meant; the same limits hold as for passwords, a right one included."""
        said = sociallogin.account.extra_data
        claim = said["id_token"][settings.OIDC_CLAIM] if settings.OIDC_ISSUER else said["claim"]
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
        if "state" not in (extra_context or {}):
            raise out_of_place()
        if error == AuthError.CANCELLED:
            raise cancelled()
        raise NotAllowed("central_refused", _(
            "Not signed in: %(name)s answered with an error. Begin again; if it happens again, tell your system "
            "administrator."
        ) % {"name": way.name()}, other_way=True)  # fmt: skip


def begin(request):
    """The redirect to the provider. Raises Refused where it does not answer or its answer is not in order."""
    with _faults_as_refusals():
        return get_adapter().get_provider(request, oidc.PROVIDER).begin(request)


def come_back(request):
    """The answer to whoever comes from the provider with a code; refusals as `begin`, and of whoever may not come in."""
    with _faults_as_refusals():
        return oidc.CallbackView.adapter_view(oidc.OAuth2Adapter(request, oidc.PROVIDER))(request)


def finish(request, said: dict):
    """The answer to whoever comes with what was believed of an answer of SAML; refusals as the former."""
    provider = get_adapter().get_provider(request, saml.PROVIDER)
    try:
        state = provider.unstash_redirect_state(request, said.get("request_id", ""))
    except PermissionDenied:
        raise out_of_place() from None
    if not said["is_success"]:
        raise cancelled()
    login = provider.sociallogin_from_response(request, said)
    login.state = state
    return complete_social_login(request, login)


@contextmanager
def _faults_as_refusals() -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, OAuth2Error) as fault:
        raise refusal_for(fault) from None


def refusal_for(fault: Exception) -> Refused:
    """What is said of a provider that does not answer, and of one whose answer is not in order."""
    log.warning("central sign-in: %s: %s", type(fault).__name__, fault)
    if isinstance(fault, requests.RequestException):
        return TryAgain("central_away", _(
            "Not signed in: %(name)s does not answer just now. Try again in a few minutes."
        ) % {"name": way.name()}, other_way=True)  # fmt: skip
    return not_believed()
