"""Every address × every kind of post × things near and far: what is expected stands in the table of verbs.

Which verbs a door asks says dashboards.rights.doors, who carries them says accounts.verbs, and over which units says the
path of a post's unit. No query and no check of the product is used to expect anything: whoever carries none of the verbs
over a thing is answered as if it were not there and changes nothing; whoever carries all of them is let in; and no
answer holds words of a thing its reader may not see.
"""

import json
from functools import cache
from typing import NamedTuple

import pytest
import time_machine
from django.test import Client

from accounts.models import Appointment, Unit
from accounts.screens.actions import register_screen
from accounts.verbs import SCREEN, VERBS
from cases.demands import actions as demands
from cases.matters.models import Matter
from command.orders import actions as orders
from command.orders.models import Order
from dashboards.rights import doors
from duty.shifts.models import Handover
from incidents.models import Incident, Share
from incidents.sharing import share_incident
from journal.models import Entry
from journal.numbering import number_new
from tests.accounts.test_routes import CALM, PUBLIC, _everything, example
from tests.rights.asking import (
    LEFT_OUT,
    PLAIN,
    PROBES,
    addresses,
    ask,
    body_of,
    papers_as_text,
    read,
    thing_of,
)
from tests.rights.conftest import Secret
from tests.tokens import issue

__all__ = ["papers_as_text"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.usefixtures("never_told_to_wait"),
    pytest.mark.control(13, 14, 18),
]

#: By the part they play: whose answers are asked. `screen` and `token` come in otherwise.
ROLES = {
    "duty": "county1.duty", "commander": "county1.leader", "signatory": "county1.director", "clerk": "town12.clerk",
    "informant": "village111.informant", "squad": "county1.squad.dialogue", 
    "expert": "county1.expert", "auditor": "city.audit", "security administrator": "city.secadmin",
    "system administrator": "city.sysadmin", "neighbour": "county2.director", "token": "county2.duty", "screen": "",
}  # fmt: skip
#: They open nearly everything of their county; that nothing crashes for them is asked by tests/accounts/test_routes.py.
WIDE = {"duty", "commander", "signatory", "auditor", "neighbour"}
#: Of what is open to them the things themselves are asked: their house is asked by the signatory.
CROWDED = {"duty", "commander"}
#: Lists and files that stand behind a query.
QUERIES = (
    "/search/?q=WHAT", "/demands/?state=all&as=xlsx", "/reports/matters/?state=all", "/ledgers/incidents/?format=xlsx",
    "/api/v1/journal/?after=0&limit=500", "/orders/?unit=C1", "/incidents/?show=all",
)  # fmt: skip
#: Acts that a reader's request may leave on record without having done anything.
BY_READING = {"access.refused", "file.downloaded"}


class Row(NamedTuple):
    """A thing, over which units a verb opens it, and who sees it by exception."""

    pk: int
    number: str
    paths: tuple[str, ...]
    shown_to: frozenset[str]


class Person(NamedTuple):
    role: str
    posts: list[tuple[str, str]]

    def carries(self, verb: str, paths) -> bool:
        return any(kind in VERBS[verb] and path.startswith(own) for kind, own in self.posts for path in paths)

    def carries_any(self, verbs, paths) -> bool:
        return any(self.carries(verb, paths) for verb in verbs)

    def sees(self, model, row: Row) -> bool:
        return self.role in row.shown_to or self.carries_any(gate(model), row.paths)


@cache
def gate(model) -> frozenset[str]:
    """The verbs by which rows of the model are seen."""
    return doors.asked_by(model.objects.visible_to).verbs


@pytest.fixture
def far(secrets, handed, alarm, reach, units, cast, now):
    """Beside the things of county 1: the same above it and beside it, and one that the neighbour shares."""
    for unit, who in (("C0", "city.duty"), ("C2", "county2.duty")):
        alarm(who, unit=unit, place=f"PLACE-{unit}", what=f"WHAT-{unit}", headcount=3)
    shared = alarm("county2.duty", unit="C2", place="PLACE-S", what="WHAT-S", headcount=3)
    share_incident(
        incident_id=shared.pk, reach=reach("county2.duty"), unit=units["C1"], reason="相邻", now=now
    )
    foreign = Incident.objects.get(place="PLACE-C2")
    orders.issue_order(
        incident_id=foreign.pk, reach=reach("county2.duty"), target=orders.read_target("squad:dialogue@C2"),
        task="TASK-C2", arrive_by=None, now=now,
    )  # fmt: skip
    for unit, who in (("C1", "county1.duty"), ("C2", "county2.duty")):
        demands.register_demand(
            reach=reach(who), unit=units[unit], origin="counter", point=f"POINT-{unit}", now=now
        )
    number_new()
    for incident in Incident.objects.exclude(unit=units["C1"]).exclude(unit=units["T11"]):
        for words in (incident.place, incident.what):
            secrets.append(Secret(words, None, Incident, incident.pk))
    return secrets


