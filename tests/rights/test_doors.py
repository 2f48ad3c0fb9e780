"""What each address asks before it answers: read from the code, kept in docs/permissions.md, and nowhere nothing."""

import inspect
import pkgutil
from importlib import import_module

import pytest

from accounts.verbs import VERBS
from dashboards.rights import doors
from incidents import queries
from script.permissions import DOCUMENT, document
from tests.accounts.test_routes import ALL, PUBLIC
from tests.rooms import ROOMS

pytestmark = pytest.mark.control(13)


def test_every_address_says_who_may():
    """By a verb, a check, rows visible to the reader or the reader's own; or it stands in a list with its reason."""
    known = {*PUBLIC, *doors.FOR_EVERYBODY}
    assert [
        (door.name, door.method) for door in doors.doors() if not door.asks and door.name not in known
    ] == []
    assert {door.name for door in doors.doors()} == {name for _pattern, name in ALL}


def test_the_list_of_what_is_for_everybody_names_what_asks_nothing():
    silent = {door.name for door in doors.doors() if not door.asks}
    assert set(doors.FOR_EVERYBODY) - silent == set()


def test_the_document_says_what_the_code_asks():
    assert DOCUMENT.read_text() == document(), "script/permissions --write"


def test_no_verb_and_no_check_is_asked_nowhere():
    """Nor is any overlooked: one that no door asks would be a right that decides nothing, or a way not followed."""
    asked = set().union(*(door.asks.verbs for door in doors.doors()))
    checked = set().union(*(door.asks.checks for door in doors.doors()))
    assert set(VERBS) - asked == set()
    assert set(_checks()) - checked == set()


def _checks():
    for room in ROOMS:
        for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            if found.name.endswith(".permissions"):
                for name, value in vars(import_module(found.name)).items():
                    if (
                        name.startswith("check_")
                        and inspect.isfunction(value)
                        and value.__module__ == found.name
                    ):
                        yield f"{found.name}.{name}"


class Open:
    def get(self, request):
        return {"unit": request.GET["unit"]}


class Closed(Open):
    def get(self, request):
        return super().get(request) | {"rows": self.rows(request)}

    def rows(self, request):
        return list(queries.incident_list(request.reach))


def test_a_view_that_asks_nothing_is_seen_to_ask_nothing():
    assert not doors.asked_by(Open.get, Open)


def test_what_is_asked_is_found_behind_names_of_every_kind():
    by_door = {(door.name, door.method): door.asks for door in doors.doors()}
    closing = by_door["incident-close", "post"]
    assert "incident.close" in closing.verbs
    assert closing.checks == {"incidents.permissions.check_can_close"}
    assert closing.rows == {"incidents.Incident"}
    # A table of acts, a part of a live page, a constructor, a view that another one begins.
    assert "cases.demands.permissions.check_can_work_on" in by_door["api:demand-act", "post"].checks
    assert by_door["system", "get"].verbs >= {"engine.view"}
    assert "report.view" in by_door["reception-book", "get"].verbs
    assert "report.view" in by_door["roll-up-paper", "get"].verbs
