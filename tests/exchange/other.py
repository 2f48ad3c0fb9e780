"""Another installation, as far as it is seen from outside: its key, what it signs, and what it answers on a free port."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from exchange import documents, keys
from exchange.sending import PATH


class Other:
    """`mood`: what it does with what comes. It keeps what it took by id, and gives the same receipt for a repetition."""

    def __init__(self, name="示例省司法厅"):
        self.name = name
        self.public, self.secret = keys.new_pair()
        self.uid = keys.fingerprint(self.public).replace(" ", "")
        self.got: list[bytes] = []
        self.kept: dict[str, dict] = {}
        self.ours = ""
        self.mood = "receipt"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def handed_over(self) -> str:
        return documents.text_to_hand_over(
            uid=self.uid, name=self.name, address=self.address, publics=[self.public]
        )

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    # What it sends.

    def document(
        self, kind="upward_report", *, number="B-R1", texts=(("经过", "大厅聚集八人。"),), now, **more
    ):
        given = {"sender": self.uid, "to": self.ours, "title": "关于大厅聚集的初报", "at": now, **more}
        return documents.write(kind=kind, number=number, texts=texts, **given)

    def headers(self, uid: str, body: bytes, secret: str = "") -> dict[str, str]:
        timestamp = int(time.time())
        return {
            "exchange-from": self.uid,
            "webhook-id": uid,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": keys.sign([secret or self.secret], uid, timestamp, body),
        }

    def push(self, client, written, body: bytes | None = None, **headers: str):
        """POST it at the door, signed."""
        raw = written.body.encode() if body is None else body
        return client.post(
            PATH,
            raw,
            content_type="application/json",
            headers={**self.headers(written.uid, raw), **headers},
        )

    # What it answers.

    def answer(self, uid: str, raw: bytes) -> tuple[int, dict, str]:
        """Status, body, secret that signs it."""
        own = self.secret
        if self.mood == "refuse":
            return 422, {"code": "unknown_version", "status": 422}, own
        if self.mood == "stranger refuses":
            return 422, {"code": "unknown_version", "status": 422}, keys.new_pair()[1]
        if self.mood == "suspended":
            return 403, {"code": "partner_not_in_use", "status": 403}, own
        if isinstance(self.mood, int):
            return self.mood, {"code": "fault"}, own
        receipt = self.kept.setdefault(
            uid,
            documents.write_receipt(
                uid=uid, sha256=documents.digest(raw), sender=self.uid, to=json.loads(raw)["from"],
                received_at=documents.datetime.now(documents.UTC), number=f"P-{len(self.kept) + 1:03d}",
            ),
        )  # fmt: skip
        lies = {
            "another document": {"sha256": "0" * 64},
            "another receiver": {"to": "f" * 32},
            "no number": {"number": ""},
            "no time": {"received_at": "yesterday"},
            "year 1": {"received_at": "0001-01-01T00:00:00Z"},
            "more": {"reward": 1},
        }
        secret = keys.new_pair()[1] if self.mood == "stranger" else own
        return 200, {**receipt, **lies.get(self.mood, {})}, secret


def _handler_of(other: Other):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            other.got.append(raw)
            uid = self.headers["webhook-id"]
            if other.mood == "hang up":
                return
            status, said, secret = other.answer(uid, raw)
            body, timestamp = json.dumps(said).encode(), int(time.time())
            self.send_response(status)
            self.send_header("webhook-timestamp", str(timestamp))
            is_answer = other.mood != "signed as a document"
            self.send_header("webhook-signature", keys.sign([secret], uid, timestamp, body, answer=is_answer))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return Handler
