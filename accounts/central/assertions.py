"""Is this answer of SAML the provider's, for us, still good, and to which request? SAML 2.0 Profiles, 4.1.4.3.

`python3-saml` checks signature, schema, issuer, audience and times. What it passes over where it is missing (audience,
destination, recipient, the request answered) has to be there; what no answer needs (a second assertion, comments, other
transforms) is refused before a signature is looked at. `lxml` and `xmlsec` are imported here, when the first answer comes.
"""

import base64
import binascii
import hashlib
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

#: Characters of an answer as the browser posts it; those of common providers have five to fifteen thousand.
LARGEST = 128 * 1024
#: Seconds by which the provider's clock and ours may differ.
LEEWAY = 60
#: Seconds for which an assertion is remembered; the request it answers is forgotten before that.
REMEMBERED = 3600

_NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
#: Signatures with the provider's own key alone, no SHA-1, and nothing that selects what is signed.
ALGORITHMS = {
    "ds:SignatureMethod": {
        *(f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512)),
    },
    "ds:DigestMethod": {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    },
    "ds:CanonicalizationMethod": {"http://www.w3.org/2001/10/xml-exc-c14n#"},
    "ds:Transform": {
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    },
}  # fmt: skip
#: Names that say who somebody may be, or another one each time.
_NOT_A_NAME = (
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
)


class NotInOrder(Exception):
    """The answer is not believed."""


class UsedBefore(Exception):
    """The answer is in order, and came already."""


class Answer(NamedTuple):
    """What is believed of it: the request it answers, and the claim; no claim where the provider did not sign anybody in."""

    request_id: str
    claim: str | None
    is_success: bool


def verify(posted: str, config: dict) -> Answer:
    """Read an answer that is in order; raises NotInOrder or UsedBefore otherwise.

    `posted`: SAMLResponse of the form. `config`: accounts.central.saml.config(). What the provider says of a sign-in that
    failed need not be signed: nobody comes in by it.
    """
    from lxml.etree import LxmlError
    from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError

    if len(posted) > LARGEST:
        raise NotInOrder("larger than an answer is")
    try:
        return _verified(posted, config)
    # All that a document made to hurt sets off in the libraries.
    except (
        OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError, LxmlError, binascii.Error, ValueError, TypeError, KeyError,
        IndexError, AttributeError,
    ) as fault:  # fmt: skip
        raise NotInOrder(f"{type(fault).__name__}: {fault}") from fault


def _verified(posted: str, config: dict) -> Answer:
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    _check_text(base64.b64decode(posted))
    asked = OneLogin_Saml2_Settings(config)
    response = OneLogin_Saml2_Response(asked, posted)
    document = response.document
    _check_shape(document)
    request_id = _given(document.get("InResponseTo"), "the request it answers")
    if _one(document, "samlp:Status/samlp:StatusCode").get("Value") != _SUCCESS:
        return Answer(request_id, None, is_success=False)
    assertion = _one(document, "saml:Assertion")
    _check_signature(assertion)
    at = config["sp"]["assertionConsumerService"]["url"]
    _check_purpose(document, assertion, request_id=request_id, at=at, audience=config["sp"]["entityId"])
    _check_times(assertion)
    response.is_valid(place(at), request_id=request_id, raise_exceptions=True)
    name = hashlib.sha256(f"{config['idp']['entityId']} {assertion.get('ID')}".encode()).hexdigest()
    if not cache.add(f"assertion:{name}", 1, REMEMBERED):
        raise UsedBefore
    return Answer(request_id, _claim(assertion), is_success=True)


def _check_text(text: bytes) -> None:
    """No document type, no comment, no instruction: a signature does not cover them, and readers differ in what they see.

    The library's parser forbids the first and drops the others; here whoever sends them is refused.
    """
    # Zeros: another encoding, in which the two would not be seen.
    if b"<!" in text or b"<?" in text.removeprefix(b"<?xml ") or b"\0" in text:
        raise NotInOrder("a document type, comments or instructions in it")


