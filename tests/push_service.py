"""A push service as a browser's maker runs it: https, reads what is sealed as a browser would, and checks who signed it.

What it knows of RFC 8188, 8291 and 8292 is written here a second time, from the RFCs, with the hashes of the standard
library; of `cryptography` it takes the curve and the cipher alone.
"""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import re
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

CURVE = ec.SECP256R1()


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class Browser:
    """The keys that one browser made for one subscription."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None, secret: bytes = b""):
        self.key = key or ec.generate_private_key(CURVE)
        self.secret = secret or hashlib.sha256(str(time.monotonic_ns()).encode()).digest()[:16]
        self.point = point_of(self.key.public_key())

    def keys(self) -> dict[str, str]:
        return {"p256dh": packed(self.point), "auth": packed(self.secret)}

    def read(self, body: bytes) -> bytes:
        """RFC 8188 section 2.1, RFC 8291 section 3.4; padding taken off."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size <= 4096
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        keying = _expanded(_mac(self.secret, shared), b"WebPush: info\x00" + self.point + theirs)
        random = _mac(salt, keying)
        key = _expanded(random, b"Content-Encoding: aes128gcm\x00")[:16]
        nonce = _expanded(random, b"Content-Encoding: nonce\x00")[:12]
        text = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert text[-1:] == b"\x02", "no last record"
        return text[:-1]


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _expanded(key: bytes, info: bytes) -> bytes:
    return _mac(key, info + b"\x01")


def claims_of(authorization: str, public: str) -> dict:
    """What the sender says of itself, if it is signed by the key that it names, and that is `public` (RFC 8292)."""
    token, key = re.fullmatch(r"vapid t=([\w.-]+), k=([\w-]+)", authorization).groups()
    assert key == public
    signed, _dot, signature = token.rpartition(".")
    head, body = (json.loads(unpacked(part)) for part in signed.split("."))
    assert head["alg"] == "ES256"
    r, s = (int.from_bytes(half, "big") for half in (unpacked(signature)[:32], unpacked(signature)[32:]))
    signer = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(key))
    signer.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    return body


class Pushed(NamedTuple):
    path: str
    text: dict
    ttl: int
    urgency: str
    topic: str
    claims: dict


class PushService:
    """https://127.0.0.1:PORT/NAME for each browser. `mode`: how it behaves for the next messages."""

    def __init__(self, folder: Path, public: str):
        self.mode, self.retry_after = "ok", ""
        self.taken: list[Pushed] = []
        self.asked: list[str] = []
        self.browsers: dict[str, Browser] = {}
        self.release = threading.Event()
        self.public = public
        self.certificate = _certificate(folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def subscription(self, name: str = "one") -> dict[str, str]:
        """What a browser hands to the server: its address here and its keys."""
        browser = self.browsers.setdefault(f"/{name}", Browser())
        return {"endpoint": f"https://{self.host}/{name}", **browser.keys()}

    def answer(self, path: str, headers, raw: bytes) -> int:
        self.asked.append(path)
        if self.mode == "hang":
            self.release.wait(20)
        if isinstance(self.mode, int):
            return self.mode
        assert headers["Content-Encoding"] == "aes128gcm"
        self.taken.append(
            Pushed(
                path,
                json.loads(self.browsers[path].read(raw)),
                int(headers["TTL"]),
                headers["Urgency"],
                headers["Topic"],
                claims_of(headers["Authorization"], self.public),
            )
        )
        return 201

    def close(self):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def _handler_of(service: PushService):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status = service.answer(self.path, self.headers, raw)
            except (
                Exception
            ) as error:  # what cannot be read or is signed by nobody is refused, and seen in `asked`
                service.asked.append(repr(error))
                status = 403
            self.send_response(status)
            if service.retry_after:
                self.send_header("Retry-After", service.retry_after)
            if status == 302:
                self.send_header("Location", f"https://{service.host}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    return Handler


def _certificate(folder: Path) -> Path:
    """Key and self-signed certificate of 127.0.0.1 in one file, which whoever calls may trust."""
    key = ec.generate_private_key(CURVE)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    # By the machine's own clock: TLS knows no other.
    since = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + datetime.timedelta(days=365 * 30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "push-service.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
