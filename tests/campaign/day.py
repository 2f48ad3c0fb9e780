"""A hostile day: people work, strangers attack, and what the product stands on fails, all at the same time.

At the end: the journal is whole; what was acknowledged is there once; what the product counts is what a recount finds;
no attack was let in, and nothing was ever answered with a bare error.
"""

import contextlib
import http.client
import itertools
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tests.campaign.screens import Reporter
from tests.clients import BROKEN, Client, new_key
from tests.faults import acts
from tests.installations import PASSWORD, Installation
from tests.processes import Process, Server, eventually

#: Answers of a product that works, refuses, or says "try again". A 500 is none of them.
CALM = {*range(200, 500), 503}
#: Units that report every day in this bureau, with whoever files.
FILING = {
    "T11": "town11.clerk",
    "V111": "village111.informant",
    "T21": "town21.clerk",
    "V211": "village211.informant",
}
#: How a gateway misbehaves; "ok" in between.
GATEWAY_MOODS = ("503", "400", "hang", "accept_then_503", "no_id", "redirect")


class Day(NamedTuple):
    seconds: float
    alarms: int
    orders: int
    signatures: int
    reports: int
    attacks: int
    faults: int
    repeats: int


class _Worker(threading.Thread):
    """Does `turn` again and again until the day is over. An AssertionError in it is the day's."""

    def __init__(self, turn: Callable[[], None], stopping: threading.Event, pause: float):
        super().__init__(daemon=True)
        self._turn, self._stopping, self._pause = turn, stopping, pause
        self.done = 0
        self.error: BaseException | None = None

    def run(self):
        try:
            while not self._stopping.is_set():
                self._turn()
                self.done += 1
                self._stopping.wait(self._pause)
        except BaseException as error:
            self.error = error


def live_through(
    installation: Installation, web: list[Server], faults: list[Callable[[], None]], *, seconds: float,
    rng: random.Random, pause: float = 0.2,
) -> Day:  # fmt: skip
    """`web` serve; `faults` hurt something each and bring it back. Raises AssertionError for whatever does not hold."""
    stopping = threading.Event()
    people = _People(installation, web)
    strangers = Strangers(installation, web, rng)
    reporters = [
        Reporter(installation.client(name, *web), stopping, pause)
        for name in ("town11.clerk", "county1.duty")
    ]
    workers = {
        "orders": _Worker(people.order, stopping, pause),
        "signatures": _Worker(people.sign, stopping, pause),
        "reports": _Worker(people.file, stopping, pause),
        "attacks": _Worker(strangers.attack, stopping, 0.02),
        "faults": _Worker(lambda: rng.choice(faults)(), stopping, 1.0),
    }
    began = time.monotonic()
    for thread in (*reporters, *workers.values()):
        thread.start()
    stopping.wait(seconds)
    stopping.set()
    for thread in (*reporters, *workers.values()):
        thread.join(120)
        assert not thread.is_alive()
    for name, worker in workers.items():
        assert worker.error is None, (name, worker.error)
    for process in web:
        process.is_alive or process.start()
        process.wait_ready()

    acknowledged = {key: number for reporter in reporters for key, number in reporter.acknowledged.items()}
    stored = dict(
        installation.rows("SELECT client_id, number FROM incidents_incident WHERE client_id IS NOT NULL")
    )
    lost = dict(acknowledged.items() - stored.items())
    assert not lost, f"acknowledged and not there: {lost}"
    assert len(stored) == len(acknowledged) + people.raised, (len(stored), len(acknowledged), people.raised)
    assert not strangers.let_in, f"let in, or a bare error: {strangers.let_in[:5]}"
    troubles = [t for client in (*(r.client for r in reporters), *people.clients) for t in client.troubles]
    statuses = Counter(trouble.status for trouble in troubles)
    assert statuses.keys() <= {0, 503}, statuses
    people.compare_counts()
    return Day(
        round(time.monotonic() - began), len(acknowledged), len(people.ordered), len(people.signed), people.filed,
        workers["attacks"].done, workers["faults"].done, len(troubles),
    )  # fmt: skip


