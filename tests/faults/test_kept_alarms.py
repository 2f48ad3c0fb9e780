"""The database takes nothing while people press the alarm and sign; processes are killed while alarms are kept and recorded.

Embedded, no file may grow (a full disk, as SQLite meets it); on PostgreSQL every transaction only reads.
"""

import resource
import signal
import subprocess
from contextlib import contextmanager

import pytest

from tests.clients import BROKEN
from tests.faults import acts
from tests.processes import eventually, together

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.control(31)]

#: Bytes up to which a file may still be written: an alarm's, and no page of the database.
SMALL = 4096


@contextmanager
def taking_nothing(installation, web):
    """The database answers and takes nothing, until the end; `web` runs, and may die meanwhile."""
    if installation.is_embedded:
        before = resource.prlimit(web.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(web.pid, resource.RLIMIT_FSIZE, (SMALL, before[1]))
        yield
        if web.is_alive:
            resource.prlimit(web.pid, resource.RLIMIT_FSIZE, before)
        return
    set_reading(installation, "on")
    try:
        yield
    finally:
        set_reading(installation, "off")


def set_reading(installation, switch):
    address = installation.env["DATABASE_URL"].replace("//dashboard@", "//postgres@")
    change = f"ALTER SYSTEM SET default_transaction_read_only = {switch}"
    command = ["psql", address, "--command", "SET default_transaction_read_only = off"]
    subprocess.run(
        [*command, "--command", change, "--command", "SELECT pg_reload_conf()"],
        check=True,
        capture_output=True,
    )
    eventually(
        lambda: installation.one("SHOW default_transaction_read_only") == switch, what="it has been told"
    )


def spooled(installation):
    return list((installation.folder / "kept-alarms").glob("*.alarm"))


def test_alarms_are_kept_and_signatures_refused_while_the_database_takes_nothing(installation):
    with together(installation.web()) as (web,), installation.engine() as _engine:
        alarm, sign = acts.raise_alarm(installation, web), acts.sign(installation, web)
        page = acts.raise_alarm_on_a_page(installation, web)
        before = [installation.one(act.count) for act in (alarm, sign, page)]

        with taking_nothing(installation, web):
            first, again, signed, form = alarm.call(), alarm.call(), sign.call(), page.call()
            entries = installation.one("SELECT count(*) FROM journal_entry WHERE kind = 'warning.signed'")
            now = [installation.one(act.count) for act in (alarm, sign, page)]
            kept = spooled(installation)

        assert (first.status, first.body["code"], first.body["kept"]) == (503, "alarm_kept", True)
        assert again.body == first.body
        assert 'data-code="alarm_kept"' in form.body
        assert len(kept) == 2
        assert (signed.status, signed.body["code"]) == (503, "try_again")
        assert signed.body["detail"].startswith("Nothing was saved")
        assert (now, entries) == (before, 0)

        eventually(lambda: not spooled(installation), seconds=15, what="the engine has recorded them")
        assert installation.one(alarm.count) == before[0] + 1
        assert installation.one(page.count) == before[2] + 1
        device = alarm.call()
        assert device.status == 200
        number = f"SELECT number FROM incidents_incident WHERE client_id = '{alarm.body['client_id']}'"
        assert device["number"] == installation.one(number)
        assert sign.call().status == 200


#: Where it dies: kept and not answered, being recorded, recorded and not forgotten.
POINTS = ["kept_alarms.before_answer", "incidents.before_commit", "kept_alarms.before_forgetting"]


@pytest.mark.parametrize("point", POINTS)
def test_whoever_dies_over_it_an_alarm_is_recorded_once(installation, point):
    is_at_the_door = point == POINTS[0]
    with together(installation.web(crash_at=point if is_at_the_door else "")) as (web,):
        act = acts.raise_alarm(installation, web)
        act.client.get("incidents/")
        with taking_nothing(installation, web):
            if is_at_the_door:
                with pytest.raises(BROKEN):
                    act.call()
                assert web.wait() == -signal.SIGKILL
            else:
                answer = act.call()
                assert answer.body["code"] == "alarm_kept", web.tail(60)
            assert len(spooled(installation)) == 1
            # Embedded, the server would record it before the next one dies over that.
            web.kill()
    if not is_at_the_door:
        dying = installation.web if installation.is_embedded else installation.engine
        dying = dying("dying", crash_at=point)
        dying.spawn()
        assert dying.wait() == -signal.SIGKILL
        assert len(spooled(installation)) == 1

    with together(installation.web("next")) as (web,), installation.engine("after"):
        eventually(lambda: not spooled(installation), seconds=15, what="it is recorded")
        assert installation.one(act.count) == 1
        act.client.send_to(web)
        assert act.call().status == 200
        assert installation.one("SELECT count(*) FROM journal_entry WHERE kind = 'incident.reported'") == 1


@pytest.mark.production
def test_without_its_database_nobody_is_proved_and_the_device_keeps_the_alarm(production_bureau, tmp_path):
    with (
        production_bureau.installation(tmp_path / "installation") as installation,
        together(installation.web()) as (web,),
    ):
        act = acts.raise_alarm(installation, web)
        production_bureau.postgres.stop()
        try:
            answer = act.call()
        finally:
            production_bureau.postgres.start()

        assert (answer.status, answer.body["code"]) == (503, "try_again")
        assert answer.headers["Retry-After"] == "2"
        assert spooled(installation) == []
        assert act.client.insist(act.method, act.path, act.body, key=act.key).status == 201
