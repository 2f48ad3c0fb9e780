"""Two addresses: to the provider, and back from it. Whatever is refused is said on the sign-in page."""

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views import View

from accounts import signals
from accounts.central import oidc
from accounts.central.adapters import refusal_for
from accounts.central.connection import turn
from accounts.sign_in import devices, throttles
from accounts.sign_in.credentials import too_many_sentence
from accounts.sign_in.views import SignInView
from common.errors import NotAllowed, Refused

#: Answers that somebody may have made up: counted by the address they came from.
_MADE_UP = {"central_state", "central_invalid"}
#: The provider's own troubles; nobody was refused.
_NOBODYS = {"central_away", "central_busy"}


class _Door(View):
    def dispatch(self, request, *args, **kwargs):
        if not settings.OIDC_ISSUER:
            raise Http404
        try:
            with turn():
                return super().dispatch(request, *args, **kwargs)
        except (requests.RequestException, OAuth2Error) as fault:
            return _refused(request, refusal_for(fault))
        except Refused as refusal:
            return _refused(request, refusal)


class Begin(_Door):
    """To the provider, by a page of our own: a redirect would have to be named in the policy of every form."""

    def get(self, request):
        return redirect("account_login")

    def post(self, request):
        there = get_adapter().get_provider(request, oidc.PROVIDER).begin(request)
        page = {"address": there["Location"], "central_name": settings.OIDC_NAME}
        response = render(request, "account/central.html", page)
        add_never_cache_headers(response)
        return response


class Callback(_Door):
    """Back from the provider, with a code for this sign-in and no other."""

    def get(self, request):
        try:
            attempt = throttles.begin(devices.limits_at(devices.address_of(request)), now=request.now)
        except throttles.TooMany as wait:
            raise NotAllowed("throttled", too_many_sentence(wait.until)) from None
        try:
            response = _Answer.adapter_view(oidc.OAuth2Adapter(request, oidc.PROVIDER))(request)
        except (Refused, requests.RequestException, OAuth2Error) as fault:
            refusal = fault if isinstance(fault, Refused) else refusal_for(fault)
            attempt.wrong() if refusal.code in _MADE_UP else attempt.right()
            raise refusal from None
        attempt.right()
        return response


class _Answer(OAuth2CallbackView):
    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


def _refused(request, refusal: Refused):
    """The sign-in page with what did not happen; on record like a wrong password."""
    if refusal.code not in _NOBODYS:
        person = refusal.extra.get("person")
        signals.refuse_sign_in(request, person.username if person else "", refusal.code)
    response = SignInView.page(request, refused=refusal)
    response.status_code = refusal.status
    return response
