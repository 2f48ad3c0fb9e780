"""Processes die again and again while people raise alarms: none is lost, none is there twice, no screen has a gap."""

import os
import random
import threading
import time

import pytest

from tests.faults import acts
from tests.processes import eventually, manage, together

pytestmark = [pytest.mark.fault, pytest.mark.measured, pytest.mark.slow]

#: Seconds of killing.
SECONDS = float(os.environ.get("CAMPAIGN_SECONDS", "20"))
#: People who raise alarms at the same time.
PEOPLE = ("village111.informant", "town11.clerk", "county1.duty")


class Reporter(threading.Thread):
    """Raises one alarm after the other and repeats each until it is acknowledged."""

    def __init__(self, client, stopping):
        super().__init__(daemon=True)
        self.client, self.stopping = client, stopping
        #: client_id → the number it was acknowledged with.
        self.acknowledged: dict[str, str] = {}

    def run(self):
        while not self.stopping.is_set():
            facts = acts.BANNER if len(self.acknowledged) % 4 else acts.LIFE_RISK
            alarm = acts.alarm(facts=facts)
            self.acknowledged[alarm["client_id"]] = self.client.insist("POST", "alarms/", alarm)["number"]
            self.stopping.wait(0.05)


def test_nothing_is_lost_and_nothing_is_there_twice(installation, outer_gateway):
    rng = random.Random(int(os.environ.get("CAMPAIGN_SEED", "20261122")))
    web = [installation.web(f"web-{n}") for n in range(1, 2 if installation.is_embedded else 3)]
    engines = [] if installation.is_embedded else [installation.engine(f"engine-{n}") for n in (1, 2)]
    stopping = threading.Event()
    reporters = [Reporter(installation.client(name, *web), stopping) for name in PEOPLE]
    before = installation.head()

    with (
        together(*web, *engines),
        installation.screen("county1.duty", *web, after=before) as duty,
        installation.screen("city.duty", *web, after=before) as city,
    ):
        for reporter in reporters:
            reporter.start()
        kills = kill_for(SECONDS, [*web, *engines], rng)
        stopping.set()
        for reporter in reporters:
            reporter.join(60)
            assert not reporter.is_alive()

        for name, screen in (("county1.duty", duty), ("city.duty", city)):
            reader = installation.client(name, *web)
            eventually(
                lambda s=screen, r=reader: s.numbers == r.journal(before),
                seconds=15,
                what=f"the screen of {name} has what the API gives",
            )
        waiting = "SELECT count(*) FROM notices_notice WHERE state = 'queued' AND channel = 'sms'"
        eventually(lambda: installation.one(waiting) == 0, seconds=30, what="every text message is sent")

    acknowledged = {key: number for reporter in reporters for key, number in reporter.acknowledged.items()}
    stored = dict(installation.rows("SELECT client_id, number FROM incidents_incident"))
    troubles = [trouble for reporter in reporters for trouble in reporter.client.troubles]
    print(
        f"{kills} kills, {len(acknowledged)} alarms, {len(troubles)} repeats, {len(duty.hellos)} connections"
    )
    assert kills >= 3
    assert acknowledged == stored
    assert len(set(stored.values())) == len(stored)
    assert {trouble.status for trouble in troubles} <= {0, 503}
    assert (duty.faults, city.faults) == ([], [])
    assert (duty.others, city.others) == ([], [])
    reported = "SELECT count(*) FROM journal_entry WHERE kind = 'incident.reported'"
    assert installation.one(reported) == len(stored)
    wanted = {row[0] for row in installation.rows("SELECT replace(cast(key AS text), '-', '') FROM notices_notice WHERE channel = 'sms'")}  # fmt: skip
    assert {message.key for message in outer_gateway.messages() if message.channel == "sms"} == wanted
    assert "journal whole" in manage("verify_journal", env=installation.env)


def kill_for(seconds: float, processes: list, rng: random.Random) -> int:
    """Kill one of them, start it again, and so on; at the end all run. Returns how many kills."""
    end, kills = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        time.sleep(rng.uniform(0.2, 1.0))
        victim = rng.choice(processes)
        victim.kill()
        kills += 1
        victim.spawn()
        if len(processes) == 1:
            victim.wait_ready()
    for process in processes:
        process.wait_ready()
    return kills
