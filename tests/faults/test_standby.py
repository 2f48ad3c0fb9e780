"""The steps of docs/operations.md by which a second machine takes over, word for word, under alarms that come in."""

import threading
import time
from contextlib import closing, suppress

import psycopg2
import pytest

from engine.monitoring.replication import ASKED
from tests.clients import BROKEN, new_key
from tests.documents import machine
from tests.faults import acts
from tests.installations import Installation
from tests.processes import eventually, free_port, manage, together

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow]

CLERKS = 4
#: Seconds of alarms before the first machine is lost.
ALARMS = 2


@pytest.fixture
def bureau(production_bureau):
    """PostgreSQL alone is meant."""
    return production_bureau


@pytest.fixture
def second(bureau):
    """A standby that follows."""
    with machine(bureau.postgres, "docs/operations.md") as made:
        made.follow("role", "standby")
        yield made


class Clerk(threading.Thread):
    """Raises alarms until nobody answers; keeps those that were answered with success."""

    def __init__(self, installation, web):
        super().__init__(daemon=True)
        self.confirmed, self._act = [], acts.raise_alarm(installation, web)

    def run(self):
        with suppress(*BROKEN):
            while True:
                act = self._act._replace(body=acts.alarm(), key=new_key())
                if act.call().status != 201:
                    return
                self.confirmed.append(act.body["client_id"])


def states(address: str) -> list[str]:
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
        return [state for (state,) in cursor.fetchall()]


def write(address: str) -> None:
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("COMMENT ON DATABASE postgres IS 'written by the old one'")
        connection.commit()


def is_confirmed(address: str, seconds: float) -> bool:
    """Whether a change is confirmed within so many seconds."""

    def try_it():
        with suppress(psycopg2.OperationalError):  # ended with its server
            write(address)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def confirmed_until_lost(installation, web, first) -> set[str]:
    """The alarms of some clerks that were answered with success until the first machine was no more."""
    clerks = [Clerk(installation, web) for _ in range(CLERKS)]
    for clerk in clerks:
        clerk.start()
    time.sleep(ALARMS)
    first.kill()
    for clerk in clerks:
        clerk.join()
    return {client_id for clerk in clerks for client_id in clerk.confirmed}


def nothing_is_confirmed(installation) -> bool:
    """What the page 系统 says, which its own account asks."""
    address = installation.env["DATABASE_URL"]
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(ASKED)
        return cursor.fetchone()[2]


def decide_to_go_on_alone(installation, web, second) -> None:
    assert not nothing_is_confirmed(installation)
    second.stop()
    waiting = acts.raise_alarm(installation, web)
    with pytest.raises(BROKEN):
        waiting.client.call(waiting.method, waiting.path, waiting.body, key=waiting.key, timeout=3)
    assert nothing_is_confirmed(installation)

    second.follow("alone")

    assert not nothing_is_confirmed(installation)
    assert waiting.call().status == 200
    assert installation.one(waiting.count) == 1
    second.bash('pg_ctl --pgdata="$PGDATA" --log="$PGDATA/start.log" --wait start')


def test_a_second_machine_takes_over_and_has_every_alarm_that_was_confirmed(installation, bureau, second):
    first = bureau.postgres
    there = {**installation.env, "DATABASE_URL": second.address(installation.env["DATABASE_URL"])}
    after = Installation(installation.folder, there, installation.keys)

    with together(installation.web(), installation.engine()) as (web, engine):
        for lose_the_second in (True, False):
            second.follow("synchronous")
            eventually(lambda: states(first.url) == ["sync"], what="it follows at once")
            if lose_the_second:
                decide_to_go_on_alone(installation, web, second)

        confirmed = confirmed_until_lost(installation, web, first)
        began = time.monotonic()
        second.follow("failover")
        promoted = time.monotonic() - began
        engine.kill()
        web.restart(DATABASE_URL=there["DATABASE_URL"])
        assert acts.raise_alarm(after, web).call().status == 201
        accepted = time.monotonic() - began
        print(
            f"{len(confirmed)} alarms; promoted after {promoted:.1f} s, an alarm accepted after {accepted:.1f} s"
        )
        engine.env |= {"DATABASE_URL": there["DATABASE_URL"]}
        engine.start()
        eventually(lambda: web.status("/readyz") == 200, what="everything turns")

    known = {str(client_id) for (client_id,) in after.rows("SELECT client_id FROM incidents_incident")}
    assert confirmed
    assert confirmed <= known
    after.check_journal()
    assert "journal whole" in manage("verify_journal", env=there)
    the_old_one_comes_back(first, second)


def the_old_one_comes_back(first, second) -> None:
    """By itself: it waits for a standby and confirms nothing. As the guide has it: it only reads, then follows."""
    first.start()
    assert not is_confirmed(first.url, 2)
    first.stop()
    second.follow("fence", PGDATA=str(first._cluster))
    try:
        first.start()
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            write(first.url)
        first.stop()
    finally:
        # Tests go on with it as it was.
        (first._cluster / "standby.signal").unlink()

    empty = {"PGDATA": f"{second.room}/again", "PGPORT": str(free_port())}
    from_second = second.values["FROM_PRIMARY"].replace(f":{first.port}/", f":{second.port}/")
    second.follow("standby", **empty, FROM_PRIMARY=from_second)
    try:
        eventually(lambda: states(second.values["STANDBY"]) == ["async"], what="it follows the new one")
    finally:
        second.bash('pg_ctl --pgdata="$PGDATA" --mode=immediate --wait stop', **empty)
