"""Run inside an installation: grow trees of units, file for them, count. Prints one JSON object.

python -m bench.reporting '{"sizes": ["1,000", "10,000"], "clients": 8, "times": 50}'
"""

import json
import multiprocessing
import os
import resource
import sys
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Appointment, Post, Unit, User  # noqa: E402
from accounts.scope import reach_of  # noqa: E402
from bench.load import insert_into  # noqa: E402
from common.dates.local_time import LOCAL, day_of  # noqa: E402
from common.dates.periods import DAILY, period_of  # noqa: E402
from journal.live import wake  # noqa: E402
from journal.numbering import number_new  # noqa: E402
from zero_reports.counts import queries  # noqa: E402
from zero_reports.counts.tallies import fold, recount  # noqa: E402
from zero_reports.filing import actions  # noqa: E402
from zero_reports.rounds.actions import fix_rounds, open_rounds  # noqa: E402
from zero_reports.rounds.models import Round  # noqa: E402

TODAY = period_of(DAILY, day_of(timezone.now()))
#: In time, as nearly every report is: half an hour before the built-in cut-off.
NOW = datetime.combine(TODAY.day, time_of_day(17), LOCAL)
#: About so many units below a city: townships in each of its 20 counties, villages in each of those.
SHAPES = {"1,000": (5, 9), "10,000": (25, 19), "100,000": (100, 49), "700,000": (350, 99)}

GROW = """
WITH city AS (INSERT INTO accounts_unit (code, name, name_en, tier, path, phone, address)
  VALUES (%(code)s, %(code)s, '', 'city', %(root)s, '', '') RETURNING id, path),
county AS (INSERT INTO accounts_unit (code, name, name_en, tier, parent_id, path, phone, address)
  SELECT %(code)s || '.' || n, 'county', '', 'county', city.id, city.path || lpad(to_hex(n), 4, '0') || '/', '', ''
  FROM city, generate_series(1, %(counties)s) n RETURNING id, code, path),
town AS (INSERT INTO accounts_unit (code, name, name_en, tier, parent_id, path, phone, address)
  SELECT county.code || '.' || n, 'town', '', 'township', county.id, county.path || lpad(to_hex(n), 4, '0') || '/', '', ''
  FROM county, generate_series(1, %(towns)s) n RETURNING id, code, path)
INSERT INTO accounts_unit (code, name, name_en, tier, parent_id, path, phone, address)
  SELECT town.code || '.' || n, 'village', '', 'village', town.id, town.path || lpad(to_hex(n), 4, '0') || '/', '', ''
  FROM town, generate_series(1, %(villages)s) n
"""
#: Nineteen of twenty units have answered.
ANSWER = """
INSERT INTO zero_reports_zeroreport (cadence, day, unit_id, version, current, answer, receipt, received_at,
  first_received_at, due_at, counted, filed_by_id, post, on_behalf, via)
SELECT 'daily', %(day)s, id, 1, true, 'nil', 'R-' || code, %(at)s, %(at)s, %(due)s, true, %(person)s, '', false, 'api'
FROM accounts_unit WHERE code LIKE %(codes)s AND id %% 20 <> 0
"""


def grow(code: str, counties: int, towns: int, villages: int) -> Unit:
    root = f"z{Unit.objects.filter(parent=None).count():03d}/"
    names = {"code": code, "root": root, "counties": counties, "towns": towns, "villages": villages}
    with connection.cursor() as cursor:
        cursor.execute(GROW, names)
        cursor.execute("ANALYZE")
    return Unit.objects.get(code=code)


def answer(codes: str, period, person: User) -> None:
    due = Round.objects.of(TODAY).first().due_at
    names = {"day": period.day, "at": NOW, "due": due, "person": person.pk, "codes": codes}
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, names)
        cursor.execute("ANALYZE")


def seat(person: User, unit: Unit) -> None:
    post = Post.objects.create(unit=unit, kind="duty_officer", title="bench")
    Appointment.objects.create(person=person, post=post, valid_from=NOW - timedelta(days=1))


def seconds(act, times: int = 1) -> float:
    """The median duration of `act`."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[len(taken) // 2]


def fold_all() -> int:
    number_new()
    entries = 0
    while done := fold():
        entries += done
    return entries


# --- filing beside a bare INSERT -------------------------------------------------------------------------------


def filing(number: int, clients: int, times: int) -> list:
    """What one client does: a report for each of its own villages, by the action."""
    wake.set_hub(lambda: None)  # as in a web process: others number the entries
    reach = reach_of(User.objects.get(username="bench.files"), NOW)
    silent = Unit.objects.filter(code__startswith="S", tier="village", zero_reports=None).order_by("pk")
    mine = [unit for place, unit in enumerate(silent[: clients * times]) if place % clients == number]

    def report(unit):
        return lambda: actions.file_report(reach=reach, unit=unit, period=TODAY, answer="nil", now=NOW)

    return [report(unit) for unit in mine]


def inserting(url: str, number: int, clients: int, times: int) -> list:
    """A bare row and its commit, through the same driver."""
    return [partial(insert_into(url), number)] * times


def rate(make, clients: int, times: int) -> float:
    """Acts per second of so many processes."""
    start, done = multiprocessing.Barrier(clients + 1), multiprocessing.Queue()
    connections.close_all()

    def work(number):
        acts = make(number, clients, times)
        start.wait()
        for act in acts:
            act()
        done.put(len(acts))

    workers = [multiprocessing.Process(target=work, args=[number]) for number in range(clients)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    acts = sum(done.get(timeout=300) for _ in workers)
    took = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    return acts / took


def rates(clients: int, times: int, bare_url: str) -> dict[str, float]:
    """Both, in turns, so that a noisy machine is noisy for both; the medians."""
    bare, ours = [], []
    for _ in range(3):
        bare.append(rate(partial(inserting, bare_url), clients, 5 * times))
        ours.append(rate(filing, clients, times))
    return {"bare": sorted(bare)[1], "filing": sorted(ours)[1]}


# --- the matrix ------------------------------------------------------------------------------------------------


def matrix(person: User) -> float:
    """Seconds of the page of 200 units and a month in which nearly all answered."""
    unit = grow("M", 199, 0, 0)
    seat(person, unit)
    for back in range(31):
        answer("M%", TODAY.shifted(-back), person)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(person)
    return seconds(lambda: browser.get("/report/matrix/?unit=M"), 5)


def main(sizes: list[str], clients: int, times: int, bare_url: str) -> dict:
    person, found = User.objects.create(username="bench.files"), {}
    roots = {size: grow("S" + size.replace(",", ""), 20, *SHAPES[size]) for size in sizes}
    for root in roots.values():
        seat(person, root)
    found["open"] = seconds(lambda: open_rounds(now=NOW))
    answer("S%", TODAY, person)
    fold_all()
    found["recount"] = seconds(lambda: recount(TODAY))
    found["summary"] = {
        size: seconds(partial(queries.summary, root, TODAY), 15) for size, root in roots.items()
    }
    found["rates"] = {many: rates(many, times * clients // many, bare_url) for many in (1, clients)}
    begun = time.perf_counter()
    entries = fold_all()
    found["fold"] = entries / (time.perf_counter() - begun)
    after = max(NOW, Round.objects.of(TODAY).latest("due_at").due_at) + timedelta(minutes=1)
    found["fix"] = seconds(lambda: fix_rounds(now=after))
    found["matrix"] = matrix(person)
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
