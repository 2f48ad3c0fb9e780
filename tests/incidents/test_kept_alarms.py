"""What the database cannot take: an alarm is kept outside it and recorded once; nothing else pretends."""

import errno
import os
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils.translation import override

from accounts.models import User
from common.models import SetAside
from engine.background import auditor
from engine.monitoring.metrics import exposition
from engine.monitoring.probes import readiness
from incidents.kept_alarms import storage
from incidents.kept_alarms.playing import play_kept
from incidents.models import Incident
from incidents.reporting import actions
from journal.models import Entry
from journal.record import content_of
from tests.incidents.test_api import ALARM

pytestmark = [pytest.mark.django_db, pytest.mark.control(31)]


@pytest.fixture
def spool(settings, tmp_path):
    settings.ALARM_SPOOL_DIR = str(tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def full(monkeypatch):
    """The database answers, and takes no alarm."""

    def no_room(*args, **kwargs):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "_report", no_room)
        yield patched


def kept(person, now, **more):
    body = {**ALARM, **more}
    return storage.keep(storage.KeptAlarm(person.pk, now, body))


def test_it_is_kept_sealed_and_said_and_recorded_once_with_its_time(
    api, spool, full, cast, units, now, wall_clock
):
    units["C1"].phone = "0500-8100119"
    units["C1"].save()
    caller = api("county1.duty")

    first, again = (caller.post("alarms/", ALARM, key=key) for key in ("k1", "k2"))

    assert (first.status_code, first.json()["code"]) == (503, "alarm_kept")
    assert first.json()["kept"] is True
    assert "尚未通知任何人" in first.json()["detail"]
    assert "请立即电话报告值班室（0500-8100119）" in first.json()["detail"]
    assert again.json() == first.json()
    assert not Incident.objects.exists()
    (name,) = storage.waiting()
    stored = spool / name
    assert stored.stat().st_mode & 0o777 == 0o600
    assert b"C1" not in stored.read_bytes()
    assert storage.read(name).person == cast["county1.duty"].pk

    full.undo()
    later = now + timedelta(minutes=6)
    assert play_kept(later) == 1
    assert play_kept(later) == 0

    incident = Incident.objects.get()
    assert incident.reported_by == cast["county1.duty"]
    assert incident.known_at == now
    assert incident.recorded_at == later
    entry = Entry.objects.get(kind="incident.reported")
    assert content_of(entry)["kept_since"].startswith(now.strftime("%Y-%m-%dT%H:%M"))
    assert not storage.waiting()
    # The device goes on sending until it has the number.
    assert caller.post("alarms/", ALARM, key="k1").json()["number"] == incident.number


def test_the_plain_form_says_so_in_the_readers_language(client, spool, full, cast, plan):
    client.force_login(cast["county1.duty"])
    form = {
        "unit": "C1",
        "facts.headcount": "6-20",
        "facts.acts": ["banner"],
        "what": "来访",
        "idempotency_key": "f1",
    }

    answer = client.post("/alarm/", form)

    assert answer.status_code == 503
    assert 'data-code="alarm_kept"' in answer.content.decode()
    assert "尚未通知任何人" in answer.content.decode()
    (name,) = storage.waiting()
    assert storage.read(name).body["facts"] == {"headcount": "6-20", "acts": ["banner"]}


def test_who_is_not_proved_keeps_nothing(client, spool, full):
    answer = client.post("/api/v1/alarms/", ALARM, content_type="application/json")

    assert answer.status_code == 401
    assert not storage.waiting()


def test_what_is_not_in_order_is_said_and_not_kept(api, spool, full):
    assert api("county1.duty").post("alarms/", {**ALARM, "facts": {"headcount": "?"}}).status_code == 422
    assert not storage.waiting()


@pytest.mark.parametrize(
    ("limit", "value"), [("MOST", 1), ("MOST_OF_ONE", 1), ("MOST_BYTES", 10)], ids=["all", "one", "size"]
)
def test_beyond_the_bounds_it_is_said_that_nothing_was_kept(
    api, spool, full, cast, now, limit, value, monkeypatch
):
    kept(cast["county1.duty"], now, client_id="earlier")
    monkeypatch.setattr(storage, limit, value)

    answer = api("county1.duty").post("alarms/", ALARM)

    assert (answer.status_code, answer.json()["code"]) == (503, "alarm_not_kept")
    assert len(storage.waiting()) == 1


