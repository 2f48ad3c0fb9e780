"""The steps of docs/operations.md by which a database goes back to a moment, word for word, with the product on it."""

import time
from contextlib import contextmanager

import pytest

from engine.monitoring.replication import ASKED
from tests.documents import blocks, machine, programs, run
from tests.engine.test_destroyed_again import CERTIFY
from tests.faults import acts
from tests.installations import PASSWORD, Installation
from tests.processes import ROOT, eventually, python, together

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow]

PAGE = "docs/operations.md"
#: The engine brings the list up to date each minute.
LIST = "from engine.backup import destroyed_list; destroyed_list.write()"
POSITION = "SELECT latitude IS NOT NULL FROM incidents_incident WHERE client_id = '{}'"


@pytest.fixture
def bureau(production_bureau):
    """PostgreSQL alone is meant."""
    return production_bureau


@contextmanager
def archiving(first, wal):
    """The server keeps what the guide tells it to keep, until the end."""
    conf = first._cluster / "postgresql.conf"
    before = conf.read_text()
    conf.write_text(before + blocks(PAGE, "ini")["archive"].replace("/srv/other/wal", str(wal)))
    first.restart()
    try:
        yield
    finally:
        conf.write_text(before)
        first.restart()


def test_back_to_a_moment_all_before_it_is_there_and_what_was_destroyed_stays_destroyed(installation, bureau):
    first = bureau.postgres
    with machine(first, PAGE) as second:
        second.bash("mkdir -p other/wal other/base")
        wal, base = second.room / "other/wal", f"{second.room}/other/base/first"
        with archiving(first, wal):
            an_archive_that_takes_nothing_is_said(installation, wal)
            second.follow("base", BASE=base)
            alarms, until = live_through_it(installation)
            first.stop()

            began = time.monotonic()
            second.follow("moment", BASE=base, WAL=str(wal), UNTIL=until)
            there = {**installation.env, "DATABASE_URL": second.address(installation.env["DATABASE_URL"])}
            after = Installation(installation.folder, there, installation.keys)
            eventually(lambda: not after.one("SELECT pg_is_in_recovery()"), what="it has taken over")
            assert after.one(POSITION.format(alarms[0]))
            product = {**there, "PATH": programs(), "UNTIL": until}
            said = run(blocks(PAGE)["after-moment"], cwd=ROOT, env=product)
            with together(after.web("after")) as (web,):
                assert acts.raise_alarm(after, web).call().status == 201
                print(f"an alarm accepted after {time.monotonic() - began:.1f} s")

            assert "destroyed again: XH-" in said
            assert "journal whole" in said
            assert [row[0] for row in after.rows("SELECT client_id::text FROM incidents_incident ORDER BY id")][:-1] == alarms[:1]  # fmt: skip
            assert not after.one(POSITION.format(alarms[0]))
            after.check_journal()


def an_archive_that_takes_nothing_is_said(installation, wal) -> None:
    def has_failed():
        installation.one("SELECT pg_switch_wal()::text FROM (SELECT txid_current()) AS something_written")
        return installation.rows(ASKED)[0][0]

    away = wal.with_name("away")
    wal.rename(away)
    eventually(has_failed, what="a file of changes is refused")
    away.rename(wal)
    eventually(lambda: not has_failed(), what="what had waited is archived")


def live_through_it(installation) -> tuple[list[str], str]:
    """An alarm before the moment; what it held is destroyed and another one raised after it. Both, and the moment."""
    with together(installation.web(), installation.engine()) as (web, _engine):
        before, later = acts.raise_alarm(installation, web), acts.raise_alarm(installation, web)
        before.body["position"] = {"latitude": 30.5, "longitude": 114.3, "crs": "WGS84"}
        assert before.call().status == 201
        until = installation.one("SELECT clock_timestamp()").isoformat()
        python(CERTIFY.replace("Destroy-2026-ok", PASSWORD) + LIST, env=installation.env)
        assert not installation.one(POSITION.format(before.body["client_id"]))
        assert later.call().status == 201
        anchors = installation.folder / "journal-anchors.txt"
        eventually(anchors.exists, what="what was signed is anchored")
    return [before.body["client_id"], later.body["client_id"]], until
