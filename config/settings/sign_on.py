"""Central sign-in: a provider or the bureau's directory says who somebody is."""

import re
import sys

from config.environment import env
from config.saml import read_attribute, read_provider
from config.settings.installation import HTTPS, SITE_URL

SOCIALACCOUNT_ADAPTER = "accounts.central.adapters.SocialAccountAdapter"
#: Central sign-in over OpenID Connect; without an issuer there is none (ADR 0249).
OIDC_ISSUER = env("OIDC_ISSUER", default="").strip()
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
#: What the provider is called on the sign-in page.
OIDC_NAME = env("OIDC_NAME", default="统一身份认证")
#: The claim that is the username here. People must not be able to change it themselves at the provider.
OIDC_CLAIM = env("OIDC_CLAIM", default="preferred_username")
OIDC_SCOPE = env("OIDC_SCOPE", default="openid profile")
#: "login": the provider asks for the credential each time, because a duty room's PC is shared.
OIDC_PROMPT = env("OIDC_PROMPT", default="login")
#: Certificates (PEM) that the provider's is checked with; empty: those of the system.
OIDC_CA_FILE = env("OIDC_CA_FILE", default="")
if OIDC_ISSUER:
    if not OIDC_CLIENT_ID or not OIDC_CLIENT_SECRET:
        sys.exit(
            "OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, as the provider gave them. Not started."
        )
    if HTTPS and not OIDC_ISSUER.startswith("https://"):
        sys.exit(
            "OIDC_ISSUER has to begin with https:// where HTTPS=1: who is who would come unprotected. Not started."
        )
    if OIDC_CLAIM in ("email", "email_verified", "name", "nickname", "phone_number"):
        sys.exit(
            f"OIDC_CLAIM={OIDC_CLAIM} says who somebody may be, not who it is; name the username's. Not started."
        )
#: The same over SAML 2.0; without metadata or SAML_ENTITY_ID there is none (ADR 0268).
SAML_PROVIDER = read_provider(site_url=SITE_URL, is_https=HTTPS)
SAML_NAME = env("SAML_NAME", default="统一身份认证")
#: The attribute that is the username here; empty: the NameID. People must not be able to change it at the provider.
SAML_ATTRIBUTE = read_attribute()
#: The provider asks for the credential each time, because a duty room's PC is shared.
SAML_FORCE_AUTHN = env.bool("SAML_FORCE_AUTHN", default=True)
if SAML_PROVIDER and OIDC_ISSUER:
    sys.exit("OIDC_ISSUER and SAML are two ways to one button; leave one of them out. Not started.")
#: Sign-in by the bureau's directory (LDAP, Active Directory): its servers in the order they are asked; none: no directory.
LDAP_URL = env("LDAP_URL", default="").split()
#: ldap:// goes over to TLS before anything is said (StartTLS).
LDAP_STARTTLS = env.bool("LDAP_STARTTLS", default=False)
#: Passwords go over the line unprotected; for a trial on one machine.
LDAP_UNPROTECTED = env.bool("LDAP_UNPROTECTED", default=False)
#: Certificates (PEM) that the directory's is checked with; empty: those of the system.
LDAP_CA_FILE = env("LDAP_CA_FILE", default="")
#: Who searches there; empty: nobody in particular, where the directory allows that.
LDAP_BIND_DN = env("LDAP_BIND_DN", default="")
LDAP_BIND_PASSWORD = env("LDAP_BIND_PASSWORD", default="")
#: Below which entry people stand, what they are besides, and which attribute is the username here.
LDAP_BASE = env("LDAP_BASE", default="")
LDAP_FILTER = env("LDAP_FILTER", default="(objectClass=person)")
LDAP_ATTRIBUTE = env("LDAP_ATTRIBUTE", default="uid")
#: What the directory is called on the sign-in page.
LDAP_NAME = env("LDAP_NAME", default="单位目录")
if LDAP_URL:
    if not LDAP_BASE:
        sys.exit("LDAP_URL needs LDAP_BASE, the entry below which people stand. Not started.")
    if not all(one.startswith(("ldaps://", "ldap://")) for one in LDAP_URL):
        sys.exit(
            "LDAP_URL has to name servers as ldaps://HOST or ldap://HOST, with spaces between. Not started."
        )
    if any(one.startswith("ldap://") for one in LDAP_URL) and not LDAP_STARTTLS and not LDAP_UNPROTECTED:
        sys.exit(
            "LDAP_URL with ldap:// needs LDAP_STARTTLS=1: passwords would go over the line as they are typed. (On a "
            "line of your own, for a trial: LDAP_UNPROTECTED=1.) Not started."
        )
    if LDAP_BIND_DN and not LDAP_BIND_PASSWORD:
        sys.exit(
            "LDAP_BIND_DN needs LDAP_BIND_PASSWORD: without it the directory takes it for nobody. Not started."
        )
    if not (LDAP_FILTER.startswith("(") and LDAP_FILTER.endswith(")")):
        sys.exit("LDAP_FILTER has to be one filter in parentheses, (objectClass=person). Not started.")
    if not re.fullmatch("[A-Za-z][A-Za-z0-9-]*", LDAP_ATTRIBUTE) or LDAP_ATTRIBUTE.lower() in (
        "mail", "cn", "sn", "givenname", "displayname", "name", "mobile", "telephonenumber", "description"
    ):  # fmt: skip
        sys.exit(
            f"LDAP_ATTRIBUTE={LDAP_ATTRIBUTE} says who somebody may be, not who it is; name the username's (uid, "
            "sAMAccountName, employeeNumber). Not started."
        )
#: Passwords kept here are taken from administrators alone; then SSO_EMERGENCY says what to do when the provider or the
#: directory is away.
SSO_ONLY = env.bool("SSO_ONLY", default=False)
SSO_EMERGENCY = env("SSO_EMERGENCY", default="")
if SSO_ONLY and not ((OIDC_ISSUER or SAML_PROVIDER or LDAP_URL) and SSO_EMERGENCY):
    sys.exit(
        "SSO_ONLY=1 needs OIDC_ISSUER, SAML or LDAP_URL, and in SSO_EMERGENCY the written way in for when it is away "
        "(whom to call, under which number): otherwise its fault would lock the duty room out. Not started."
    )
