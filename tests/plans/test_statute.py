"""The statute is always on: no plan is longer, and its clocks run beside those of any plan."""

import pytest

from common.errors import Invalid
from plans.checks.documents import check
from plans.document import statute
from plans.document.statute import is_longer
from plans.lifecycle.actions import load_plan, vocabulary_at


@pytest.fixture
def with_clock(small):
    """with_clock("{id: X-1, …}") → the small plan with that clock as well."""
    return lambda clock: small("clocks:\n", f"clocks:\n  - {clock}\n")


def problems(text):
    return [(p.path, p.message) for p in check(text, vocabulary_at()).problems if p.severity == "problem"]


CLOCK = "{{id: X-1, zh: 办结, en: Handled, start: petition.accepted, stop: handling_opinion.issued, duration: {}, role: head, cite: §9}}"


@pytest.mark.parametrize(
    "duration", ["P60D", "P30D", "PT24H", "30WD", "same_day_24h00", "timely", "unspecified"]
)
def test_a_plan_may_shorten_a_statutory_clock(with_clock, duration):
    assert problems(with_clock(CLOCK.format(duration))) == []


@pytest.mark.parametrize("duration", ["P61D", "P90D", "50WD", "PT2000H"])
def test_a_plan_that_lengthens_a_statutory_clock_is_refused_naming_both_clauses(with_clock, duration):
    found = problems(with_clock(CLOCK.format(duration)))

    assert found == [(
        "clocks[0].duration",
        f"The clock “X-1” (§9) gives {duration}; the statute allows at most P60D (“LP-34”, 条例第34条): a plan may "
        "shorten it, never lengthen it.",
    )]  # fmt: skip


def test_a_clock_that_says_which_statute_it_fills_in_is_held_to_it(with_clock):
    text = "{{id: X-1, zh: 答复, en: Reply, start: demand.registered, stop: demand.reply_issued, duration: {}, under: {}, role: head, cite: §9}}"

    assert problems(with_clock(text.format("P60D", "LP-34"))) == []
    assert "条例第34条" in problems(with_clock(text.format("P61D", "LP-34")))[0][1]
    assert problems(with_clock(text.format("P60D", "LP-99")))[0] == (
        "clocks[0].under", "There is no statutory time limit “LP-99”.")  # fmt: skip


def test_an_extension_is_held_to_the_statutes_extension(with_clock):
    base = CLOCK.format("P60D")
    text = with_clock(base).replace(
        "clocks:\n",
        "clocks:\n  - {id: X-2, zh: 延, en: Ext, extends: X-1, max_extension: P31D, role: head, cite: §9}\n",
    )

    assert [path for path, _ in problems(text)] == ["clocks[0].max_extension"]
    assert problems(text.replace("P31D", "P30D")) == []


def test_a_statutory_name_is_taken(with_clock):
    assert "another one" in problems(with_clock(CLOCK.format("P10D").replace("X-1", "LP-34")))[0][1]


@pytest.mark.parametrize(
    ("mine", "law", "longer"),
    [("P15D", "P15D", False), ("P16D", "P15D", True), ("5WD", "P15D", False), ("10WD", "P15D", True),
     ("P5D", "5WD", False), ("P8D", "5WD", True), ("PT360H", "P15D", False), ("PT385H", "P15D", True),
     ("P1D", "PT24H", True), ("same_day_24h00", "P1D", False), ("given", "P15D", False), ("6WD", "5WD", True)],
)  # fmt: skip
def test_which_duration_can_be_longer(mine, law, longer):
    assert is_longer(mine, law) is longer


def test_the_shipped_statute_is_itself_sound():
    assert problems(statute.SHIPPED.read_text("utf-8")) == []


@pytest.mark.django_db
def test_a_newer_statute_that_is_loaded_takes_the_place_of_the_shipped_one(with_clock, cast, now):
    text = (
        statute.SHIPPED.read_text("utf-8")
        .replace("version: 1", "version: 2")
        .replace("duration: P60D", "duration: P50D")
    )
    load_plan(text=text, actor=None, now=now, put_in_force=True)

    with pytest.raises(Invalid) as refused:
        load_plan(text=with_clock(CLOCK.format("P60D")), actor=None, now=now)

    assert "P50D" in str(refused.value)
