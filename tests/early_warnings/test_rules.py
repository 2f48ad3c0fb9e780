"""The state table, walked whole. No database."""

import pytest

from early_warnings import rules
from early_warnings.choices import Owner, State, Verb

RANKS = {"red": 1, "orange": 2, "yellow": 3, "blue": 4}


def test_every_verb_is_used():
    assert set(rules.TRANSITIONS.rows) - {rules.TRANSITIONS.begin.verb} == set(Verb)


def test_pending_signed_and_withdrawn_are_all_there_is():
    assert {*rules.PENDING, *rules.SIGNED, State.WITHDRAWN} == set(State)
    assert not set(rules.PENDING) & set(rules.SIGNED)


@pytest.mark.parametrize("state", rules.SIGNED)
def test_nothing_leads_from_a_signature_back_to_a_draft(state):
    after = {rules.TRANSITIONS.next_state(state, verb) for verb in rules.TRANSITIONS.verbs_for(state)}

    assert after <= set(rules.SIGNED)


def test_a_signature_comes_only_from_the_signatorys_turn():
    signable = [state for state in State if Verb.SIGN in rules.TRANSITIONS.verbs_for(state)]

    assert signable == [State.PROPOSED]
    assert rules.TRANSITIONS.turns[State.PROPOSED] == Owner.SIGNATORY


@pytest.mark.parametrize(
    ("level", "in_force", "decides"),
    [
        ("yellow", "", "yellow"),
        ("red", "yellow", "red"),
        ("blue", "red", "red"),
        ("orange", "orange", "orange"),
    ],
)
def test_the_higher_of_two_levels_decides(level, in_force, decides):
    assert rules.deciding_level(level, in_force, RANKS) == decides
