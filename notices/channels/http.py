"""One POST to a provider, within a deadline for the whole of it, and no more of the answer than anybody needs."""

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import requests
import urllib3
from requests.adapters import HTTPAdapter

from notices.channels.deadline import Call

CONNECT_SECONDS = 3.0
#: Bytes. The longest answer any of them gives is a few hundred.
MOST = 64 * 1024
#: Not no, only not now.
LATER = (408, 425, 429)
#: Seconds: a gateway may ask for patience, but not put a warning off for an hour.
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 60.0


class Unanswered(Exception):
    """No whole answer came; why is the code that the notice keeps. Whether it was taken is not known."""


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """Raises ValueError for what is no JSON."""
        return json.loads(self.body)


def post(url: str, body: dict | bytes, seconds: float, headers: Mapping[str, str] | None = None) -> Answer:
    """Raises Unanswered after `seconds` at the latest. `body` as bytes: JSON that was signed as it stands."""
    with Call(seconds) as line, requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Watched(line))
        try:
            found = _post(session, url, body, seconds, headers)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unanswered("ReadTimeout" if line.is_cut else type(error).__name__) from error
        if line.is_cut:
            # Without a length, a line that was cut looks like the end of the body.
            raise Unanswered("ReadTimeout")
    if len(found.body) > MOST:
        raise Unanswered("BodyTooLong")
    return found


def _post(session, url, body, seconds, headers) -> Answer:
    with session.post(
        url,
        data=body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers={
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            **(headers or {}),
        },
        timeout=(min(CONNECT_SECONDS, seconds), seconds),
        allow_redirects=False,
        stream=True,
    ) as answer:
        return Answer(answer.status_code, answer.raw.read(MOST + 1, decode_content=True), answer.headers)


def wait_asked(answer: Answer) -> float:
    """Seconds until the provider wants to be asked again, as Retry-After says it in one of its two forms."""
    said = answer.headers.get("Retry-After", "").strip()
    try:
        seconds = float(said) if said.isascii() and said.isdigit() else _seconds_until(said)
    except (ValueError, TypeError, OverflowError):
        seconds = SHORTEST_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def _seconds_until(date: str) -> float:
    at = parsedate_to_datetime(date)
    return (at - datetime.now(at.tzinfo)).total_seconds()


class _Watched(HTTPAdapter):
    """Connections of this adapter hang on a line."""

    def __init__(self, line: Call):
        super().__init__()
        self._line = line

    def get_connection_with_tls_context(self, *args, **kwargs):
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self._line)
        return pool


def _watched(connection: type, line: Call) -> type:
    class Watched(connection):  # type: ignore[misc,valid-type]
        def _new_conn(self):
            sock = super()._new_conn()
            line.watch(sock)
            return sock

    return Watched
