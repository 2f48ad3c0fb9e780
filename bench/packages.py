"""Issuing a package of 40 orders to 120 people: one act, one transaction, beside one bare INSERT of as many rows.

`python -m bench.packages '{"bare_url": …}'` inside an installation; the act itself, without server and network.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figure
from tests.installations import Bureau
from tests.processes import ROOT

#: Squads with an order each, and the people of each.
SQUADS, PEOPLE = 40, 3
TIMES = 7


def run(folder: Path, bureau: Bureau) -> list[Figure]:
    with bureau.installation(folder / "packages") as installation:
        given = json.dumps({"bare_url": bureau.postgres.create("bare_packages")})
        done = subprocess.run(
            [sys.executable, "-m", "bench.packages", given],
            cwd=ROOT, env=installation.env, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"bench.packages failed:\n{done.stdout}\n{done.stderr}")
        found = json.loads(done.stdout.splitlines()[-1])
    people = SQUADS * PEOPLE
    return [
        Figure(f"package of {SQUADS} orders to {people} people", 1000 * found["issue"], "ms", 1000 * found["bare"],
               f"bare INSERT of {found['rows']} rows", 3),
        Figure("the same, processor time", 1000 * found["cpu"], "ms"),
        Figure("statements of the whole package", found["statements"], ""),
        Figure("notices", found["notices"], ""),
    ]  # fmt: skip


def measured(bare_url: str) -> dict:
    """Medians of TIMES packages, each for an incident of its own."""
    from django.db import connection, reset_queries
    from django.utils import timezone

    from accounts.scope import reach_of
    from command.packages.models import Package
    from notices.models import Notice

    now = timezone.now()
    reach = reach_of(_bureau(now), now)
    taken, cpus = [], []
    for number in range(TIMES):
        response = _response(reach, number, now)
        lines = _lines(response, now)
        before, queued = _rows(), Notice.objects.count()
        connection.force_debug_cursor = number == 0
        reset_queries()
        begun, used = time.perf_counter(), time.process_time()
        _issue(response, lines, reach, now)
        if number == 0:
            statements, rows = len(connection.queries), _rows() - before
            notices = Notice.objects.count() - queued
        else:
            taken.append(time.perf_counter() - begun)
            cpus.append(time.process_time() - used)
    assert Package.objects.count() == TIMES
    return {
        "issue": sorted(taken)[len(taken) // 2],
        "cpu": sorted(cpus)[len(cpus) // 2],
        "bare": _bare(bare_url, rows),
        "rows": rows,
        "statements": statements,
        "notices": notices,
    }


def _bureau(now):
    """The city plan with so many squads, each with its people; returns the desk that sends the package out."""
    import yaml
    from django.conf import settings

    from accounts.choices import PostKind
    from accounts.models import Post, Unit, User
    from accounts.posts.actions import appoint_person
    from plans.lifecycle.actions import load_plan

    document = yaml.safe_load((settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text())
    document["organisation"]["squads"] += [
        {"id": f"bench{n}", "zh": f"专班{n}", "en": f"Squad {n}"} for n in range(SQUADS)
    ]
    orders = [
        {"id": f"B{n}", "squad": f"bench{n}", "zh": "到现场" * 10, "en": "Go there"} for n in range(SQUADS)
    ]
    document["packages"] = [{"level": "blue", "orders": orders}]
    document["version"] += 1
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    load_plan(text=text, actor=None, now=now, put_in_force=True)
    unit = Unit.objects.get(code="C1")
    for n in range(SQUADS):
        post = Post.objects.create(
            unit=unit, kind=PostKind.SQUAD, squad=f"bench{n}", title=f"专班{n}", title_en=f"Squad {n}"
        )
        for person in range(PEOPLE):
            user = User.objects.create(
                username=f"bench.{n}.{person}", name="bench", phone=f"1390000{n:02d}{person:02d}"
            )
            appoint_person(person=user, post=post, actor=None, now=now)
    return User.objects.get(username="county1.duty")


def _response(reach, number: int, now):
    from accounts.models import Unit
    from command.activation.choices import ResponseState
    from command.activation.models import Response
    from incidents.reporting.actions import Alarm, report_incident
    from plans.engine.facts import Facts

    alarm = Alarm(
        unit=Unit.objects.get(code="C1"), place="hall", what="bench", facts=Facts(), client_id=f"p{number}"
    )
    incident = report_incident(reach=reach, alarm=alarm, now=now)[0]
    return Response.objects.create(
        number=f"R-bench-{number}", incident=incident, unit=incident.unit, unit_path=incident.unit_path,
        plan=incident.plan, level="blue", matter="bench", proposed_at=now, started_at=now, state=ResponseState.ACTIVE,
    )  # fmt: skip


def _lines(response, now) -> list:
    """What whoever looked at the preview sends back."""
    from command.packages.queries import ready
    from command.packages.rules import SentLine

    found = ready(response, "blue", now).orders
    assert len(found) == SQUADS
    return [SentLine(one.to, one.line.words.zh, one.arrive_by, one.line.id) for one in found]


def _issue(response, lines, reach, now) -> None:
    from command.packages.actions import issue_package

    issue_package(response_id=response.pk, reach=reach, level="blue", lines=lines, left_out={}, now=now)


def _rows() -> int:
    """In the tables that a package writes to."""
    from clocks.models import Clock
    from command.orders.models import Order
    from command.packages.models import Package, PackageLine
    from incidents.models import IncidentGroupPermission
    from journal.models import Entry
    from notices.models import Callout, Notice

    tables = (Order, Package, PackageLine, Entry, Clock, Notice, Callout, IncidentGroupPermission)
    return sum(table.objects.count() for table in tables)


def _bare(url: str, rows: int) -> float:
    """Seconds of one multi-row INSERT of rows of about an entry's size, and its commit."""
    import psycopg2

    connection = psycopg2.connect(url)
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE bench (id bigserial PRIMARY KEY, number text, body text)")
    taken = []
    for _ in range(TIMES):
        values = b",".join(cursor.mogrify("(%s, %s)", [str(n), "x" * 600]) for n in range(rows))
        begun = time.perf_counter()
        cursor.execute(b"INSERT INTO bench (number, body) VALUES " + values)
        connection.commit()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(json.dumps(measured(**json.loads(sys.argv[1]))))
