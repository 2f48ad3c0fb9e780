"""The ledger of demands, the API's list and the answers due at 1,000 and at 100,000 demands, all of them open."""

from pathlib import Path

from bench.figures import Figure
from bench.pages import Visited, visit
from tests.installations import Bureau
from tests.processes import Server, python

PAGES = {
    "ledger of demands": "/demands/",
    "the same, due within 3 days": "/demands/?within=3",
    "list of demands of the API": "/api/v1/demands/",
}
FILL = """
import random
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from accounts.models import Unit
from cases.demands.models import Demand

chance, now = random.Random(2), timezone.now()
units = list(Unit.objects.filter(path__under=Unit.objects.get(code="C1").path))
made = []
for n in range(Demand.objects.count(), {total}):
    unit, at = chance.choice(units), now - timedelta(minutes=chance.randint(0, 40_000))
    made.append(Demand(number=f"bench-{{n}}", origin="counter", point="bench", unit=unit, unit_path=unit.path,
                       lead_unit=unit, lead_path=unit.path, registered_at=at, due_at=at + timedelta(days=30)))
Demand.objects.bulk_create(made, batch_size=2000)
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
print(Demand.objects.count())
"""


def run(folder: Path, bureau: Bureau, *, small: int, large: int, times: int) -> list[Figure]:
    """Each list `times` times by each of eight clients, first with `small` and then with `large` demands."""
    figures: list[Figure] = []
    before: dict[str, Visited] = {}
    with bureau.installation(folder / "demands", COUNT_QUERIES="1") as installation:
        for total in (small, large):
            python(FILL.format(total=total), env=installation.env)
            with Server(env=installation.env, application="bench.application:application") as server:
                headers = {"Cookie": f"session={installation.keys['county1.duty'][1]}"}
                for name, path in PAGES.items():
                    found = visit(server, headers, path, times)
                    what = f"{name}, {total:,} demands"
                    if name in before:
                        figures += [
                            Figure(
                                f"{what}, processor time",
                                found.cpu,
                                "ms",
                                before[name].cpu,
                                f"{small:,}",
                                1.2,
                            ),
                            Figure(
                                f"{what}, 8 clients, p50",
                                found.p50,
                                "ms",
                                before[name].p50,
                                f"{small:,}",
                                1.2,
                            ),
                            Figure(f"{what}, statements", found.queries, ""),
                        ]
                    before.setdefault(name, found)
    return figures
