"""The reporter's own words beside an alarm: kept sealed, once, heard on the record, gone with the certificate."""

import hashlib
import io
import json
import os
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from command.destruction import actions as destruction
from command.destruction import queries, rules
from command.destruction.choices import DataKind, ItemState, Method
from command.destruction.paper import text_of
from common.errors import NotAllowed, WrongState
from dashboards.archive.package import archive_of
from incidents.actions import close_incident, merge_incident, retract_incident
from incidents.models import Incident
from incidents.voice_notes import storage
from incidents.voice_notes.actions import hear_note, leave_note
from incidents.voice_notes.models import VoiceNote
from journal.models import Entry
from journal.record import content_of
from tests import tokens
from tests.incidents.closing import answered
from tests.incidents.sounds import mp4, ogg, webm

pytestmark = pytest.mark.usefixtures("plan")

SOUND = webm(4)
DIGEST = hashlib.sha256(SOUND).hexdigest()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VOICE_NOTES, settings.DATA_DIR = True, tmp_path
    return tmp_path / "voice"


@pytest.fixture
def raised(alarm):
    return alarm("town11.clerk", unit="T11")


@pytest.fixture
def leave(reach, now, django_capture_on_commit_callbacks):
    def leave_it(incident, content=SOUND, username="town11.clerk", at=now):
        return leave_note(incident_id=incident.pk, reach=reach(username), content=content, now=at)

    return leave_it


