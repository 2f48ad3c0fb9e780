"""The lines of `notices.channels.http`: an HTTP client whose connections a deadline can cut and whose end is looked at.

Apart from it, because the client is 5 MB that a process which only queues messages has no use for.
"""

import json
from collections.abc import Collection, Mapping
from ipaddress import ip_address

import requests
import urllib3
from requests.adapters import HTTPAdapter

from notices.channels.answers import MOST, Answer, Unanswered
from notices.channels.deadline import Call

CONNECT_SECONDS = 3.0


def ask(
    url: str,
    body: dict | bytes | None,
    seconds: float,
    headers: Mapping[str, str] | None,
    private: Collection[str] | None,
) -> Answer:
    """What `notices.channels.http.post` says."""
    with Call(seconds) as line, requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Watched(line, private))
        try:
            found = _ask(session, url, body, seconds, headers)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unanswered("ReadTimeout" if line.is_cut else type(error).__name__) from error
        if line.is_cut:
            # Without a length, a line that was cut looks like the end of the body.
            raise Unanswered("ReadTimeout")
    if len(found.body) > MOST:
        raise Unanswered("BodyTooLong")
    return found


def _ask(session, url, body, seconds, headers) -> Answer:
    with session.request(
        "GET" if body is None else "POST",
        url,
        data=body if body is None or isinstance(body, bytes) else json.dumps(body).encode(),
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


class _Watched(HTTPAdapter):
    """Connections of this adapter hang on a line."""

    def __init__(self, line: Call, private: Collection[str] | None):
        super().__init__()
        self._line, self._private = line, private

    def get_connection_with_tls_context(self, *args, **kwargs):
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        # A proxy is the operator's, and it is the proxy that looks the name up.
        private = self._private if pool.proxy is None else None
        pool.ConnectionCls = _watched(pool.ConnectionCls, self._line, private)
        return pool


class Inside(OSError):
    """The name leads to an address inside the network, which nobody has listed. Nothing was said there."""


def _watched(connection: type, line: Call, private: Collection[str] | None) -> type:
    class Watched(connection):  # type: ignore[misc,valid-type]
        def _new_conn(self):
            sock = super()._new_conn()
            line.watch(sock)
            if private is not None:
                _check_outside(sock, private)
            return sock

    return Watched


def _check_outside(sock, private: Collection[str]) -> None:
    """The address that answers, not the one that was looked up before: a name may lead elsewhere the second time."""
    peer = ip_address(sock.getpeername()[0])
    if not (peer.is_global or str(peer) in private):
        sock.close()
        raise Inside(f"{peer} is inside the network and not listed")