def _check_shape(document: Any) -> None:
    """One answer with one assertion, at its place, and every name once."""
    if document.tag != f"{{{_NS['samlp']}}}Response":
        raise NotInOrder("no answer")
    found = document.xpath("//saml:Assertion | //saml:EncryptedAssertion", namespaces=_NS)
    if any(node.getparent() is not document for node in found) or len(found) > 1:
        raise NotInOrder("assertions that are not at their place")
    names = document.xpath("//@ID | //@Id | //@id | //@xml:id", namespaces=_NS)
    if len(names) != len(set(names)):
        raise NotInOrder("two things of one name")


def _check_signature(assertion: Any) -> None:
    """One signature, of the whole assertion and nothing else, with algorithms of the list."""
    [signature] = assertion.findall("ds:Signature", _NS)
    [reference] = signature.findall(".//ds:Reference", _NS)
    if reference.get("URI") != f"#{_given(assertion.get('ID'), 'its name')}":
        raise NotInOrder("the signature is of something else")
    for path, allowed in ALGORITHMS.items():
        for node in assertion.xpath(f"//{path}", namespaces=_NS):
            if node.get("Algorithm") not in allowed:
                raise NotInOrder(f"signed with {node.get('Algorithm')}")


def _check_purpose(document: Any, assertion: Any, *, request_id: str, at: str, audience: str) -> None:
    """Sent here, made out for us, in answer to this request: in the signed part, each of them, to the letter."""
    if document.get("Destination") != at:
        raise NotInOrder("sent to another address")
    audiences = [
        node.text
        for node in assertion.iterfind("saml:Conditions/saml:AudienceRestriction/saml:Audience", _NS)
    ]
    if audience not in audiences:
        raise NotInOrder("made out for another product")
    confirmed = _confirmation(assertion)
    if confirmed.get("Recipient") != at:
        raise NotInOrder("made out for another address")
    if confirmed.get("InResponseTo") != request_id:
        raise NotInOrder("made out for another request, or for none")


def _confirmation(assertion: Any) -> Any:
    confirmation = _one(assertion, "saml:Subject/saml:SubjectConfirmation")
    if confirmation.get("Method") != _BEARER:
        raise NotInOrder("another confirmation than a bearer's")
    return _one(confirmation, "saml:SubjectConfirmationData")


def _check_times(assertion: Any) -> None:
    """Both ends are there; the library allows five minutes between two clocks, we one."""
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    now = time.time()
    moment = OneLogin_Saml2_Utils.parse_SAML_to_time
    conditions = _one(assertion, "saml:Conditions")
    for node in (conditions, _confirmation(assertion)):
        if moment(_given(node.get("NotOnOrAfter"), "its end")) + LEEWAY <= now:
            raise NotInOrder("no longer good")
        if node.get("NotBefore") and moment(node.get("NotBefore")) - LEEWAY > now:
            raise NotInOrder("not good yet")


def _claim(assertion: Any) -> str | None:
    """The username it says: one text, or none."""
    if settings.SAML_ATTRIBUTE:
        nodes = [
            value
            for attribute in assertion.iterfind("saml:AttributeStatement/saml:Attribute", _NS)
            if attribute.get("Name") == settings.SAML_ATTRIBUTE
            for value in attribute.iterfind("saml:AttributeValue", _NS)
        ]
    else:
        nodes = [
            node
            for node in assertion.iterfind("saml:Subject/saml:NameID", _NS)
            if node.get("Format") not in _NOT_A_NAME
        ]
    if len(nodes) != 1 or len(nodes[0]):
        return None
    claim = (nodes[0].text or "").strip()
    return claim if len(claim) <= 150 else None


def _one(node: Any, path: str) -> Any:
    found = node.findall(path, _NS)
    if len(found) != 1:
        raise NotInOrder(f"{len(found)} of {path}")
    return found[0]


def _given(value: str | None, what: str) -> str:
    if not value or len(value) > 200:
        raise NotInOrder(f"it does not say {what}")
    return value


def place(address: str) -> dict:
    """Where it came to, for the library: as the settings say, not as a request does."""
    parts = urlsplit(address)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
    }