def test_on_a_full_disk_the_room_held_for_alarms_is_used(spool, cast, now, monkeypatch):
    storage.hold_room()
    assert (spool / storage.RESERVE).stat().st_blocks * 512 >= storage.RESERVE_BYTES
    write, tries = storage._write, []

    def at_first_full(name, content):
        tries.append(name)
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "no space left on device")
        write(name, content)

    monkeypatch.setattr(storage, "_write", at_first_full)
    name = kept(cast["county1.duty"], now)

    assert storage.waiting() == [name]
    assert (spool / storage.RESERVE).stat().st_size < storage.RESERVE_BYTES


def test_without_a_reserve_a_full_disk_is_said(spool, cast, now):
    with (
        patch.object(storage, "_write", side_effect=OSError(errno.ENOSPC, "full")),
        pytest.raises(OSError, match="full"),
    ):
        kept(cast["county1.duty"], now)


def test_it_is_on_the_disk_before_anybody_is_answered(spool, cast, now):
    with patch.object(os, "fsync", side_effect=os.fsync) as flushed:
        kept(cast["county1.duty"], now)

    # The file, then the folder that names it.
    assert flushed.call_count == 2


def test_one_that_cannot_be_recorded_is_set_aside_and_shown_and_the_others_go_on(spool, plan, cast, now):
    for number, more in enumerate([{"unit": "NONE"}, {}, {}]):
        os.utime(
            spool / kept(cast["county1.duty"], now, client_id=f"c{number}", **more),
            (now.timestamp() + number,) * 2,
        )
    bad = kept(cast["county1.clerk" if "county1.clerk" in cast else "county1.duty"], now, client_id="cut")
    (spool / bad).write_bytes(b"s1:cut")

    assert play_kept(now) == 2
    for minute in (1, 2):
        assert play_kept(now + timedelta(minutes=minute)) == 0

    assert Incident.objects.count() == 2
    assert sorted(SetAside.objects.values_list("error", "tries")) == [("NotAllowed", 3), ("Unreadable", 3)]
    found = {fault.code for fault in auditor.find_faults(now + timedelta(minutes=2), {})}
    assert {"alarms_kept", "set_aside:incidents.kept_alarms"} <= found
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("kept_alarms", read=bad)
    call_command("kept_alarms", give_up=bad)
    assert bad not in storage.waiting()
    assert Entry.objects.filter(kind="engine.alarm_given_up").count() == 1


def test_the_rights_are_those_of_the_moment_it_was_received(spool, plan, cast, now):
    kept(cast["county1.duty"], now)
    cast["county1.duty"].appointments.update(valid_to=now + timedelta(minutes=1))

    assert play_kept(now + timedelta(minutes=5)) == 1
    assert Incident.objects.count() == 1


def test_of_an_account_disabled_since_it_waits_for_somebody_to_look(spool, plan, cast, now):
    kept(cast["county1.duty"], now)
    User.objects.filter(pk=cast["county1.duty"].pk).update(is_active=False)

    assert play_kept(now + timedelta(minutes=5)) == 0
    assert len(storage.waiting()) == 1


def test_it_shows_while_it_waits(spool, cast, now):
    assert readiness(now)[1]["kept_alarms"] == {"ok": True, "waiting": 0, "seconds": 0.0}
    name = kept(cast["county1.duty"], now)
    os.utime(spool / name, (now.timestamp() - 40,) * 2)

    assert readiness(now)[1]["kept_alarms"] == {"ok": False, "waiting": 1, "seconds": 40.0}
    assert b"icd_kept_alarms 1.0" in exposition(now)
    assert b"icd_kept_alarms_seconds 40.0" in exposition(now)
    assert "alarms_kept" in {fault.code for fault in auditor.find_faults(now, {})}


def test_the_system_page_shows_it(spool, client, cast, now, plan):
    kept(cast["county1.duty"], now)
    client.force_login(cast["city.sysadmin"])

    with override("en"):
        page = client.get("/system/", headers={"Accept-Language": "en"}).content.decode()

    assert "尚未通知任何人" in page or "nobody has been told" in page