@pytest.fixture
def post(cast, now, client):
    """post(client_id, content) → the answer of the API to the reporter's device."""
    key = tokens.issue(user=cast["town11.clerk"], now=now)

    def send(client_id, content=SOUND, media_type="audio/webm"):
        return client.post(
            f"/api/v1/alarms/{client_id}/voice-note/", content, content_type=media_type,
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    send.key = key
    return send


def kinds(incident):
    return list(Entry.objects.filter(thread=incident.key).order_by("pk").values_list("kind", flat=True))


# --- leaving one -----------------------------------------------------------------------------------------------


def test_it_is_kept_sealed_under_a_random_name_for_this_account_alone(raised, leave, folder):
    note, is_new = leave(raised)

    (file,) = folder.iterdir()
    assert is_new
    assert (note.file, note.sha256, note.seconds, note.media_type) == (file.name, DIGEST, 4, "audio/webm")
    assert raised.number not in file.name
    assert SOUND[:40] not in file.read_bytes()
    assert b"OPUS" not in file.read_bytes()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert storage.read(note) == SOUND
    entry = Entry.objects.get(kind="incident.voice_note_received")
    assert content_of(entry) == {"sha256": DIGEST, "seconds": 4, "size": len(SOUND)}


def test_a_device_that_sends_it_again_gets_the_first_answer(raised, post, folder):
    first, again = post(raised.client_id), post(raised.client_id)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["number"] == raised.number
    assert first.json()["sha256"] == DIGEST
    assert len(list(folder.iterdir())) == VoiceNote.objects.count() == 1
    assert kinds(raised).count("incident.voice_note_received") == 1


def test_another_recording_for_the_same_alarm_is_refused(raised, post, folder):
    post(raised.client_id)

    answer = post(raised.client_id, ogg(3), "audio/ogg")

    assert (answer.status_code, answer.json()["code"]) == (409, "voice_note_there")
    assert storage.read(VoiceNote.objects.get()) == SOUND


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xd8\xff\xe0", SOUND + b"PK", webm(40)])
def test_what_is_no_short_recording_is_refused_with_a_sentence_and_the_alarm_stands(
    raised, post, folder, content
):
    answer = post(raised.client_id, content)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("语音备注未收下")
    assert not folder.exists()
    assert VoiceNote.objects.count() == 0
    raised.refresh_from_db()
    assert raised.is_open


def test_two_hundred_megabytes_are_refused_and_fill_no_memory(raised, post, folder):
    class Endless(io.RawIOBase):
        """So much the device says that it sends; it can be read only piece by piece."""

        left = 200 * 1024 * 1024

        def read(self, size=-1):
            size = min(self.left, 65536 if size < 0 else size)
            self.left -= size
            return bytes(size)

    tracemalloc.start()
    content = Endless()
    answer = raw_post(raised, post, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (answer.status_code, answer.json()["code"]) == (422, "voice_note_too_large")
    assert peak < 20 * 1024 * 1024
    assert content.left > 150 * 1024 * 1024
    assert not folder.exists()


def raw_post(raised, post, content):
    return Client().generic(
        "POST",
        f"/api/v1/alarms/{raised.client_id}/voice-note/",
        headers={"Authorization": f"Bearer {post.key}"},
        **{"CONTENT_TYPE": "audio/webm", "wsgi.input": content, "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )


def test_only_the_reporter_of_the_alarm_leaves_one(raised, leave, signed_in):
    with pytest.raises(NotAllowed):
        leave(raised, username="county1.duty")
    assert VoiceNote.objects.count() == 0


def test_a_client_id_of_somebody_else_is_not_there(alarm, post):
    theirs = alarm("county1.duty")

    assert post(theirs.client_id).status_code == 404
    assert post("nobodys").status_code == 404


def test_none_is_taken_where_the_bureau_has_not_decided_so(raised, post, settings, signed_in):
    settings.VOICE_NOTES = False

    assert post(raised.client_id).json()["code"] == "voice_notes_off"
    for url in ("/alarm/", f"/alarm/{raised.number}/"):
        page = signed_in("town11.clerk").get(url).content.decode()
        assert "data-voice=" not in page
        assert 'name="voice_note"' not in page


def test_none_is_taken_for_an_alarm_that_is_over(raised, leave, reach, now):
    close(raised, reach, now)

    with pytest.raises(WrongState):
        leave(raised)


def test_a_file_whose_row_could_not_be_written_is_nobodys_and_goes_at_night(raised, leave, folder, now):
    note, _ = leave(raised)
    left, young = folder / ("a" * 32), folder / "b.part"
    for file in (left, young):
        file.write_bytes(b"x")
    hours_ago = (now - timedelta(hours=2)).timestamp()
    for file in (left, folder / note.file):
        os.utime(file, (hours_ago, hours_ago))
    os.utime(young, (now.timestamp(), now.timestamp()))

    assert storage.sweep(now) == 1
    assert {file.name for file in folder.iterdir()} == {note.file, young.name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"sha256": "ab"}, id="a_voice_note_has_a_whole_hash"),
        pytest.param({"file": "same"}, id="each_voice_note_has_its_own_file"),
    ],
)
def test_the_database_keeps_whole_hashes_and_a_file_for_each(raised, alarm, leave, change):
    leave(raised)
    other = alarm("town11.clerk", unit="T11")
    VoiceNote.objects.update(file="same")
    fields = {"file": "other", "sha256": DIGEST, "media_type": "audio/webm", "size": 1, "seconds": 1}

    with pytest.raises(IntegrityError), transaction.atomic():
        VoiceNote.objects.create(incident=other, received_at=raised.recorded_at, **{**fields, **change})


# --- by a plain form -------------------------------------------------------------------------------------------


def press(browser, content, **more):
    file = SimpleUploadedFile("aufnahme.exe", content, content_type="text/html")
    return browser.post("/alarm/", {"unit": "T11", "idempotency_key": "k1", "voice_note": file, **more})


def test_without_scripts_the_alarm_brings_it_along(signed_in):
    browser = signed_in("town11.clerk")

    page = browser.get("/alarm/").content.decode()
    answers = [press(browser, mp4(5)), press(browser, mp4(5))]

    assert 'type="file" name="voice_note" accept="audio/*"' in page
    assert 'enctype="multipart/form-data"' in page
    (incident,) = Incident.objects.all()
    assert {answer["Location"] for answer in answers} == {f"/alarm/{incident.number}/"}
    assert (incident.voice_note.media_type, incident.voice_note.seconds) == ("audio/mp4", 5)
    assert "收到语音备注" in browser.get(f"/alarm/{incident.number}/").content.decode()


def test_a_file_that_is_refused_holds_up_no_alarm_and_the_receipt_says_so(signed_in):
    browser = signed_in("town11.clerk")

    answer = press(browser, b"<html>")

    page = browser.get(answer["Location"]).content.decode()
    assert Incident.objects.count() == 1
    assert "语音备注未收下" in page


def test_the_receipt_takes_one_as_long_as_there_is_none(raised, signed_in):
    browser = signed_in("town11.clerk")
    url = f"/alarm/{raised.number}/"
    before = browser.get(url).content.decode()
    file = SimpleUploadedFile("a.webm", SOUND)

    answer = browser.post(f"/incidents/{raised.number}/voice-note/", {"voice_note": file})

    assert f'data-voice-for="{raised.client_id}"' in before
    assert answer["Location"] == url
    after = browser.get(url).content.decode()
    assert "data-voice-for" not in after
    assert "收到语音备注" in after
    # The device's key of the alarm is nobody else's.
    assert raised.client_id not in re_ids(signed_in("county1.duty").get(url).content.decode())


def re_ids(page):
    return [part.split('"')[0] for part in page.split('data-voice-for="')[1:]]


# --- hearing it ------------------------------------------------------------------------------------------------


def test_it_is_heard_under_the_rights_of_the_incident_and_each_time_is_on_the_record(
    raised, leave, signed_in, now, reach
):
    note, _ = leave(raised)
    url = f"/incidents/{raised.number}/voice-note/"

    heard = signed_in("county1.duty").get(url)
    again = signed_in("county1.duty").get(url)

    assert heard.content == again.content == SOUND
    assert heard["Content-Type"] == "audio/webm"
    assert heard["Content-Disposition"] == f'attachment; filename="{raised.number}.webm"'
    assert heard["X-Content-Type-Options"] == "nosniff"
    assert heard["Cache-Control"] == "no-store"
    assert "media-src 'self'" in heard["Content-Security-Policy"]
    # A player asks for one file several times.
    (entry,) = Entry.objects.filter(kind="voice_note.heard")
    assert (entry.actor_name, entry.audience) == (str(reach("county1.duty").user), "security")
    hear_note(incident=raised, note=note, reach=reach("county1.duty"), now=entry.at + timedelta(minutes=2))
    assert Entry.objects.filter(kind="voice_note.heard").count() == 2
    assert signed_in("county2.duty").get(url).status_code == 404


def test_nobody_hears_it_without_signing_in(raised, leave, browser):
    leave(raised)

    answer = browser.get(f"/incidents/{raised.number}/voice-note/")

    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


@pytest.mark.parametrize(
    ("asked", "status", "piece", "said"),
    [
        ("bytes=0-1", 206, SOUND[:2], f"bytes 0-1/{len(SOUND)}"),
        ("bytes=10-", 206, SOUND[10:], f"bytes 10-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=-5", 206, SOUND[-5:], f"bytes {len(SOUND) - 5}-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=999999-", 416, b"", f"bytes */{len(SOUND)}"),
        ("bytes=0-1,5-6", 200, SOUND, None),
        ("lines=1-2", 200, SOUND, None),
    ],
)
def test_a_player_gets_the_piece_it_asks_for(raised, leave, signed_in, asked, status, piece, said):
    leave(raised)

    answer = signed_in("county1.duty").get(
        f"/incidents/{raised.number}/voice-note/", headers={"Range": asked}
    )

    assert (answer.status_code, answer.content, answer.get("Content-Range")) == (status, piece, said)


def test_a_file_that_is_missing_says_so(raised, leave, signed_in, folder):
    note, _ = leave(raised)
    (folder / note.file).unlink()

    answer = signed_in("county1.duty").get(f"/incidents/{raised.number}/voice-note/")

    assert answer.status_code == 404
    assert Entry.objects.filter(kind="voice_note.heard").count() == 0


def test_the_incidents_page_plays_it_and_says_that_listening_is_recorded(raised, leave, signed_in):
    without = signed_in("county1.duty").get(f"/incidents/{raised.number}/").content.decode()
    leave(raised)

    page = signed_in("county1.duty").get(f"/incidents/{raised.number}/").content.decode()

    assert "<audio" not in without
    assert f'src="/incidents/{raised.number}/voice-note/"' in page
    assert 'preload="none"' in page
    assert "每次收听都有记录" in page


def test_no_search_and_no_list_of_the_api_says_more_than_that_there_is_one(raised, leave, post, client):
    leave(raised)

    found = Entry.objects.filter(kind="incident.voice_note_received").get()

    assert set(content_of(found)) == {"sha256", "seconds", "size"}


# --- its end ---------------------------------------------------------------------------------------------------


def close(incident, reach, now):
    about = {"reach": reach("county1.duty"), "now": now + timedelta(hours=1)}
    return close_incident(
        incident_id=incident.pk, summary="已散", answers=answered(incident, about["now"]), **about
    )


def certify(incident, reach, now):
    incident.refresh_from_db()
    at = now + timedelta(hours=2)
    found = queries.of_incident(reach("county1.duty"), incident, at)
    who = reach("county1.duty")
    who.user.set_password("Destroy-2026-ok")
    who.user.save(update_fields=["password"])
    return destruction.issue_certificate(
        incident_id=incident.pk,
        reach=who,
        list_code=found.list_code,
        kept={},
        credential="Destroy-2026-ok",
        now=at,
    )


def test_the_certificate_destroys_it_and_names_its_hash(
    raised, leave, reach, now, folder, django_capture_on_commit_callbacks, signed_in
):
    note, _ = leave(raised)
    close(raised, reach, now)

    with django_capture_on_commit_callbacks(execute=True):
        certificate = certify(raised, reach, now)

    item = certificate.items.get(kind=DataKind.VOICE)
    note.refresh_from_db()
    assert (item.state, item.method, item.count) == (ItemState.DESTROYED, Method.ERASED, 1)
    assert list(folder.iterdir()) == []
    assert (note.file, note.sha256) == ("", DIGEST)
    (said,) = [
        one
        for one in content_of(Entry.objects.get(kind=rules.ITEMS.begin.entry))["items"]
        if one["kind"] == "voice"
    ]
    assert said["sha256"] == [DIGEST]
    assert DIGEST in text_of(certificate)
    page = signed_in("county1.duty").get(f"/incidents/{raised.number}/destruction/").content.decode()
    assert DIGEST in page
    assert signed_in("county1.duty").get(f"/incidents/{raised.number}/voice-note/").status_code == 404


def test_that_of_an_alarm_linked_as_the_same_event_goes_with_it(
    raised, alarm, leave, reach, now, folder, django_capture_on_commit_callbacks
):
    goes_on = alarm("county1.duty", unit="T11")
    leave(raised)
    desk = {"reach": reach("county1.duty"), "now": now + timedelta(minutes=5)}
    merge_incident(incident_id=raised.pk, into_id=goes_on.pk, **desk)
    close(goes_on, reach, now)

    with django_capture_on_commit_callbacks(execute=True):
        certificate = certify(goes_on, reach, now)

    assert certificate.items.get(kind=DataKind.VOICE).count == 1
    assert list(folder.iterdir()) == []


def test_an_alarm_that_is_taken_back_takes_it_along(
    raised, leave, reach, now, folder, django_capture_on_commit_callbacks
):
    leave(raised)

    with django_capture_on_commit_callbacks(execute=True):
        retract_incident(incident_id=raised.pk, reach=reach("town11.clerk"), now=now + timedelta(seconds=5))

    assert list(folder.iterdir()) == []
    entry = Entry.objects.get(kind="incident.voice_note_erased")
    assert content_of(entry) == {"sha256": DIGEST}


def test_the_archive_lists_the_hash_and_never_what_was_said(raised, leave, reach, now):
    leave(raised)
    close(raised, reach, now)

    content = archive_of(reach("county1.duty"), Incident.objects.get(pk=raised.pk), now + timedelta(hours=2))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (said,) = json.loads(archive.read("voice-notes.json"))
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names)
    assert (said["sha256"], said["seconds"], said["erased"]) == (DIGEST, 4, False)
    assert SOUND[:60] not in whole
    assert not [name for name in names if name.endswith((".webm", ".ogg", ".m4a"))]