def rows_of(model, people: dict[str, Person]) -> list[Row]:
    """Every row with what decides about it, read from its own columns."""
    found = []
    for one in model.objects.order_by("pk"):
        paths, shown = [one.unit_path, getattr(one, "lead_path", "")], set()
        if isinstance(one, Matter) and one.lead_unit:
            paths.append(one.lead_unit.path)
        incident = one if model is Incident else getattr(one, "incident", None)
        if incident is not None:
            shown |= _shown(incident, people)
        if hasattr(one, "participants"):
            known = set(one.participants.values_list("person__username", flat=True))
            shown |= {role for role, name in ROLES.items() if name in known}
        found.append(Row(one.pk, one.number, tuple(path for path in paths if path), frozenset(shown)))
    return found


def _shown(incident: Incident, people: dict[str, Person]) -> set[str]:
    """To whom it is shared, and who was sent there."""
    units = {share.unit.path for share in Share.objects.filter(incident=incident).select_related("unit")}
    squads = set(Order.objects.filter(incident=incident).values_list("target_squad", "target_unit__path"))
    shown = {
        role
        for role, person in people.items()
        for kind, own in person.posts
        if own in units and kind in VERBS["incident.view"] and role != "screen"
    }
    return shown | {
        "squad"
        for squad, path in squads
        if squad == "dialogue" and (("squad", path) in people["squad"].posts)
    }


@pytest.fixture
def people(cast) -> dict[str, Person]:
    """By role, with the posts they hold as they stand in the table of appointments."""
    held = Appointment.objects.select_related("post__unit", "person")
    posts: dict[str, list] = {}
    for one in held:
        posts.setdefault(one.person.username, []).append((str(one.post.kind), one.post.unit.path))
    found = {role: Person(role, posts.get(name, [])) for role, name in ROLES.items()}
    return found | {"screen": Person("screen", [(SCREEN, cast_unit().path)])}


def cast_unit() -> Unit:
    return Unit.objects.get(code="C1")


class Visitor:
    """The browser, or the program, of one role."""

    def __init__(self, role: str, cast, reach, now):
        self.role, self.browser = role, Client(raise_request_exception=False)
        self.reach = reach(ROLES[role]) if ROLES[role] else None
        if role == "screen":
            _screen, code = register_screen(
                reach=reach("county1.duty"), unit=cast_unit(), label="大屏", scale="1", theme="light",
                language="zh-hans", now=now,
            )  # fmt: skip
            assert self.browser.post("/wall/connect/", {"code": code}).status_code in (302, 303)
        elif role == "token":
            self.browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {issue(user=cast[ROLES[role]], now=now)}"
        else:
            self.browser.force_login(cast[ROLES[role]])

    def reaches(self, name: str) -> bool:
        """A program comes to the API alone, a screen to the wall alone: elsewhere both are nobody."""
        if self.role == "token":
            return name.startswith("api:")
        return self.role != "screen" or name in ("wall", "wall-connect") or name in PUBLIC

    def get(self, address: str) -> tuple[int, str]:
        return ask(self.browser, address)

    def post(self, address: str, view) -> int:
        if not address.startswith("/api/"):
            return self.browser.post(address, {"reason": "依规定", "rev": "1", "note": "依规定"}).status_code
        kind = getattr(view, "serializer_class", None)
        return self.browser.post(
            address, json.dumps(body_of(kind) if kind else {}), content_type="application/json",
            headers={"Idempotency-Key": address[-80:]},
        ).status_code  # fmt: skip


def test_each_role_gets_what_the_table_says_and_nothing_else(far, papers_as_text, people, cast, reach, now):
    """`wrong` names, for each role, the address, what it answered and what was expected."""
    rows = {model: rows_of(model, people) for model in set(map(thing_of, PATTERNS)) - {None}}
    wrong: dict[str, list] = {}
    with time_machine.travel(now, tick=False):
        for role, person in people.items():
            visitor = Visitor(role, cast, reach, now)
            before = _everything()
            last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first()
            found = [*_of_things(visitor, person, rows, far), *_of_the_rest(visitor, person, rows, far)]
            after = _everything()
            done = Entry.objects.filter(pk__gt=last).exclude(kind__in=BY_READING)
            found += [f"changed {name}" for name in after if after[name] != before[name]]
            found += [f"recorded {one.kind} {one.subject}" for one in done]
            if found:
                wrong[role] = found
    assert wrong == {}


PATTERNS = sorted({door.pattern for door in doors.doors()})