class _People:
    """A duty room that orders and proposes, a director who signs, offices that file and correct."""

    def __init__(self, installation: Installation, web: list[Server]):
        self._installation = installation
        client = lambda name: installation.client(name, *web)  # noqa: E731
        self._duty, self._signs, self._files = (
            client("county1.duty"),
            client("county1.duty"),
            client("county1.duty"),
        )
        self._director, self._city = client("county1.director"), client("city.duty")
        self._offices = {unit: client(name) for unit, name in FILING.items()}
        self._turn = itertools.count()
        self.clients = [self._duty, self._signs, self._director, self._city, *self._offices.values()]
        self.ordered: set[str] = set()
        self.signed: set[str] = set()
        self.answers: dict[str, str] = {}
        self.filed = self.raised = 0

    def _incident(self, duty: Client) -> str:
        self.raised += 1
        return duty.insist("POST", "alarms/", acts.alarm())["number"]

    def order(self) -> None:
        body = {
            "incident": self._incident(self._duty),
            "to": "squad:dialogue@C1",
            "task": "Talk to them in the hall.",
        }
        self.ordered.add(self._duty.insist("POST", "orders/", body)["number"])

    def sign(self) -> None:
        body = {
            "incident": self._incident(self._signs),
            "level": "yellow",
            "reason": "They are growing in number.",
        }
        number = self._signs.insist("POST", "early-warnings/", body)["number"]
        signed = self._director.insist("POST", f"early-warnings/{number}/sign/", {"credential": PASSWORD})
        assert signed["state"] == "in_force"
        self.signed.add(number)

    def file(self) -> None:
        """Nothing, or something: each office by turns corrects what it said before."""
        turn = next(self._turn)
        unit = list(FILING)[turn % len(FILING)]
        answer = "items" if turn // len(FILING) % 2 else "nil"
        body = {"answer": answer, "items": [{"class": "land", "count": 1}] if answer == "items" else []}
        filed = self._offices[unit].insist("PUT", f"zero-reports/{unit}/{acts.today()}/", body)
        assert filed.status in (200, 201), filed
        self.filed += 1
        self.answers[unit] = answer

    def compare_counts(self) -> None:
        """What the product counts, beside what stands in its rows and what people remember."""
        one, rows = self._installation.one, self._installation.rows
        ordered = {number for (number,) in rows("SELECT number FROM command_order")}
        assert self.ordered == ordered, self.ordered ^ ordered
        in_force = "SELECT number FROM early_warnings_earlywarning WHERE signed_at IS NOT NULL"
        signed = {number for (number,) in rows(in_force)}
        assert self.signed == signed, self.signed ^ signed
        kinds = {"order.issued": len(self.ordered), "warning.signed": len(self.signed)}
        for kind, count in kinds.items():
            assert one(f"SELECT count(*) FROM journal_entry WHERE kind = '{kind}'") == count, kind

        wanted = Counter(self.answers.values())
        units = f"zero-reports/summary/?unit=C0&period={acts.today()}"

        def counted() -> bool:
            found = self._city.get(units)
            return found.status == 200 and (found["nil"], found["with_items"], found["received"]) == (
                wanted["nil"], wanted["items"], len(self.answers),
            )  # fmt: skip

        eventually(counted, seconds=30, what=f"the day's summary counts {dict(wanted)}")


