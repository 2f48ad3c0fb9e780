"""The archive of an incident that is over: whole, checked without us, and only for who sees it by post."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment
from dashboards.archive import verify
from journal import hashing
from journal.models import Entry
from journal.numbering import number_new
from tests.early_warnings.conftest import passwords
from tests.live.walk import ACTS, Walk
from works import running
from works.models import Work

__all__ = ["passwords"]


@pytest.fixture
def walked(reach, units, passwords, plan):
    """walked("close") → the walk of all acts up to and with that one; called again it goes on."""
    walk, left = Walk(reach, units, timezone.now), list(ACTS)

    def walk_to(last):
        while left:
            act = left.pop(0)
            act(walk)
            if act.__name__ == last:
                break
        walk.incident.refresh_from_db()
        number_new()
        return walk

    return walk_to


@pytest.fixture
def unpacked(walked, signed_in, tmp_path):
    """The archive of a closed incident in a folder."""
    walk = walked("close")
    browser = signed_in("county1.duty")
    assert browser.post(reverse("incident-archive", args=[walk.incident.number])).status_code == 303
    work = Work.objects.get()
    running.carry_out(work.pk, timezone.now)
    answer = browser.get(reverse("work-file", args=[work.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).extractall(tmp_path)
    return tmp_path


def verified(folder) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py")], cwd="/", capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout


@pytest.mark.slow
def test_it_holds_what_happened_and_what_was_signed_and_is_checked_with_python_alone(unpacked):
    manifest = json.loads((unpacked / "manifest.json").read_text())
    lines = [json.loads(line) for line in (unpacked / "journal.jsonl").read_text().splitlines()]

    shown = Entry.objects.filter(audience="incident", thread__startswith="incident:").exclude(number=None)
    assert [line["number"] for line in lines] == sorted(shown.values_list("number", flat=True))
    assert len(list((unpacked / "signed").iterdir())) == len(manifest["signed"]) >= 4
    assert len(json.loads((unpacked / "orders.json").read_text())) == 2
    assert json.loads((unpacked / "warnings.json").read_text())
    assert json.loads((unpacked / "reports.json").read_text())
    assert "办结事件" in (unpacked / "timeline.txt").read_text()
    assert verified(unpacked) == (0, "whole / 完整无改动\n")


@pytest.mark.slow
@pytest.mark.embedded_only
def test_whatever_is_changed_or_missing_is_found(unpacked):
    for file in sorted(json.loads((unpacked / "manifest.json").read_text())["files"]):
        if file == "verify.py":
            continue
        content = (unpacked / file).read_bytes()
        (unpacked / file).write_bytes(content[:-2] + b"0" + content[-1:])
        code, said = verified(unpacked)
        assert (code, file in said) == (1, True), file
        (unpacked / file).unlink()
        assert verified(unpacked)[0] == 1, file
        (unpacked / file).write_bytes(content)

    signed, journal = forged(unpacked)
    code, said = verified(unpacked)
    assert (code, len(said.splitlines())) == (1, 2)
    assert f"journal entry {journal}" in said
    assert signed in said


def forged(folder) -> tuple[str, int]:
    """Somebody changes an entry and a signed text and mends the manifest; returns which."""
    manifest = json.loads((folder / "manifest.json").read_text())
    signed = next(iter(manifest["signed"]))
    lines = (folder / "journal.jsonl").read_text().splitlines()
    entry = json.loads(lines[3])
    entry["body"] = entry["body"].replace("0", "1", 1)
    lines[3] = json.dumps(entry, ensure_ascii=False)
    (folder / "journal.jsonl").write_text("\n".join(lines) + "\n")
    (folder / signed).write_text("something else")
    for name in ("journal.jsonl", signed):
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return signed, entry["number"]


@pytest.mark.slow
def test_it_is_made_once_the_incident_is_over_for_who_sees_it_by_post(walked, signed_in):
    walk = walked("take")
    url = reverse("incident-archive", args=[walk.incident.number])

    assert signed_in("county1.duty").post(url).status_code == 409
    assert url not in signed_in("county1.duty").get(f"/incidents/{walk.incident.number}/").content.decode()

    walked("close")
    codes = {
        name: signed_in(name).post(url).status_code
        for name in (
            "county1.director",
            "city.audit",
            "county1.squad.dialogue",
            "county2.duty",
            "town21.head",
        )
    }

    assert codes == {
        "county1.director": 303, "city.audit": 303, "county1.squad.dialogue": 403,
        # The incident was shared with county 2 in the walk, and is nothing to its township.
        "county2.duty": 403, "town21.head": 404,
    }  # fmt: skip
    assert url in signed_in("county1.duty").get(f"/incidents/{walk.incident.number}/").content.decode()
    assert Entry.objects.filter(kind="work.asked").count() == 2


@pytest.mark.slow
def test_whose_post_has_ended_since_does_not_get_it(walked, signed_in):
    """The rights are those of the download, not of the day it was asked for."""
    walk = walked("close")
    browser = signed_in("county1.duty")
    browser.post(reverse("incident-archive", args=[walk.incident.number]))
    work = Work.objects.get()
    running.carry_out(work.pk, timezone.now)
    Appointment.objects.filter(person=work.asked_by).update(valid_to=timezone.now())

    assert browser.get(reverse("work-file", args=[work.pk])).status_code == 404


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_an_entry_is_checked_with_the_hash_that_it_names(tmp_path, algorithm):
    """Also one of an installation with national algorithms (journal.hashing)."""
    body = json.dumps({"form": 3, "hash": algorithm, "kind": "incident.taken"}, separators=(",", ":"))
    entry = {"number": 1, "previous": "", "body": body, "hash": hashing.chain("", 1, body)}
    file = tmp_path / "journal.jsonl"

    file.write_text(json.dumps(entry))
    assert verify._journal(tmp_path) == []

    file.write_text(json.dumps(entry | {"body": body.replace("taken", "closed")}))
    assert len(verify._journal(tmp_path)) == 1
