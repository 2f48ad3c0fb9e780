"""Random walks over everything that command has, with several people: no walk leads where nothing can be.

`COMMAND_WALKS=2000` walks as many; without it as many as a minute has room for, the same ones every time.
"""

import inspect
import os

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from plans.lifecycle.actions import load_plan
from tests.command.test_measures import INSIDE, in_force
from tests.command.walking import Walk
from tests.ending.conftest import phones

__all__ = ["phones"]

WALKS = int(os.environ.get("COMMAND_WALKS", "0"))
#: The walks are the same on both profiles: PostgreSQL goes some of them again.
WALKS_HERE = 6 if django_settings.EMBEDDED else 3
STEPS = int(os.environ.get("COMMAND_STEPS", "40"))


@pytest.fixture
def bureau(plan, passwords, cast, units, now):
    """County 2 follows the linkage plan, county 1 the city's with the attendance plan beside."""
    text = (django_settings.BASE_DIR / "plans/library/district-emergency-linkage.yaml").read_text()
    load_plan(text=text, actor=None, now=now, owner=units["C2"], put_in_force=True, reason="试用")
    in_force(INSIDE, cast, units, now)
    return type("WalkHere", (Walk,), {"cast": cast, "units": units, "start_at": now})


@pytest.mark.control(21)
@pytest.mark.slow
@pytest.mark.django_db
def test_no_walk_leads_where_nothing_can_be(bureau, phones):
    run_state_machine_as_test(
        bureau,
        settings=settings(
            max_examples=WALKS or WALKS_HERE,
            stateful_step_count=STEPS,
            derandomize=not WALKS,
            database=None,
            # A walk says all its steps itself; looking for a shorter one takes minutes.
            phases=[Phase.generate],
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


#: Walks to the end of each thing by the short way and past the usual one: what each walk must have done.
SHORT = {
    "the written report comes at once": (
        [("hear_from_the_centre", {}), ("answer_the_centre", {"act": "open"}), ("answer_the_centre", {"act": "final"})],
        "linkage final",
    ),
    "an order goes over to another incident and is answered when the first is closed": (
        [("hear_from_the_centre", {}), ("answer_the_centre", {"act": "open"}), ("answer_the_centre", {"act": "tie", "place": 1}),
         ("time_passes", {"minutes": 35}), ("manage", {"act": "close"}), ("answer_the_centre", {"act": "complete"}),
         ("answer_the_centre", {"act": "final", "failed": "占线"}), ("about_a_report_to_the_centre", {"act": "again"}),
         ("manage", {"act": "close", "place": 1})],
        "linkage again",
    ),
    "the centre takes back what waits to be sent": (
        [("hear_from_the_centre", {}), ("answer_the_centre", {"act": "final", "failed": "占线"}),
         ("answer_the_centre", {"act": "withdraw"})],
        "linkage withdraw",
    ),
    "a statement is discarded and the incident closed": (
        [("draft_a_statement", {}), ("about_a_statement", {"verb": "discard", "ahead": False}), ("manage", {"act": "close"}),
         ("time_passes", {"minutes": 35})],
        "close",
    ),
    "a response with its package, late orders and duties, ended and closed": (
        [("respond", {"place": 1, "level": "red", "at_once": True}), ("send_a_package", {"left": False}),
         ("time_passes", {"minutes": 35}), ("settle", {"verb": "done", "all_of_them": True}), ("recall_everything", {}),
         ("about_a_response", {"act": "end"}), ("about_a_response", {"act": "sign"}),
         ("manage", {"act": "close", "place": 1}), ("time_passes", {"minutes": 24 * 60})],
        "close",
    ),
    "a chain of reports to its end": (
        [("report_upward", {"last": False}), *[("about_a_report_upward", {"act": act}) for act in ("fill", "ask", "sign", "send")],
         ("time_passes", {"minutes": 24 * 60}), ("report_upward", {"last": True}),
         *[("about_a_report_upward", {"act": act}) for act in ("fill", "sign", "send", "receipt")],
         ("manage", {"act": "close"}), ("time_passes", {"minutes": 24 * 60})],
        "close",
    ),
    "a measure asked for, approved late and taken": (
        [("begin_a_measure", {"act": "ask", "place": 1}), ("time_passes", {"minutes": 35}),
         ("about_a_measure", {"verb": "approve", "person": "county1.director"}), ("about_a_measure", {"verb": "take"}),
         ("manage", {"act": "close", "place": 1})],
        "close",
    ),
    "a warning changed and lifted, the incident closed and open again": (
        [("warn", {"place": 1, "level": "red"}), ("about_a_warning", {"act": "sign"}), ("time_passes", {"minutes": 12}),
         ("about_a_warning", {"act": "adjust"}), ("about_a_warning", {"act": "sign"}), ("about_a_warning", {"act": "lift"}),
         ("manage", {"act": "close", "place": 1}), ("time_passes", {"minutes": 35}), ("manage", {"act": "reopen", "place": 1})],
        "reopen",
    ),
}  # fmt: skip
USUAL = {"place": 0, "person": None, "ahead": False, "failed": "", "risks": []}


@pytest.mark.control(21)
@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "last"), SHORT.values(), ids=SHORT)
def test_the_short_ways_to_an_end_chase_nobody_afterwards(bureau, phones, steps, last):
    """A random walk seldom comes this far; these do, and what must hold is looked at after each step."""
    walk = bureau()
    try:
        walk.begin()
        for name, given in steps:
            act = getattr(walk, name)
            taken = inspect.signature(act).parameters
            act(**{key: value for key, value in USUAL.items() if key in taken} | given)
            walk.look()
        assert (last, "") in walk.log
    finally:
        walk.teardown()