class Strangers:
    """People outside, and one inside who wants more than is theirs."""

    def __init__(self, installation: Installation, web: list[Server], rng: random.Random):
        self._rng, self._web = rng, web
        self._nobody = Client([server.port for server in web])
        self._guesser = Client([server.port for server in web], token="x" * 40)
        self._informant = installation.client("village111.informant", *web)
        self._page = installation.browser("village111.informant", *web)
        self._session = installation.keys["county1.duty"][1]
        self._attacks = (
            self.guess_a_password, self.guess_a_token, self.read_without_a_name, self.reach_above, self.forge_a_form,
            self.send_what_no_keyboard_makes, self.send_what_is_too_large, self.drip, self.listen_from_elsewhere,
            self.hang_up, self.wander,
        )  # fmt: skip
        self.let_in: list[tuple] = []

    def attack(self) -> None:
        attack = self._rng.choice(self._attacks)
        with contextlib.suppress(*BROKEN):
            attack()

    def _expect(self, answer, *allowed: int) -> None:
        """Refused as it should be, told to wait, or the server was away."""
        if answer.status not in (*allowed, 429, 503):
            self.let_in.append((sys._getframe(1).f_code.co_name, answer.status, str(answer.body)[:200]))

    def guess_a_password(self):
        fields = {"login": "county1.director", "password": f"guess-{self._rng.random()}"}
        self._nobody.headers["Cookie"] = "none=1"
        self._expect(self._nobody.form("/account/login/", fields), 403, 422)

    def guess_a_token(self):
        self._expect(self._guesser.get("incidents/"), 401)

    def read_without_a_name(self):
        self._expect(
            self._nobody.get(self._rng.choice(["incidents/", "journal/", "orders/", "people/"])), 401, 403
        )

    def reach_above(self):
        """A village's informant signs, orders and reads what is the county's."""
        wanted = self._rng.choice([
            lambda c: c.post("early-warnings/", {"incident": "X-1", "level": "red", "reason": "x"}),
            lambda c: c.post("orders/", {"incident": "X-1", "to": "squad:dialogue@C1", "task": "x"}),
            lambda c: c.put(f"zero-reports/T21/{acts.today()}/", {"answer": "nil"}),
            lambda c: c.get("ledgers/"),
        ])  # fmt: skip
        answer = wanted(self._informant)
        self._expect(answer, 400, 403, 404, 422) if answer.status != 200 else None

    def forge_a_form(self):
        """A form from another page: a cookie, and no token that agrees with it."""
        body = "unit=C1&what=forged&headcount=6-20"
        headers = {"Cookie": f"session={self._session}; csrf={'y' * 32}", "Content-Type": "application/x-www-form-urlencoded",
                   "Origin": "http://elsewhere.example"}  # fmt: skip
        self._expect(self._nobody._send("POST", "/alarm/", body, headers, 20), 403)

    def send_what_no_keyboard_makes(self):
        text = self._rng.choice(
            ["a\x00b", "\ud800", "‮" * 50, "9" * 5000, "=cmd|' /C calc'!A0", "' OR 1=1 --"]
        )
        body = json.dumps({**acts.alarm(), "place": text, "unit": self._rng.choice(["V111", text])})
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": new_key(),
            "Authorization": "Bearer none",
        }
        self._expect(self._nobody._send("POST", "/api/v1/alarms/", body, headers, 20), 400, 401, 403, 422)

    def send_what_is_too_large(self):
        body = "[" * self._rng.choice([100_000, 3_000_000])
        headers = {"Content-Type": "application/json", **self._informant.headers}
        self._expect(self._nobody._send("POST", "/api/v1/alarms/", body, headers, 20), 400, 413, 422)

    def drip(self):
        """Opens a connection, says half a line, and goes."""
        with socket.create_connection(("127.0.0.1", self._rng.choice(self._web).port), timeout=5) as half:
            half.sendall(b"POST /alarm/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nwh")
            time.sleep(0.2)

    def listen_from_elsewhere(self):
        """A page of another site opens the socket with the reader's cookie."""
        port = self._rng.choice(self._web).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", "/ws/live/", headers={
                "Cookie": f"session={self._session}", "Origin": "http://elsewhere.example", "Connection": "Upgrade",
                "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            })  # fmt: skip
            status = connection.getresponse().status
        if status == 101:
            self.let_in.append((status, "a socket for another site"))

    def hang_up(self):
        """Asks, and does not wait for the answer."""
        with socket.create_connection(("127.0.0.1", self._rng.choice(self._web).port), timeout=5) as gone:
            gone.sendall(
                f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={self._session}\r\n\r\n".encode()
            )

    def wander(self):
        """Addresses that are not there, and some that are."""
        path = self._rng.choice(["/../../etc/passwd", "/.git/config", "/api/v1/none/", "/incidents/X-1/", "/admin/",
                                 "/journal/?q=%00", "/alarm/?unit=%ff", "/account/login/?next=//elsewhere.example"])  # fmt: skip
        answer = self._page.get(path) if self._rng.random() < 0.5 else self._nobody.call("GET", path)
        if answer.status not in CALM:
            self.let_in.append((answer.status, path))


def moody(gateway) -> Callable[[], None]:
    """The gateway refuses, hangs, lies or answers late for a while, and is well again."""

    def hurt():
        gateway.mode = random.choice(GATEWAY_MOODS)
        time.sleep(1)
        gateway.mode = "ok"

    return hurt


def cut_off(service: Process, seconds: float = 2.0) -> Callable[[], None]:
    """Redis or PostgreSQL dies and comes back."""

    def hurt():
        service.kill()
        time.sleep(seconds / 2)
        service.start()

    return hurt


def stalled(service: Process, seconds: float = 2.0) -> Callable[[], None]:
    """It stands still, with every connection open."""

    def hurt():
        service.freeze()
        time.sleep(seconds)
        service.thaw()

    return hurt
