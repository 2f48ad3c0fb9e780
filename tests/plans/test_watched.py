"""A time limit that nothing can start or stop says so, until it is built: on the page and in the API, for every plan."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from clocks import rulebook
from clocks.actions import record_with_clocks
from clocks.models import Clock
from clocks.queries import running
from common.dates.local_time import day_of
from journal.kinds import KINDS
from plans.document import statute
from plans.document.campaigns import Term
from plans.document.clock_rules import runs
from plans.document.sections import clocks_of
from plans.document.strict_yaml import read
from plans.lifecycle.actions import load_plan
from plans.lifecycle.watched import watch_of
from supervision.months.rules import is_asked as is_visited
from tests.rooms import ROOMS
from written_reports.asked import asking
from zero_reports.rounds import cadence

TEXTS = {path.stem: path.read_text() for path in sorted((settings.BASE_DIR / "plans/library").glob("*.yaml"))}
LINES = [(name, line) for name, text in TEXTS.items() for line in clocks_of(read(text).value)]
IDS = [line.id for _name, line in LINES]


def _written_in_the_source() -> set[str]:
    """Every text constant of the product's own code, apart from the list of kinds."""
    found = set()
    for room in ROOMS:
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            if "migrations" not in file.parts and file.name != "kinds.py":
                for node in ast.walk(ast.parse(file.read_text())):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found.add(node.value)
    return found


RECORDED = _written_in_the_source() | {name for name, kind in KINDS.items() if kind.by_hand}


def test_what_nothing_records_is_marked_as_awaited_and_nothing_else():
    assert {name for name, kind in KINDS.items() if kind.awaited} == set(KINDS) - RECORDED


def _can_be_watched(line) -> bool:
    """Asked in another way than the product does: by its entries, or by the rooms that ask."""
    if (
        line.display_only
        or line.extends
        or cadence.is_asked(line)
        or asking.is_asked(line)
        or is_visited(line)
    ):
        return True
    begins = line.start or line.before
    return bool(begins and line.stop) and {begins, line.stop} <= RECORDED


@pytest.mark.parametrize(("name", "line"), LINES, ids=IDS)
def test_every_time_limit_of_the_library(name, line):
    watch = watch_of(line)

    assert watch.is_watched == _can_be_watched(line)
    assert bool(watch.because) == (not watch.is_watched)


def test_the_figures_that_are_not_built_yet_are_among_them():
    """As found by reading the plans; whoever builds one takes it out here."""
    unwatched = {line.id for _name, line in LINES if not watch_of(line).is_watched}

    assert unwatched == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "line"), [pair for pair in LINES if runs(pair[1])],
                         ids=[line.id for _name, line in LINES if runs(line)])  # fmt: skip
def test_what_is_said_to_be_watched_starts_and_stops(name, line, cast, units, now):
    """Its first entry starts it, its last one stops it; an awaited entry never comes, so nothing is promised."""
    if not watch_of(line).is_watched:
        assert KINDS[line.start].awaited or KINDS[line.stop].awaited
        return
    ref = f"{read(TEXTS[name]).value['id']}@{read(TEXTS[name]).value['version']}"
    if name != "petition-regulations-2022":
        load_plan(text=TEXTS[name], actor=None, now=now)

    def enter(kind):
        record_with_clocks(kind, subject="incident:1", actor=None, unit=units["C1"], at=now, plan=ref, level=line.when_level,
               deadlines={line.id: now} if line.duration == "given" else {},
               appointments={kind: now} if kind == line.before else {})  # fmt: skip

    enter(line.start or line.before)
    assert line.id in {clock.clock_id for clock in running("incident:1")}
    enter(line.stop)
    if line.start == line.stop or line.recurrence:
        # A report each day: with this one the next is owed.
        assert Clock.objects.filter(clock_id=line.id, stopped_at=now).exists()
        return
    assert line.id not in {clock.clock_id for clock in running("incident:1")}


@pytest.fixture
def shelf(cast, units, now):
    for name, text in TEXTS.items():
        campaign = "kind: campaign" in text
        days = Term(day_of(now), day_of(now), "县政府", cast["county1.deputy"]) if campaign else Term()
        load_plan(text=text, actor=None, now=now, put_in_force=True, term=days)


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "系统尚未计时"), ("en", "not yet watched by the system")]
)
def test_every_plan_page_and_the_api_say_it_beside_the_time_limit(shelf, signed_in, language, words):
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language
    for text in TEXTS.values():
        document = read(text).value
        page = browser.get(f"/plans/{document['id']}/").content.decode()
        listed = browser.get(f"/api/v1/plans/{document['id']}/").json()["clocks"]
        for line, said in zip(clocks_of(document), listed, strict=True):
            row = page[page.index(f'data-clock="{line.id}"') :].partition("</tr>")[0]
            assert (words in row) == bool(watch_of(line).because), line.id
            assert (said["id"], said["watched"]) == (line.id, watch_of(line).is_watched)
            assert bool(said["unwatched"]) == bool(watch_of(line).because)


@pytest.mark.django_db
def test_the_law_runs_without_anybody_loading_it(units, now):
    """The statute's own time limits are counted in a fresh installation."""
    rulebook.forget()
    record_with_clocks(
        "petition.accepted", subject="incident:1", actor=None, unit=units["C1"], at=now, plan="other@1"
    )

    assert [clock.clock_id for clock in Clock.objects.all()] == ["LP-34"]
    assert Clock.objects.get().plan == f"{statute.shipped()['id']}@{statute.shipped()['version']}"
