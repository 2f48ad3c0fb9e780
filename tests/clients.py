"""Who uses the product from outside: an integrator's client that repeats, and a screen that never loses its place."""

import contextlib
import http.client
import itertools
import json
import threading
import time
import uuid
from typing import NamedTuple
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.processes import eventually

#: Seconds a client goes on repeating before it gives up.
PATIENCE = 60
#: A page's token against forged forms: any 32 letters that cookie and form agree on.
CSRF = "x" * 32
#: Errors of a server that is dead, dying or not yet up.
BROKEN = (OSError, http.client.HTTPException)


class Answer(NamedTuple):
    status: int
    #: Read from JSON where it is JSON, else text.
    body: dict | list | str
    headers: http.client.HTTPMessage

    def __getitem__(self, name):
        """`answer["number"]` of an answer that must have been a success."""
        assert self.status < 300, self
        return self.body[name]


class Trouble(NamedTuple):
    """What a patient client met on its way: a status, or a connection that broke (0)."""

    status: int
    headers: http.client.HTTPMessage | None = None


class Client:
    """One person's requests, by token or by session. `ports` are tried in turn."""

    def __init__(self, ports: list[int], *, token: str = "", session: str = ""):
        self._ports = itertools.cycle(ports)
        self.headers = {"Accept-Language": "en"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if session:
            self.headers["Cookie"] = f"session={session}"
        self.troubles: list[Trouble] = []
        self.slowest = 0.0

    def send_to(self, *servers) -> None:
        """From now on these."""
        self._ports = itertools.cycle([server.port for server in servers])

    def get(self, path: str, **query) -> Answer:
        return self.call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: dict | None = None, *, key: str = "", **headers: str) -> Answer:
        return self.call("POST", path, body or {}, key=key, headers=headers)

    def put(self, path: str, body: dict, *, key: str = "") -> Answer:
        return self.call("PUT", path, body, key=key)

    def call(
        self, method: str, path: str, body=None, *, key: str = "", headers=None, timeout: float = 20
    ) -> Answer:
        """One request, one answer. Raises one of BROKEN when there is none."""
        path = path if path.startswith("/") else f"/api/v1/{path}"
        sent = dict(headers or {})
        if body is not None:
            sent |= {"Content-Type": "application/json", "Idempotency-Key": key or new_key()}
            body = json.dumps(body)
        return self._send(method, path, body, sent, timeout)

    def _send(self, method: str, path: str, body, headers: dict, timeout: float) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", next(self._ports), timeout=timeout)
        began = time.monotonic()
        try:
            connection.request(method, path, body=body, headers={**self.headers, **headers})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        self.slowest = max(self.slowest, time.monotonic() - began)
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status, json.loads(text) if is_json else text, response.headers)

    def form(self, path: str, fields: dict, *, timeout: float = 20, **headers: str) -> Answer:
        """Send a form as a page does, without following where it leads."""
        cookie = f"{self.headers['Cookie']}; csrf={CSRF}"
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **headers}
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF})
        return self._send("POST", path, body, headers, timeout)

    def insist(
        self, method: str, path: str, body=None, *, key: str = "", seconds: float = PATIENCE
    ) -> Answer:
        """Repeat with the same key until there is an answer that is not "try again"."""
        key, end = key or new_key(), time.monotonic() + seconds
        while True:
            answer = self._try(method, path, body, key)
            if answer is not None and answer.status != 503:
                return answer
            self.troubles.append(Trouble(answer.status, answer.headers) if answer else Trouble(0))
            if time.monotonic() > end:
                raise TimeoutError(f"{method} {path}: nothing but trouble for {seconds} s: {answer}")
            time.sleep(0.1)

    def journal(self, after: int = 0) -> list[int]:
        """The numbers of everything this person may see, by HTTP: what a socket must have brought."""
        numbers, more = [], True
        while more:
            page = self.get("journal/", after=after, limit=200)
            numbers += [entry["number"] for entry in page["entries"]]
            after, more = page["last"], page["more"]
        return numbers

    def _try(self, *request) -> Answer | None:
        method, path, body, key = request
        with contextlib.suppress(*BROKEN):
            return self.call(method, path, body, key=key)
        return None


def new_key() -> str:
    return str(uuid.uuid4())


class Seen(NamedTuple):
    number: int
    kind: str
    subject: str
    thread: str
    unit: str
    level: str
    #: When it came, by this machine's monotonic clock.
    at: float


class Screen(threading.Thread):
    """The socket of an open page. It comes back after every loss, with the last number it has, as live.js does."""

    def __init__(self, ports: list[int], *, session: str, after: int | None = 0):
        super().__init__(daemon=True)
        self._ports = itertools.cycle(ports)
        self._headers = {"Cookie": f"session={session}"}
        self._after = after
        self._ending = threading.Event()
        self.hellos: list[int] = []
        self.beats: list[float] = []
        self.seen: list[Seen] = []
        self.others: list[dict] = []
        self.faults: list[str] = []

    # What a test asks.

    @property
    def numbers(self) -> list[int]:
        return [seen.number for seen in self.seen]

    def kinds(self, thread: str = "") -> list[str]:
        return [seen.kind for seen in self.seen if thread in ("", seen.thread)]

    def find(self, kind: str, thread: str = "") -> Seen | None:
        return next((seen for seen in self.seen if seen.kind == kind and thread in ("", seen.thread)), None)

    def wait_for(self, kind: str, thread: str = "", *, seconds: float = 10) -> Seen:
        """The first such entry, as soon as it has come."""
        return eventually(lambda: self.find(kind, thread), seconds=seconds, what=f"{kind} on a screen")

    # What a page does.

    def __enter__(self) -> "Screen":
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self._ending.set()
        self.join(10)

    def run(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(OSError, WebSocketException):
                self._listen(next(self._ports))
            self._ending.wait(0.1)

    def _listen(self, port: int) -> None:
        query = "" if self._after is None else f"?after={self._after}"
        with connect(
            f"ws://127.0.0.1:{port}/ws/live/{query}",
            origin=f"http://127.0.0.1:{port}",
            additional_headers=self._headers,
            compression=None,
            proxy=None,
            open_timeout=5,
            close_timeout=1,
        ) as socket:
            while not self._ending.is_set():
                with contextlib.suppress(TimeoutError):
                    self._take(json.loads(socket.recv(timeout=0.2)))

    def _take(self, message: dict) -> None:
        kind = message["type"]
        if kind == "entry":
            if self._after is not None and message["number"] <= self._after:
                self.faults.append(f"{message['number']} came after {self._after}")
            self._after = message["number"]
            fields = (message[name] for name in ("number", "kind", "subject", "thread", "unit", "level"))
            self.seen.append(Seen(*fields, at=time.monotonic()))
        elif kind == "hello":
            self.hellos.append(message["number"])
            if self._after is None:
                self._after = message["number"]
        elif kind == "beat":
            self.beats.append(time.monotonic())
        else:
            self.others.append(message)
