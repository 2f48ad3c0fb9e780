"""allauth's SAML with one provider, from the settings: what is asked of it, and what of its answers is handed to allauth."""

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.conf import settings
from django.http import HttpResponseRedirect

from accounts.central import assertions, way

PROVIDER = "central"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


def app() -> SocialApp:
    """The installation's provider, from the environment; no row of the database opens another one."""
    return SocialApp(
        provider=SAMLProvider.id, provider_id=PROVIDER, name=settings.SAML_NAME, client_id=PROVIDER
    )


def config() -> dict:
    """Both sides and what is asked of an answer, as `python3-saml` reads it; allauth's own leaves more open."""
    provider = settings.SAML_PROVIDER
    return {
        "strict": True,
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": False,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            # An intranet's names have no dot.
            "allowSingleLabelDomains": True,
        },
        "idp": {
            "entityId": provider["entity_id"],
            "singleSignOnService": {"url": provider["sso_url"], "binding": _REDIRECT},
            "x509certMulti": {"signing": provider["certificates"]},
        },
        "sp": {
            "entityId": way.own_address("account-central-metadata"),
            "assertionConsumerService": {"url": way.own_address("account-central-answer"), "binding": _POST},
            "NameIDFormat": _UNSPECIFIED,
        },
    }


class Provider(SAMLProvider):
    def begin(self, request):
        """Redirect to the provider; what its answer must name again lies in the session."""
        from onelogin.saml2.auth import OneLogin_Saml2_Auth

        asked = config()
        at = assertions.place(asked["sp"]["assertionConsumerService"]["url"])
        auth = OneLogin_Saml2_Auth(at, asked)
        # Where to go on lies in the session: what comes back as RelayState is not read.
        there = auth.login(return_to="", force_authn=settings.SAML_FORCE_AUTHN, set_nameid_policy=False)
        self.stash_redirect_state(
            request,
            AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            state_id=auth.get_last_request_id(),
        )
        return HttpResponseRedirect(there)

    # The request's own name: no row of allauth's tables is ever found by it.
    def extract_uid(self, data):
        return data["request_id"]

    def extract_extra_data(self, data):
        return {"claim": data["claim"]}

    def extract_common_fields(self, data):
        return {}
