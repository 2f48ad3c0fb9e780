"""A security key made of software, which answers as a browser hands it on; it can be told to misbehave."""

import json
import os
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://localhost"


class SoftKey:
    """`counts=False`: a passkey that lives in several places, whose counter stays 0."""

    def __init__(self, *, counts=True):
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.number = os.urandom(32)
        self.counts, self.counter = counts, 0

    def add(self, question, **more) -> str:
        """The answer to `navigator.credentials.create`."""
        public = question["publicKey"]
        cose = ES256.from_cryptography_key(self.private.public_key())
        data = AttestedCredentialData.create(Aaguid.NONE, self.number, cose)
        seen, asked = (
            self._seen(public["rp"]["id"], data, **more),
            self._asked("webauthn.create", public, **more),
        )
        statement = AttestationObject.create("none", seen, {})
        return self._written(asked, attestationObject=statement)

    def answer(self, question, **more) -> str:
        """The answer to `navigator.credentials.get`."""
        public = question["publicKey"]
        seen, asked = self._seen(public["rpId"], None, **more), self._asked("webauthn.get", public, **more)
        signature = self.private.sign(seen + asked.hash, ec.ECDSA(hashes.SHA256()))
        return self._written(asked, authenticatorData=seen, signature=signature)

    def _seen(self, host, data, *, verified=True, **_more) -> AuthenticatorData:
        self.counter += self.counts
        flags = AuthenticatorData.FLAG.UP
        if verified:
            flags |= AuthenticatorData.FLAG.UV
        if data is not None:
            flags |= AuthenticatorData.FLAG.AT
        return AuthenticatorData.create(sha256(host.encode()).digest(), flags, self.counter, data or b"")

    def _asked(self, kind, public, *, origin=ORIGIN, **_more) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(public["challenge"]), origin)

    def _written(self, asked, **parts) -> str:
        number = websafe_encode(self.number)
        response = {name: websafe_encode(part) for name, part in {"clientDataJSON": asked, **parts}.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})
