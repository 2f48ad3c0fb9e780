"""An example of a gateway for text messages and calls, standard library only; the protocol is docs/gateway.md.

    GATEWAY_SECRET=… REPORTS_URL=https://bureau.example/api/v1/gateway-events/ python3 gateway.py 8025

It checks the signature, takes each message once, writes it to standard output where a real one would hand it to a
carrier, and reports it as delivered. What a real one has beside it: a disk for what it has taken.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["GATEWAY_SECRET"].encode()
REPORTS_URL = os.environ.get("REPORTS_URL", "")
#: Seconds that the sender's clock may differ from ours.
VALID_FOR = 300
#: Idempotency-Key → our id.
taken: dict[str, str] = {}
lock = threading.Lock()


def is_signed(headers, body: bytes) -> bool:
    stamp = headers.get("X-Timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > VALID_FOR:
        return False
    expected = "sha256=" + hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("X-Signature", ""))


def carry(message: dict) -> None:
    """Where a real gateway fills in its own template with message["parameters"] and asks a carrier."""
    print(json.dumps(message, ensure_ascii=False), flush=True)


def report(number: str, reference: str, event: str) -> None:
    at = datetime.now(UTC).isoformat()
    body = json.dumps({"id": number, "reference": reference, "event": event, "at": at}).encode()
    signature = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Signature": signature}
    request = urllib.request.Request(REPORTS_URL, body, headers)  # noqa: S310 - the operator's own setting
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


class Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not is_signed(self.headers, body):
            self.answer(401, {"error": "not signed, or too long ago"})
            return
        message = json.loads(body)
        key = self.headers["Idempotency-Key"]
        with lock:
            is_new = key not in taken
            number = taken.setdefault(key, f"g{len(taken) + 1}")
        if is_new:
            carry(message)
        self.answer(202, {"id": number})
        if is_new and REPORTS_URL:
            report(number, message["reference"], "delivered")

    def answer(self, status: int, said: dict) -> None:
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def log_message(self, *_args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Gateway)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
