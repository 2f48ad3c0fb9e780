"""The provider of SAML, from its metadata or from three settings; what would not do stops the start with a sentence.

Read here once and without a library of SAML: those are loaded when the first person comes in by it (ADR 0268).
"""

import base64
import binascii
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from config.environment import env

#: Bytes of the provider's metadata; those of one provider have a few thousand, those of a federation are not for us.
LARGEST = 1024 * 1024

_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
#: Attributes of mail, names and telephones, by their names and by their numbers.
_NOT_WHO = {
    "mail", "email", "e-mail", "emailaddress", "displayname", "givenname", "surname", "sn", "cn", "commonname",
    "mobile", "mobilephone", "telephonenumber",
    "0.9.2342.19200300.100.1.3", "0.9.2342.19200300.100.1.41", "2.5.4.3", "2.5.4.4", "2.5.4.20", "2.5.4.42",
    "2.16.840.1.113730.3.1.241",
}  # fmt: skip
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def read_provider(*, site_url: str, is_https: bool) -> dict:
    """`entity_id`, `sso_url` and `certificates` (base64) of the provider; empty where there is none.

    From SAML_METADATA_FILE, else from SAML_ENTITY_ID, SAML_SSO_URL and SAML_CERTIFICATE_FILE. Nothing is fetched.
    """
    file, entity_id = env("SAML_METADATA_FILE", default=""), env("SAML_ENTITY_ID", default="").strip()
    if not file and not entity_id:
        return {}
    if find_spec("onelogin") is None:
        sys.exit("SAML needs the package python3-saml, which this machine does not have. Not started.")
    provider = _of_metadata(file, entity_id) if file else _of_settings(entity_id)
    parts = urlsplit(provider["sso_url"])
    if parts.scheme not in ("https", "http") or not parts.hostname:
        sys.exit(
            "SAML: the provider names no address for sign-in by HTTP-Redirect (SAML_SSO_URL, or SingleSignOnService in "
            "its metadata). Not started."
        )
    if is_https and parts.scheme != "https":
        sys.exit("SAML: people sign in at the provider over https:// where HTTPS=1. Not started.")
    if not provider["certificates"]:
        sys.exit("SAML: the provider shows no certificate that it signs with. Not started.")
    for one in provider["certificates"]:
        _check_certificate(one)
    _check_own_address(site_url, is_https)
    return provider


def read_attribute() -> str:
    """SAML_ATTRIBUTE; empty for the NameID."""
    name = env("SAML_ATTRIBUTE", default="").strip()
    # As it is written alone, as an address (".../claims/emailaddress") or as a number ("urn:oid:…").
    if re.split("[/:]", name.lower())[-1] in _NOT_WHO:
        sys.exit(
            f"SAML_ATTRIBUTE={name} says who somebody may be, not who it is; name the username's (uid, employeeNumber), "
            "or none for the NameID. Not started."
        )
    return name


def _of_metadata(file: str, entity_id: str) -> dict:
    from xml.etree import ElementTree

    text = _read("SAML_METADATA_FILE", file)
    # Neither has a place in metadata, and with them a small file can become a large one.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        sys.exit(f"SAML_METADATA_FILE {file} has a DTD, which metadata have not. Not started.")
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314 - the operator's own file, without a DTD
    except ElementTree.ParseError as fault:
        sys.exit(f"SAML_METADATA_FILE {file} is no XML ({fault}). Not started.")
    found = [
        (entity, role)
        for entity in root.iter(f"{_MD}EntityDescriptor")
        for role in entity.findall(f"{_MD}IDPSSODescriptor")
        if entity_id in ("", entity.get("entityID"))
    ]
    if len(found) != 1:
        sys.exit(
            f"SAML_METADATA_FILE {file} describes {len(found)} providers that may be meant; SAML_ENTITY_ID names the one. "
            "Not started."
        )
    [(entity, role)] = found
    addresses = [
        service.get("Location", "")
        for service in role.findall(f"{_MD}SingleSignOnService")
        if service.get("Binding") == _REDIRECT
    ]
    certificates = [
        certificate.text or ""
        for key in role.findall(f"{_MD}KeyDescriptor")
        if key.get("use", "signing") == "signing"
        for certificate in key.iter(f"{_DS}X509Certificate")
    ]
    return _provider(entity.get("entityID", ""), next(iter(addresses), ""), certificates)


def _of_settings(entity_id: str) -> dict:
    address, file = env("SAML_SSO_URL", default="").strip(), env("SAML_CERTIFICATE_FILE", default="")
    if not address or not file:
        sys.exit(
            "SAML_ENTITY_ID needs SAML_SSO_URL and SAML_CERTIFICATE_FILE, or SAML_METADATA_FILE instead of both. "
            "Not started."
        )
    return _provider(entity_id, address, _CERTIFICATE.findall(_read("SAML_CERTIFICATE_FILE", file)))


def _provider(entity_id: str, sso_url: str, certificates: list[str]) -> dict:
    return {
        "entity_id": entity_id,
        "sso_url": sso_url,
        "certificates": ["".join(one.split()) for one in certificates],
    }


def _read(setting: str, file: str) -> str:
    try:
        with Path(file).open("rb") as there:
            content = there.read(LARGEST + 1)
        if len(content) > LARGEST:
            sys.exit(f"{setting} {file} is larger than {LARGEST} bytes. Not started.")
        return content.decode()
    except (OSError, UnicodeDecodeError) as fault:
        sys.exit(f"{setting} {file} is not to be read ({fault}). Not started.")


def _check_certificate(certificate: str) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key = x509.load_der_x509_certificate(base64.b64decode(certificate, validate=True)).public_key()
    except (binascii.Error, ValueError) as fault:
        sys.exit(f"SAML: a certificate of the provider is not to be read ({fault}). Not started.")
    if (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048) or isinstance(
        key, ec.EllipticCurvePublicKey
    ):
        return
    sys.exit("SAML: the provider's key is neither RSA of 2048 bits nor of an elliptic curve. Not started.")


def _check_own_address(site_url: str, is_https: bool) -> None:
    """What the provider sends people back to, and makes its answers out for, is no header of a request."""
    parts = urlsplit(site_url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path.strip("/"):
        sys.exit(
            "SAML needs SITE_URL, the address people reach this product at, https://icd.example: the provider knows it "
            "by this name. Not started."
        )
    if is_https and parts.scheme != "https":
        sys.exit("SAML: SITE_URL has to begin with https:// where HTTPS=1. Not started.")
