import pytest

from common.tables import by_name
from journal.kinds import KINDS, Kind


def test_a_kind_that_is_listed_twice_is_refused():
    """A dict would keep the last one in silence, with another audience."""
    twice = [Kind("a.b", "甲", "A"), Kind("a.c", "丙", "C"), Kind("a.b", "乙", "B", audience="security")]

    with pytest.raises(ValueError, match="a.b is listed twice"):
        by_name(twice)


@pytest.mark.parametrize("module", ["journal.kinds", "plans.engine.facts"])
def test_no_name_stands_twice_in_a_table(module):
    from importlib import import_module

    rows = import_module(module)._ALL

    assert len({row.name for row in rows}) == len(rows)


def test_what_answers_people_outlives_the_incident():
    """The dispute's and the supervision's time limits end with themselves; their readers are those of the reports."""
    for name in ("dispute.accepted", "mediation.ended", "form.quick_report_sent", "supervision_visit.ended"):
        assert (KINDS[name].audience, KINDS[name].matter, KINDS[name].by_hand) == ("report", True, False)
