"""The duty board and the lists at 1,000 and at 50,000 incidents under eight clients."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure, median
from bench.load import Visitor, queries, together
from tests.installations import Bureau
from tests.processes import Server, python

#: Incidents that are open, however many there are in all: a county's bad day.
OPEN = 100
PAGES = {
    "duty board": "/duty/",
    "its time limits": "/duty/?part=clocks",
    "its missing reports": "/duty/?part=missing",
    "incident list page": "/incidents/",
    "incident list of the API": "/api/v1/incidents/",
}
FILL = """
import random
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from incidents.reporting.actions import Alarm, report_incident
from incidents.models import Incident, Observation
from plans.engine.facts import Facts

chance, now = random.Random(1), timezone.now()
units = list(Unit.objects.filter(path__under=Unit.objects.get(code="C1").path))
person = User.objects.get(username="county1.duty")
reach = reach_of(person, now)
have, wanted, still = Incident.objects.count(), {total}, {still}
for n in range(Incident.objects.open().count(), still):
    alarm = Alarm(unit=chance.choice(units), place="hall", what="bench", facts=Facts(), client_id=f"open-{{n}}")
    report_incident(reach=reach, alarm=alarm, now=now)
model = Incident.objects.open().order_by("pk").first()
old = []
for n in range(Incident.objects.count(), wanted):
    unit, at = chance.choice(units), now - timedelta(minutes=chance.randint(60, 1_500_000))
    old.append(Incident(
        number=f"bench-{{n}}", unit=unit, unit_path=unit.path, plan=model.plan, state="closed", source=model.source,
        place="hall", what="bench", facts=model.facts, proposed_level=model.proposed_level,
        proposed_rank=model.proposed_rank, reasons=model.reasons, known_at=at, recorded_at=at, reported_by=person,
        client_id=f"closed-{{n}}", closed_at=at + timedelta(hours=1), closed_by=person, summary="bench"))
for start in range(0, len(old), 2000):
    made = Incident.objects.bulk_create(old[start : start + 2000])
    Observation.objects.bulk_create([
        Observation(incident=incident, at=incident.known_at, recorded_at=incident.recorded_at, actor=person,
                    what="bench", facts=incident.facts)
        for incident in made])
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
print(Incident.objects.count())
"""


def run(folder: Path, bureau: Bureau, *, small: int, large: int, times: int) -> list[Figure]:
    """Each page `times` times by each client, first with `small` and then with `large` incidents."""
    with bureau.installation(folder / "pages", COUNT_QUERIES="1") as installation:
        return _measure(installation, small, large, times)


def _measure(installation, small: int, large: int, times: int) -> list[Figure]:
    figures: list[Figure] = []
    before: dict[str, Visited] = {}
    for total in (small, large):
        python(FILL.format(total=total, still=OPEN), env=installation.env)
        with Server(env=installation.env, application="bench.application:application") as server:
            headers = {"Cookie": f"session={installation.keys['county1.duty'][1]}"}
            probe = visit(server, headers, "/healthz", times)
            for name, path in PAGES.items():
                now = visit(server, headers, path, times)
                other, against = (before[name], f"{small:,}") if name in before else (probe, "/healthz")
                goal = 1.3 if name in before else None
                what = f"{name}, {total:,} incidents"
                figures += [
                    Figure(f"{what}, 8 clients, p50", now.p50, "ms", other.p50, against),
                    Figure(f"{what}, processor time", now.cpu, "ms", other.cpu, against, goal),
                    Figure(f"{what}, statements", now.queries, ""),
                ]
                before.setdefault(name, now)
    return figures


class Visited(NamedTuple):
    p50: float
    #: Of the server, for one request; steadier than time on a busy machine.
    cpu: float
    queries: int


def visit(server: Server, headers: dict[str, str], path: str, times: int) -> Visited:
    """Milliseconds and statements of one address under all clients."""
    alone = Visitor(server.port, headers)
    alone.get(path)
    asked = queries(server.port, partial(alone.get, path))

    def client(_number):
        visitor = Visitor(server.port, headers)
        return lambda _: visitor.get(path)

    before = server.cpu_seconds()
    taken, _seconds = together(client, times)
    cpu = (server.cpu_seconds() - before) / len(taken)
    return Visited(1000 * median(taken), 1000 * cpu, asked)
