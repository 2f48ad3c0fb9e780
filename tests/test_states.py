"""The tables of all state machines, walked: what must be true of each. Its acts are walked in the tests of its room."""

import pytest

from common.errors import WrongState
from common.states import NOBODY, NOTHING, StateTable, Transition, check_move, move
from journal.kinds import KINDS
from notices.relevance.validity import check_known
from script import states

pytestmark = pytest.mark.control(21)

TABLES = states.tables()
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@every_table
def test_every_state_is_in_the_table_and_says_whose_move_it_is(table):
    known = set(table.turns)
    named = {state for row in table.rows.values() for state in (*row.at, row.to or row.at[0])} - {NOTHING}

    assert named == known
    assert all(table.turns.values())
    if choices := {type(state) for state in known} - {str}:
        assert known == set(choices.pop())


@every_table
def test_every_state_is_reached_from_nothing(table):
    reached = {NOTHING}
    for _step in table.turns:
        reached |= {table.next_state(state, verb) for state in reached for verb in table.verbs_for(state)}

    assert reached - {NOTHING} == set(table.turns)


@every_table
def test_whose_move_it_is_has_a_move(table):
    for state, whose in table.turns.items():
        assert whose == NOBODY or whose in {table[verb].by for verb in table.verbs_for(state)}, state


@pytest.mark.control(25)
@every_table
def test_every_row_names_entries_that_the_journal_knows_and_notices_that_end(table):
    for row in table.rows.values():
        assert row.by, row.verb
        assert {row.entry, *row.also} - {""} <= set(KINDS), row.verb
        for purpose, who in row.tells.items():
            check_known(purpose)
            assert who, row.verb


def test_the_document_shows_the_tables_as_they_are():
    written = states.section(TABLES)

    assert written in states.DOCUMENT.read_text(), "script/states --write"


# --- the table itself ----------------------------------------------------------------------------------------


class Thing:
    def __init__(self, state):
        self.state = state


DOOR = StateTable(
    turns={"open": "you", "shut": NOBODY},
    rows=[Transition("make", (NOTHING,), "open"), Transition("shut", ("open",), "shut"), Transition("look", ("shut",))],
)  # fmt: skip


def test_a_verb_that_applies_moves_the_thing_or_leaves_it():
    door = Thing("open")

    assert move(door, DOOR, "shut") is DOOR["shut"]
    assert door.state == "shut"
    move(door, DOOR, "look")
    assert door.state == "shut"
    assert (DOOR.begin.verb, DOOR.live) == ("make", ("open",))


def test_a_verb_that_does_not_apply_is_refused_in_the_rooms_words():
    door = Thing("shut")

    with pytest.raises(WrongState, match="It is shut") as refused:
        move(door, DOOR, "shut", lambda: "It is shut.")

    assert (refused.value.code, str(refused.value), door.state) == ("wrong_state", "It is shut.", "shut")


def test_without_words_it_is_a_bug():
    with pytest.raises(ValueError, match="shut.*shut"):
        check_move(Thing("shut"), DOOR, "shut")


def test_a_verb_stands_in_one_row():
    with pytest.raises(ValueError, match="two rows"):
        StateTable(turns={}, rows=[Transition("make", (NOTHING,), "open")] * 2)
