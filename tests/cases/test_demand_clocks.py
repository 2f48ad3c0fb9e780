"""Every clock of a demand, with dates worked out by hand; and what no agreement may do to one."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cases.demands import rules
from clocks.durations import Due, Terms, due_at, end_of
from clocks.rules import state_of
from clocks.terms.rules import most_days
from clocks.working_days.seed import known_days
from common.dates.local_time import LOCAL, day_of
from journal.kinds import KINDS
from plans.document.clock_rules import clock_rules
from plans.document.sections import clocks_of
from plans.document.strict_yaml import read

KNOWN = {day: is_workday for day, is_workday, _name in known_days()}

#: Before the make-up Saturday and the long Spring Festival of 2026; a Friday's last minute before a make-up Sunday and
#: the National Day; a Sunday; its midnight, which is Monday; the last days before a year without a calendar.
STARTS = {
    "holiday": datetime(2026, 2, 11, 9, 0, tzinfo=LOCAL),
    "friday": datetime(2026, 9, 18, 23, 59, tzinfo=LOCAL),
    "sunday": datetime(2026, 11, 22, 10, 0, tzinfo=LOCAL),
    "24:00": datetime(2026, 11, 23, 0, 0, tzinfo=LOCAL),
    "year": datetime(2026, 12, 28, 16, 0, tzinfo=LOCAL),
}
#: Figure → the last day from each of these starts; None: nobody knows yet.
ENDS = {
    "same_day_24h00": ("2026-02-11", "2026-09-18", "2026-11-22", "2026-11-23", "2026-12-28"),
    "P3D": ("2026-02-14", "2026-09-21", "2026-11-25", "2026-11-26", "2026-12-31"),
    "P7D": ("2026-02-18", "2026-09-25", "2026-11-29", "2026-11-30", "2027-01-04"),
    "P15D": ("2026-02-26", "2026-10-03", "2026-12-07", "2026-12-08", "2027-01-12"),
    "P30D": ("2026-03-13", "2026-10-18", "2026-12-22", "2026-12-23", "2027-01-27"),
    "P60D": ("2026-04-12", "2026-11-17", "2027-01-21", "2027-01-22", "2027-02-26"),
    "P60D+P30D": ("2026-05-12", "2026-12-17", "2027-02-20", "2027-02-21", "2027-03-28"),
    "5WD": ("2026-02-25", "2026-09-24", "2026-11-27", "2026-11-30", None),
}
#: Clock of a demand → its figure, as issue, plan and statute have it.
FIGURES = {
    "C002-1": "P3D", "C002-2": "P7D", "C002-6": "same_day_24h00", "C002-7": "P3D", "C002-8": "P7D",
    "C002-P16": "same_day_24h00", "C002-P17": "P3D", "C002-P18": "P7D", "C002-10": "P30D",
    "LP-22": "P15D", "LP-23a": "P15D", "LP-23b": "P15D", "LP-23c": "5WD", "LP-34": "P60D",
    "LP-35b": "P30D", "LP-36b": "P30D",
}  # fmt: skip


def _rules_of_demands():
    """What plan 002 and the statute count until a step in answering people; a right of the petitioner is no duty."""
    answering = {*rules.STEPS, rules.REPLY}
    for name in ("unit-petition-reception", "petition-regulations-2022"):
        text = (settings.BASE_DIR / f"plans/library/{name}.yaml").read_text()
        for rule in clock_rules(clocks_of(read(text).value), name):
            if rule.stop_kind in answering or (
                name.startswith("petition-reg") and KINDS[rule.stop_kind].matter
            ):
                yield rule


RULES = {rule.clock_id: rule for rule in _rules_of_demands()}


def test_every_clock_of_a_demand_has_its_figure_here():
    assert {name: rule.duration for name, rule in RULES.items()} == FIGURES


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("place", range(len(STARTS)), ids=list(STARTS))
def test_when_it_ends(name, place):
    start, last = list(STARTS.values())[place], ENDS[FIGURES[name]][place]

    due = due_at(start, RULES[name].duration, KNOWN.get)

    if last is None:
        assert due == Due(None, provisional=True)
        return
    assert due == Due(end_of(date.fromisoformat(last)))
    # 24:00 of the last day is still in time; the next moment is not.
    for late, state in ((timedelta(), "met"), (timedelta(microseconds=1), "breached")):
        found = state_of(
            started_at=start, due_at=due.at, stopped_at=due.at + late, cancelled_at=None, breached_at=None, now=due.at
        )  # fmt: skip
        assert found == state


@pytest.mark.parametrize("place", range(len(STARTS)), ids=list(STARTS))
def test_sixty_days_and_thirty_more(place):
    start, last = list(STARTS.values())[place], ENDS["P60D+P30D"][place]

    due = due_at(start, RULES["LP-34"].duration, KNOWN.get, Terms(extended=30))

    assert due == Due(end_of(date.fromisoformat(last)))


def test_a_calendar_that_arrives_gives_the_day_that_was_not_guessed():
    with_next_year = KNOWN | {date(2027, 1, day): day in (4, 5, 6, 7, 8) for day in range(1, 12)}

    due = due_at(STARTS["year"], "5WD", with_next_year.get)

    assert due == Due(end_of(date(2027, 1, 5)))


def test_only_the_sixty_days_are_extended_and_only_the_re_check_is_paused():
    assert {name for name, rule in RULES.items() if most_days(rule.max_extension)} == {"LP-34"}
    assert most_days(RULES["LP-34"].max_extension) == 30
    assert {name for name, rule in RULES.items() if rule.pausable} == {"LP-36b"}


MOMENTS = st.integers(0, 240 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=LOCAL) + timedelta(minutes=minutes)
)
NAMES = st.sampled_from(sorted(FIGURES))


@given(MOMENTS, NAMES, st.integers(0, 30), st.floats(0, 1), st.integers(0, 40))
def test_no_agreement_shortens_what_the_law_grants_or_lengthens_past_it(start, name, more, where, days):
    law = due_at(start, RULES[name].duration, KNOWN.get).at
    since = start + (law - start) * where
    until = since + timedelta(days=days)

    agreed = due_at(start, RULES[name].duration, KNOWN.get, Terms(((since, until),), more)).at

    assert agreed >= law
    longest = more + (day_of(until) - day_of(since)).days
    if RULES[name].duration.endswith("WD"):
        # As many working days after the pause as there were; holidays between are nobody's gift.
        working = sum(
            KNOWN[day_of(law) + timedelta(days=n + 1)] for n in range((day_of(agreed) - day_of(law)).days)
        )
        assert working <= longest
    else:
        assert (day_of(agreed) - day_of(law)).days <= longest


@given(MOMENTS, NAMES, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), max_size=4))
def test_pauses_in_a_row_leave_what_was_left(start, name, gaps):
    pauses, at = [], start
    for wait, length in gaps:
        since = at + timedelta(days=wait)
        at = since + timedelta(days=length)
        pauses.append((since, at))
    law = due_at(start, RULES[name].duration, KNOWN.get).at
    # A pause begins only while the clock runs.
    kept = []
    for since, until in pauses:
        if since <= due_at(start, RULES[name].duration, KNOWN.get, Terms(tuple(kept))).at:
            kept.append((since, until))

    agreed = due_at(start, RULES[name].duration, KNOWN.get, Terms(tuple(kept))).at

    assert agreed >= law