def _of_things(visitor, person, rows, far):
    """What stands in the address of a thing: closed, or open, as the verbs say."""
    hidden = _hidden(person, rows, far, visitor.reach)
    for door in doors.doors():
        model = thing_of(door.pattern)
        if model is None or door.name in LEFT_OUT:
            continue
        seen = [row for row in rows[model] if person.sees(model, row) and visitor.reaches(door.name)]
        for row in _few(rows[model], seen, door, person):
            address = example(door.pattern, {**PLAIN, "number": row.number})
            if row not in seen:
                status, text = _ask(visitor, door, address)
                if status not in _closed(visitor, door.name) or any(words in text for words in hidden):
                    yield f"{door.method} {address}: {status}, and is closed"
            elif (
                door.method == "get"
                and visitor.role in CROWDED
                and not door.pattern.endswith("<code:number>/")
            ):
                continue
            elif door.method == "get" and (row == seen[0] or (row == seen[-1] and visitor.role not in WIDE)):
                status, text = visitor.get(address)
                leaked = [words for words in hidden if words in text]
                if status not in CALM or leaked:
                    yield f"get {address}: {status} {leaked}"
                elif _all(person, door.asks.verbs, row.paths) and status in _shut(door):
                    yield f"get {address}: {status}, and is open"
            elif door.method != "get" and not _may(person, door, row.paths):
                status, _text = _ask(visitor, door, address)
                if status < 400:
                    yield f"{door.method} {address}: {status}, and may not"


def _of_the_rest(visitor, person, rows, far):
    """Lists, files, units and what has no thing in its address."""
    hidden = _hidden(person, rows, far, visitor.reach)
    asked = [("", query) for query in QUERIES]
    if visitor.role not in WIDE:
        asked += [(door.name, address) for door in doors.doors() for address in _without_thing(door)]
    for name, address in asked:
        if name and not visitor.reaches(name):
            continue
        status, text = visitor.get(address)
        leaked = [words for words in hidden if words in text and words not in address]
        if leaked or (status not in CALM and not address.startswith(PROBES)):
            yield f"get {address}: {status} {leaked}"


def _without_thing(door) -> list[str]:
    if door.method != "get" or thing_of(door.pattern) is not None or door.name in LEFT_OUT:
        return []
    if "handovers/<int:pk>" in door.pattern:
        known = Handover.objects.values_list("pk", flat=True)
        return [example(door.pattern, {**PLAIN, "pk": str(pk)}) for pk in known]
    if ":unit>" in door.pattern:
        return [example(door.pattern, {**PLAIN, "unit": unit}) for unit in ("C1", "T11", "V111")]
    return [f"{example(door.pattern, PLAIN)}?unit=C1"]


def _ask(visitor, door, address: str) -> tuple[int, str]:
    if door.method == "get":
        return visitor.get(address)
    return visitor.post(address, door.view), ""


def _closed(visitor, name: str) -> set[int]:
    """As if it were not there; a body that is not in order may be refused first; nobody is asked who they are."""
    return {404, 405, 409, 415, 422} if visitor.reaches(name) else {302, 303, 401, 403, 404, 405}


def _shut(door) -> set[int]:
    """What nobody who carries every verb is answered. A part of a thing need not be there; a check may ask more than verbs."""
    of_it_alone = door.pattern.endswith("<code:number>/")
    only_verbs = not any(doors.asked_by(doors.named(check)).own for check in door.asks.checks)
    return ({404} if of_it_alone else set()) | ({403} if only_verbs else set())


def _all(person: Person, verbs, paths) -> bool:
    return bool(verbs) and all(person.carries(verb, paths) for verb in verbs)


def _may(person: Person, door, paths) -> bool:
    """Whether one of the checks behind the door could let this person act: by a verb, or because it is their own."""
    if not door.asks.checks:
        return True
    asked = [doors.asked_by(doors.named(check)) for check in door.asks.checks]
    return any(one.own or person.carries_any(one.verbs, paths) for one in asked)


def _hidden(person: Person, rows, secrets, reach) -> list[str]:
    by_pk = {(model, row.pk): row for model, found in rows.items() for row in found}
    known = [(secret, by_pk.get((secret.model, secret.pk))) for secret in secrets]
    hidden = [secret.words for secret, row in known if row and not person.sees(secret.model, row)]
    # Of notes, reports and scripts, which have no number of their own, their rooms say who reads them.
    return hidden + [secret.words for secret, row in known if not row and reach and not secret.is_for(reach)]


def _few(found: list[Row], seen: list[Row], door, person: Person) -> list[Row]:
    """Of those that are closed the first and the last, of different units; of acts the last. Of the others all."""
    closed = list({row.paths: row for row in found if row not in seen}.values())
    closed = closed[-1:] if door.method != "get" else closed[:1] + closed[1:][-1:]
    return [*seen, *closed]


def test_the_words_are_found_where_they_may_be_read(secrets, handed, cast, reach, now):
    """Otherwise the test above could not fail."""
    browser = Client(raise_request_exception=False)
    missing = {secret.words for secret in secrets}
    with time_machine.travel(now, tick=False):
        browser.force_login(cast["county1.director"])
        for address in addresses() if missing else ():
            if missing:
                text = read(browser, address)
                missing = {words for words in missing if words not in text}
    assert missing == set()
