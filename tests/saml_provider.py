"""A small provider of SAML 2.0 that behaves as badly as it is told to: `python -m tests.saml_provider`.

It prints its port, then serves its metadata and sign-in (HTTP-Redirect in, HTTP-POST out). POST /control with JSON changes
what it does: `user` (who is signed in there), `attributes` (more of them), `mode`, `seconds` (of waiting).
"""

import base64
import datetime
import html
import json
import secrets
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
#: Whom every forgery makes itself out to be.
VICTIM = "city.secadmin"
#: A document type that makes a small answer a large one, and one that reads a file.
BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {to} "{f"&{of};" * 10}">' for of, to in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILE = '<!DOCTYPE r [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


class Key:
    """A private key and its certificate."""

    def __init__(self, bits: int = 2048):
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "provider of the tests")])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
        )  # fmt: skip
        self.private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.certificate = base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


class Provider:
    def __init__(self):
        self.key, self.strange_key = Key(), Key()
        self.told = {"user": "", "attributes": {}, "mode": "ok", "seconds": 0}
        self.asked: list[dict] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.entity_id = f"{self.root}/metadata"

    @property
    def mode(self):
        return self.told["mode"]

    def metadata(self) -> str:
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}" entityID="{self.entity_id}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}"><md:KeyDescriptor use="signing"><ds:KeyInfo>'
            f"<ds:X509Data><ds:X509Certificate>\n{self.key.certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{self.root}/post"/>'
            f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{self.root}/sso"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def sign_in(self, given: dict) -> tuple[str, dict]:
        """Where the browser posts to, and what."""
        request = etree.fromstring(zlib.decompress(base64.b64decode(given["SAMLRequest"]), -15))
        asked = {
            **request.attrib,
            "Issuer": request.findtext(f"{{{SAML}}}Issuer"),
            "RelayState": given.get("RelayState", ""),
        }
        self.asked.append(asked)
        if asked["Destination"] != f"{self.root}/sso" or not asked["AssertionConsumerServiceURL"]:
            raise ValueError("not asked in order")
        answer = self.answer(asked)
        relay = "https://evil.example/" if self.mode == "evil_relay_state" else given.get("RelayState", "")
        form = {"SAMLResponse": base64.b64encode(answer).decode(), "RelayState": relay}
        match self.mode:
            case "empty":
                form["SAMLResponse"] = ""
            case "no_base64":
                form["SAMLResponse"] = "%%%"
            case "no_xml":
                form["SAMLResponse"] = base64.b64encode(b"<html>maintenance").decode()
            case "huge":
                form["SAMLResponse"] = base64.b64encode(answer + b" " * 200_000).decode()
        return asked["AssertionConsumerServiceURL"], form

    def answer(self, asked: dict) -> bytes:
        """The whole response, in order or as it is told."""
        if self.mode == "refuse":
            return self.response(asked, status="urn:oasis:names:tc:SAML:2.0:status:Responder").encode()
        assertion = self.assertion(asked, self.told["user"], f"_{secrets.token_hex(16)}")
        if self.mode not in ("unsigned", "message_signed"):
            assertion = self.signed(assertion)
        match self.mode:
            case "tampered_attribute" | "tampered_name":
                assertion = assertion.replace(f">{self.told['user']}<", f">{VICTIM}<")
            case "comment" | "comment_in_utf16":
                user = self.told["user"]
                assertion = assertion.replace(f">{user}<", f">{user[:5]}<!-- -->{user[5:]}<")
            case "instruction":
                assertion = assertion.replace(f">{self.told['user']}<", f"><?x?>{self.told['user']}<")
            case "signature_of_nothing":
                assertion = assertion.replace(
                    assertion[assertion.index("<ds:SignatureValue>") :].split("</")[0], ""
                )
            case "hmac":
                assertion = assertion.replace(
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
                )
        if self.mode.startswith("wrapped_"):
            return self.wrapped(asked, assertion)
        answer = self.response(asked, assertion)
        match self.mode:
            case "message_signed":
                return self.signed(answer).encode()
            case "bomb":
                return (BOMB + answer.replace("</saml:NameID>", "&i;</saml:NameID>")).encode()
            case "file":
                return (FILE + answer.replace("</saml:NameID>", "&i;</saml:NameID>")).encode()
            case "comment_in_utf16":
                return answer.encode("utf-16")
            case "encrypted":
                return answer.replace("saml:Assertion", "saml:EncryptedAssertion").encode()
        return answer.encode()

    def wrapped(self, asked: dict, assertion: str) -> bytes:
        """A signed assertion is in it, and another one where a careless reader looks (XML signature wrapping)."""
        mode = self.mode.removeprefix("wrapped_")
        true = etree.fromstring(assertion)
        forged = etree.fromstring(
            self.assertion(asked, VICTIM, true.get("ID") if "same" in mode else "_forged")
        )
        response = etree.fromstring(self.response(asked))
        signature = true.find(f"{{{DS}}}Signature")
        extensions = etree.Element(f"{{{SAMLP}}}Extensions")
        match mode:
            case "before":
                response.extend([forged, true])
            case "after":
                response.extend([true, forged])
            case "inside":
                forged.append(true)
                response.append(forged)
            case "object" | "same_object":
                forged.insert(1, signature)
                etree.SubElement(signature, f"{{{DS}}}Object").append(true)
                response.append(forged)
            case "extensions" | "same_extensions":
                extensions.append(true)
                response.insert(1, extensions)
                if "same" in mode:
                    forged.insert(1, etree.fromstring(etree.tostring(signature)))
                response.append(forged)
            case "other_tag":
                # The true one hides as something that is no assertion by its name.
                hidden = etree.SubElement(extensions, "hidden")
                hidden.append(true)
                true.tag = "{urn:other}Assertion"
                forged.insert(1, etree.fromstring(etree.tostring(signature)))
                response.insert(1, extensions)
                response.append(forged)
            case "whole":
                outer = etree.fromstring(self.response(asked))
                response.append(true)
                extensions.append(response)
                outer.insert(1, extensions)
                outer.append(forged)
                response = outer
        return etree.tostring(response)

    def response(self, asked: dict, assertion: str = "", status: str = SUCCESS) -> str:
        at = asked["AssertionConsumerServiceURL"]
        destination = f'Destination="{at}"'
        in_response_to = f'InResponseTo="{asked["ID"]}"'
        match self.mode:
            case "other_destination":
                destination = 'Destination="https://other.example/acs"'
            case "longer_destination":
                destination = f'Destination="{at}.evil.example/"'
            case "no_destination":
                destination = ""
            case "unasked" | "unasked_outside":
                in_response_to = ""
        return (
            f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{secrets.token_hex(16)}" Version="2.0"'
            f' IssueInstant="{moment(0)}" {destination} {in_response_to}><saml:Issuer>{self.entity_id}</saml:Issuer>'
            f'<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>{assertion}</samlp:Response>'
        )

    def assertion(self, asked: dict, user: str, name: str) -> str:
        at, audience = asked["AssertionConsumerServiceURL"], asked["Issuer"]
        told = {
            "issuer": self.entity_id, "audience": f"<saml:Audience>{audience}</saml:Audience>", "recipient": f'Recipient="{at}"',
            "request": f'InResponseTo="{asked["ID"]}"', "from": moment(-5), "end": f'NotOnOrAfter="{moment(120)}"',
            "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer",
            "format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        }  # fmt: skip
        told |= {
            "other_issuer": {"issuer": "https://elsewhere.example"},
            "other_audience": {"audience": "<saml:Audience>https://other.example</saml:Audience>"},
            "no_audience": {"audience": ""},
            "other_recipient": {"recipient": 'Recipient="https://other.example/acs"'},
            "no_recipient": {"recipient": ""},
            "other_request": {"request": 'InResponseTo="_another"'},
            "unasked": {"request": ""},
            "unasked_inside": {"request": ""},
            "expired": {"from": moment(-600), "end": f'NotOnOrAfter="{moment(-100)}"'},
            "not_yet": {"from": moment(200)},
            "a_little_early": {"from": moment(45)},
            "no_end": {"end": ""},
            "holder_of_key": {"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
            "mail_address": {"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
            "transient": {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        }.get(self.mode, {})
        restriction = (
            f"<saml:AudienceRestriction>{told['audience']}</saml:AudienceRestriction>"
            if told["audience"]
            else ""
        )
        attributes = "".join(
            f'<saml:Attribute Name="{html.escape(of)}">'
            + "".join(f"<saml:AttributeValue>{html.escape(one)}</saml:AttributeValue>" for one in values)
            + "</saml:Attribute>"
            for of, values in {"mail": ["county1.director@example.gov"], **self.told["attributes"]}.items()
        )
        return (
            f'<saml:Assertion xmlns:saml="{SAML}" ID="{name}" Version="2.0" IssueInstant="{moment(0)}">'
            f"<saml:Issuer>{told['issuer']}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="{told["format"]}">{html.escape(user)}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="{told["method"]}">'
            f"<saml:SubjectConfirmationData {told['end']} {told['recipient']} {told['request']}/>"
            "</saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{told["from"]}" {told["end"]}>{restriction}</saml:Conditions>'
            f'<saml:AuthnStatement AuthnInstant="{moment(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>'
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        )

    def signed(self, document: str) -> str:
        """Signed after its issuer, as providers do."""
        root = etree.fromstring(document)
        method = (
            xmlsec.constants.TransformRsaSha1 if self.mode == "sha1" else xmlsec.constants.TransformRsaSha256
        )
        signature = xmlsec.template.create(root, xmlsec.constants.TransformExclC14N, method, ns="ds")
        root.insert(1, signature)
        xmlsec.tree.add_ids(root, ["ID"])
        uri = "" if self.mode == "signed_around" else f"#{root.get('ID')}"
        reference = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri=uri)
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
        if self.mode == "with_comments":
            xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14NWithComments)
        else:
            xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        key = self.strange_key if self.mode in ("wrong_key", "own_certificate") else self.key
        shown = self.strange_key if self.mode == "own_certificate" else self.key
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(key.private, xmlsec.constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(
            base64.b64decode(shown.certificate), xmlsec.constants.KeyDataFormatCertDer
        )
        context.sign(signature)
        return etree.tostring(root).decode()


def moment(seconds: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def handler_of(provider: Provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            if parts.path == "/metadata":
                return self.send(provider.metadata(), "application/xml")
            if parts.path != "/sso":
                return self.send_error(404)
            time.sleep(provider.told["seconds"])
            given = {
                name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            at, form = provider.sign_in(given)
            fields = "".join(
                f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
                for name, value in form.items()
            )
            return self.send(
                f'<form method="post" action="{html.escape(at)}">{fields}</form><script>document.forms[0].submit()</script>',
                "text/html",
            )

        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.told |= told
            self.send(json.dumps(provider.asked), "application/json")

        def send(self, body, kind):
            body = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler


if __name__ == "__main__":
    own = Provider()
    print(own.server.server_port, flush=True)
    threading.Thread(target=own.server.serve_forever, args=(0.01,)).start()
