"""kill -9 at a random moment of an act: afterwards it has happened once, whatever was answered."""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tests.clients import BROKEN, PATIENCE, Answer
from tests.faults import acts
from tests.installations import Installation
from tests.processes import Process, Server, eventually

#: Doing what; see tests/faults/acts.py.
ACTS: tuple[Callable[[Installation, Server], acts.Act], ...] = (
    acts.raise_alarm,
    acts.raise_alarm_on_a_page,
    acts.sign,
    acts.issue_order,
    acts.acknowledge_order,
    acts.file_report_with_items,
    acts.hand_over,
    acts.start_response,
    acts.issue_package,
    acts.sign_report,
    acts.send_report,
    acts.linkage_order,
    acts.draft_statement,
)


class Kills(NamedTuple):
    """What was done by the time of the kill. `stored` are those that had happened although nobody had an answer."""

    n: int
    nothing: int
    stored: int
    answered: int


def kill_during(
    installation: Installation, web: Process, prepare: Callable, *, times: int, rng: random.Random
) -> Kills:
    """`web` is running, and runs again afterwards. Raises AssertionError where an act is lost or there twice."""
    met = Counter()
    usual = _seconds(prepare(installation, web))
    for _time in range(times):
        act = prepare(installation, web)
        before = installation.one(act.count)
        answer = _kill_meanwhile(web, act, rng.uniform(0, usual * 1.3))
        stored = installation.one(act.count) - before
        assert stored in (0, 1), f"{prepare.__name__}: there {stored} times"
        assert stored or answer is None, f"{prepare.__name__}: acknowledged with {answer} and lost"
        met["answered" if answer else "stored" if stored else "nothing"] += 1

        web.start()
        again = insist(act)
        assert again.status in (200, 201, 303), (prepare.__name__, again)
        assert installation.one(act.count) - before == 1, f"{prepare.__name__}: repeated, and not there once"
    return Kills(times, met["nothing"], met["stored"], met["answered"])


def insist(act: acts.Act, seconds: float = PATIENCE) -> Answer:
    """Repeated as a page or an integrator's program repeats it."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(*BROKEN):
            answer = act.call()
            if answer.status != 503:
                return answer
        if time.monotonic() > end:
            raise TimeoutError(f"{act.path}: nothing but trouble for {seconds} s")
        time.sleep(0.05)


def _seconds(act: acts.Act) -> float:
    began = time.monotonic()
    answer = act.call()
    assert answer.status in (200, 201, 303), (act.path, answer)
    return time.monotonic() - began


def _kill_meanwhile(web: Process, act: acts.Act, after: float) -> Answer | None:
    """The answer, if it came before the end."""
    answers: list[Answer] = []

    def call():
        with contextlib.suppress(*BROKEN):
            answers.append(act.call())

    caller = threading.Thread(target=call)
    caller.start()
    time.sleep(after)
    web.kill()
    caller.join()
    return answers[0] if answers and answers[0].status < 400 else None


def kill_senders(
    installation: Installation, web: Process, sender: Process, gateway, *, times: int, rng: random.Random
) -> Kills:
    """Whoever sends notices dies while they go out: each is sent, and what was handed over twice bears one key."""
    already = len(gateway.received)
    for _time in range(times):
        insist(acts.issue_order(installation, web))
        time.sleep(rng.uniform(0, 0.4))
        sender.kill()
        sender.start()
    waiting = "SELECT count(*) FROM notices_notice WHERE state = 'queued' AND channel <> 'app'"
    eventually(lambda: installation.one(waiting) == 0, seconds=120, what="every notice is sent")

    sent = Counter(message.key for message in gateway.messages()[already:])
    wanted = installation.rows(
        "SELECT replace(cast(key AS text), '-', '') FROM notices_notice WHERE channel = 'sms'"
    )
    lost = {key for (key,) in wanted} - {message.key for message in gateway.messages()}
    assert not lost, f"never sent: {lost}"
    again = sum(1 for count in sent.values() if count > 1)
    return Kills(times, times - again, again, 0)
