"""A journal of many entries: numbering them, walking all of them as each night does, and what an entry weighs.

`python -m bench.journal '{"entries": 200000}'` inside an installation. Nine of ten entries are zero-reports, as in a year.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure
from tests.installations import Bureau
from tests.processes import ROOT

MILLION = 1_000_000
BATCH = 5000


def run(folder: Path, bureau: Bureau, *, entries: int) -> list[Figure]:
    with bureau.installation(folder / "journal") as installation:
        done = subprocess.run(
            [sys.executable, "-m", "bench.journal", json.dumps({"entries": entries})],
            cwd=ROOT, env=installation.env, capture_output=True, text=True, timeout=3600,
        )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"bench.journal failed:\n{done.stdout}\n{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    per_million = MILLION / found["walked"]
    return [
        Figure("entries numbered per second", entries / found["number"], "/s"),
        Figure("entries verified per second", found["walked"] / found["verify"], "/s"),
        Figure("verifying a million entries", per_million * found["verify"], "s", per_million * found["hash"],
               "reading and hashing them alone"),
        Figure("the same, processor time of the process", per_million * found["cpu"], "s"),
        Figure("a million entries on disk, with their indexes", per_million * found["bytes"] / 2**20, "MB"),
        Figure("memory of the process that verified", found["memory"] / 2**20, "MB"),
    ]  # fmt: skip


def measured(entries: int) -> dict:
    from django.db import connection

    from journal.numbering import number_new
    from journal.verify import verify

    _record(entries)
    begun = time.perf_counter()
    number_new()
    numbered = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('journal_entry')")
        (bytes_,) = cursor.fetchone()
    plain = _hashed_alone()
    begun, used = time.perf_counter(), time.process_time()
    verdict = verify()
    assert verdict.broken is None, verdict
    return {
        "number": numbered,
        "verify": time.perf_counter() - begun,
        "cpu": time.process_time() - used,
        "hash": plain,
        "walked": verdict.checked,
        "bytes": bytes_,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _record(entries: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import Unit, User
    from journal.live import wake
    from journal.record import record_many

    wake.set_hub(lambda: None)  # as in a web process: others number the entries
    now, units, person = timezone.now(), list(Unit.objects.all()), User.objects.get(username="town11.clerk")
    filed = {"period": "2026-11-28", "version": 1, "receipt": "R-V111-20261128-1", "was": "", "answer": "nil"}
    filed |= {"late": False, "counted": True, "items": []}
    told = {"text": "来访群众约三十五人在一楼大厅聚集，拉横幅一条，责任单位已到场。" * 3}
    for first in range(0, entries, BATCH):
        place = {"unit": units[first // BATCH % len(units)], "actor": person, "at": now, "post": "值班员"}
        reports = [
            {"subject": f"slot:{first + n}:daily:2026-11-28", "content": filed, **place}
            for n in range(BATCH * 9 // 10)
        ]
        others = [
            {"subject": f"incident:{first + n}", "content": told, **place}
            for n in range(BATCH - len(reports))
        ]
        with transaction.atomic():
            record_many("zero_report.received", reports)
            record_many("incident.observed", others)


def _hashed_alone() -> float:
    """Seconds to read the texts in order and hash them one after the other, by nothing of ours."""
    import hashlib

    from django.db import connection, transaction

    begun, hash_ = time.perf_counter(), ""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT number, body FROM journal_entry ORDER BY number")
        while rows := cursor.fetchmany(2000):
            for number, body in rows:
                hash_ = hashlib.sha256(f"{hash_}\n{number}\n{body}".encode()).hexdigest()
    return time.perf_counter() - begun


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(measured(**json.loads(sys.argv[1]))))
