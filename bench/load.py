"""Some clients at once, each with one kept connection, and how long each of their requests took."""

import http.client
import json
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable

import psycopg2

CLIENTS = 8


class Visitor:
    """One client of the server at `port`; its connection stays open between requests."""

    def __init__(self, port: int, headers: dict[str, str]):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = headers

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: dict, key: str) -> bytes:
        return self._send("POST", path, body, key)

    def put(self, path: str, body: dict, key: str) -> bytes:
        return self._send("PUT", path, body, key)

    def _send(self, method: str, path: str, body: dict, key: str) -> bytes:
        more = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask(method, path, json.dumps(body), more)

    def _ask(self, method: str, path: str, body, more: dict) -> bytes:
        self._connection.request(method, path, body=body, headers={**self._headers, **more})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return text


def timed(act: Callable[[int], object], times: int) -> list[float]:
    """Seconds of each call of `act`."""
    taken = []
    for number in range(times):
        begun = time.monotonic()
        act(number)
        taken.append(time.monotonic() - begun)
    return taken


def together(make: Callable[[int], Callable[[int], object]], times: int) -> tuple[list[float], float]:
    """CLIENTS threads at once, each calling what `make` gave it so many times; all durations, and the whole."""
    acts = [make(number) for number in range(CLIENTS)]
    taken: list[float] = []
    failed: list[BaseException] = []

    def work(act):
        try:
            taken.extend(timed(act, times))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return taken, time.monotonic() - begun


def queries(port: int, act: Callable[[], object]) -> int:
    """Statements the server (bench.application, COUNT_QUERIES=1) makes while `act` runs."""
    _ask_count(port)
    act()
    return _ask_count(port)


def _ask_count(port: int) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/bench/queries", method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["queries"]


def insert_into(url: str):
    """A row of about an incident's size, committed. In a database of its own: ours lets nobody make a table."""
    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS bench (id bigserial PRIMARY KEY, number text UNIQUE, body text)"
    )
    connection.commit()
    body = "x" * 900

    def insert(_number):
        cursor.execute("INSERT INTO bench (number, body) VALUES (%s, %s)", [str(uuid.uuid4()), body])
        connection.commit()

    return insert
