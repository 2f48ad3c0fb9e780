"""To the provider, and back from it. Whatever is refused is said on the sign-in page.

What speaks with the provider is brought in with the first sign-in by it: its HTTP client is 5 MB in every process.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts import signals
from accounts.central import hand_over, way
from accounts.central.refusals import not_believed, out_of_place
from accounts.central.turns import turn
from accounts.sign_in import devices, throttles
from accounts.sign_in.credentials import too_many_sentence
from accounts.sign_in.views import SignInView
from common.errors import NotAllowed, Refused
from common.web.redirects import see_other

log = logging.getLogger(__name__)

#: Answers that somebody may have made up: counted by the address they came from.
_MADE_UP = {"central_state", "central_invalid"}
#: The provider's own troubles; nobody was refused.
_NOBODYS = {"central_away", "central_busy"}


class _Door(View):
    def is_there(self) -> bool:
        return bool(way.name())

    def dispatch(self, request, *args, **kwargs):
        if not self.is_there():
            raise Http404
        try:
            # Over SAML nobody is waited for.
            with turn() if settings.OIDC_ISSUER else nullcontext():
                return super().dispatch(request, *args, **kwargs)
        except Refused as refusal:
            return _refused(request, refusal)


class Begin(_Door):
    """To the provider, by a page of our own: a redirect would have to be named in the policy of every form."""

    def get(self, request):
        return redirect("account_login")

    def post(self, request):
        from accounts.central import adapters

        there = adapters.begin(request)
        page = {"address": there["Location"], "central_name": way.name()}
        response = render(request, "account/central.html", page)
        add_never_cache_headers(response)
        return response


class Callback(_Door):
    """Back from the provider of OpenID Connect, with a code for this sign-in and no other."""

    def is_there(self):
        return bool(settings.OIDC_ISSUER)

    def get(self, request):
        with _counted(request):
            from accounts.central import adapters

            return adapters.come_back(request)


@method_decorator(csrf_exempt, name="dispatch")
class Answer(_Door):
    """What the provider of SAML has the browser post. It comes from another site, so without the session: what it says is
    checked here, and believed at the next address only where that session asked for it."""

    def is_there(self):
        return bool(settings.SAML_PROVIDER)

    def post(self, request):
        response = see_other("account-central-finish")
        try:
            with _counted(request):
                hand_over.give(response, _read(request))
        except NotAllowed as refusal:
            # The page comes with the next address, in the reader's language; whoever does not go there is on record too.
            signals.refuse_sign_in(request, "", refusal.code)
            hand_over.give(response, {"refused": refusal.code})
        return response


class Finish(_Door):
    """The second half of the former, in the session that asked."""

    def is_there(self):
        return bool(settings.SAML_PROVIDER)

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        hand_over.forget(response)
        add_never_cache_headers(response)
        return response

    def get(self, request):
        said = hand_over.taken(request)
        if said.get("refused") in _SAID_AGAIN:
            return _page(request, _SAID_AGAIN[said["refused"]]())
        with _counted(request):
            from accounts.central import adapters

            return adapters.finish(request, said)


class Metadata(View):
    """What the operator hands to the provider of SAML: our name, where it sends people back to, what we ask for."""

    def get(self, request):
        if not settings.SAML_PROVIDER:
            raise Http404
        page = {
            "entity_id": way.own_address("account-central-metadata"),
            "answer": way.own_address("account-central-answer"),
        }
        response = render(request, "account/saml_metadata.xml", page, "application/samlmetadata+xml")
        response["Content-Disposition"] = 'attachment; filename="metadata.xml"'
        return response


def _read(request) -> dict:
    """What an answer of SAML says that is in order."""
    from accounts.central import assertions, saml

    try:
        return assertions.verify(request.POST.get("SAMLResponse", ""), saml.config())._asdict()
    except assertions.UsedBefore:
        raise out_of_place() from None
    except assertions.NotInOrder as fault:
        log.warning("central sign-in: %s", fault)
        raise not_believed() from None


#: What was refused where no page could be shown, and is on record and counted.
_SAID_AGAIN = {"central_state": out_of_place, "central_invalid": not_believed}


@contextmanager
def _counted(request) -> Iterator[None]:
    """A try of this address, wrong where the answer may be made up."""
    try:
        attempt = throttles.begin(devices.limits_at(devices.address_of(request)), now=request.now)
    except throttles.TooMany as wait:
        raise NotAllowed("throttled", too_many_sentence(wait.until)) from None
    try:
        yield
    except Refused as refusal:
        attempt.wrong() if refusal.code in _MADE_UP else attempt.right()
        raise
    attempt.right()


def _refused(request, refusal: Refused):
    """The sign-in page with what did not happen; on record like a wrong password."""
    if refusal.code not in _NOBODYS:
        person = refusal.extra.get("person")
        signals.refuse_sign_in(request, person.username if person else "", refusal.code)
    return _page(request, refusal)


def _page(request, refusal: Refused):
    response = SignInView.page(request, refused=refusal)
    response.status_code = refusal.status
    return response
