"""No test is lost between the two profiles, and in two turns each has run on both."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from tests.turns import is_out_of_turn, leave_to_the_other


class Given(NamedTuple):
    params: dict
    marks: tuple = ()

    __hash__ = object.__hash__


class Item(NamedTuple):
    nodeid: str
    fixturenames: tuple[str, ...]
    get_closest_marker: Callable
    callspec: Given


def item(name="tests/one.py::test_it", marks=(), fixtures=("db",), given=(), **of_the_database):
    found = {mark: SimpleNamespace(kwargs={}) for mark in marks}
    found["django_db"] = SimpleNamespace(kwargs=of_the_database)
    own = [SimpleNamespace(name=mark) for mark in marks]
    return Item(name, fixtures, found.get, Given(dict(enumerate(given)), own if given else []))


@pytest.fixture
def runs(monkeypatch):
    """runs(one, turn) → where it runs then."""

    def places(one, turn):
        monkeypatch.setenv("TEST_TURN", turn)
        return {
            name
            for name, is_embedded in (("embedded", True), ("production", False))
            if not is_out_of_turn(one, is_embedded=is_embedded)
        }

    return places


MANY = [item(f"tests/one.py::test_it[{n}]") for n in range(400)]


@pytest.mark.parametrize("turn", ["0", "1", "a", "f"])
def test_each_runs_on_one_profile_and_half_of_them_on_each(runs, turn):
    places = [runs(one, turn) for one in MANY]

    assert {len(some) for some in places} == {1}
    assert 150 < sum("embedded" in some for some in places) < 250


def test_after_two_turns_each_has_run_on_both(runs):
    assert all(runs(one, "6") | runs(one, "7") == {"embedded", "production"} for one in MANY)


@pytest.mark.parametrize(
    "one",
    [
        item(marks=("embedded_only",)),
        item(marks=("production",)),
        item(marks=("browser",)),
        item(transaction=True),
        item(fixtures=("transactional_db",)),
    ],
    ids=["embedded_only", "production", "browser", "commits", "commits by a fixture"],
)
def test_what_is_about_its_profile_runs_wherever_it_would(runs, one):
    assert runs(one, "0") == runs(one, "1") == {"embedded", "production"}


def test_faults_take_turns_too(runs):
    kill = item("tests/faults/test_kills.py::test_it", marks=("fault",), fixtures=())

    assert len(runs(kill, "0")) == len(runs(kill, "1")) == 1


@pytest.mark.parametrize("turn", ["0", "1", "8"])
def test_of_two_that_differ_in_the_profile_alone_one_runs(runs, turn):
    done = []
    for n in range(40):
        here = item(f"tests/one.py::test_it[embedded-{n}]", ("embedded_only",), given=("embedded", n, []))
        there = item(f"tests/one.py::test_it[production-{n}]", ("production",), given=("production", n, []))
        done.append(
            ["embedded"] * ("embedded" in runs(here, turn))
            + ["production"] * ("production" in runs(there, turn))
        )

    assert {len(each) for each in done} == {1}
    assert {each[0] for each in done} == {"embedded", "production"}


def test_a_profile_that_is_only_a_word_to_the_test_makes_no_pair(runs):
    one = item("tests/one.py::test_it[embedded]", ("embedded_only",))._replace(
        callspec=Given({"profile": "embedded"})
    )

    assert runs(one, "0") == runs(one, "1") == {"embedded", "production"}


def test_without_a_turn_all_run_on_both(runs):
    assert all(runs(one, "") == {"embedded", "production"} for one in MANY)


def test_what_is_left_to_the_other_profile_is_said(monkeypatch):
    monkeypatch.setenv("TEST_TURN", "3")
    said = []
    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: said.extend(items)))
    here, there = list(MANY), list(MANY)

    leave_to_the_other(here, config, is_embedded=True)
    leave_to_the_other(there, config, is_embedded=False)

    assert sorted(one.nodeid for one in here + there) == sorted(one.nodeid for one in MANY)
    assert len(said) == len(MANY)
