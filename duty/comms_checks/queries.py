"""The grid: posts × levels × channels, who would not be reached at a moment, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.choices import HeldAs
from accounts.contacts.choices import Lack
from accounts.contacts.queries import has_gateway
from accounts.contacts.rules import why_unreachable
from accounts.models import Unit, User
from accounts.queries import Holder, open_unit
from accounts.scope import Reach
from common.errors import not_found
from duty.comms_checks import permissions, rules
from duty.comms_checks.choices import Whom
from duty.comms_checks.contacts import channels, contacts_of
from duty.comms_checks.models import CommsCheck, CommsCheckAnswer
from plans.document.sections import Role, actions_for, alarm_roles
from plans.engine.evaluation import Document, Level, levels_of
from plans.lifecycle.queries import plan_in_force
from plans.people.holders import Bench
from rosters.queries import ROSTERED, on_duty


class Cell(NamedTuple):
    """One channel of one post at one level: reached, not reached (why), or not called at this level."""

    called: bool
    lack: str
    label: str


class Row(NamedTuple):
    """A role of the plan, and who would be rung in it."""

    title: str
    unit: Unit | None
    people: tuple[User, ...]
    #: By level, then by channel.
    cells: tuple[tuple[Cell, ...], ...]
    #: Reached on no channel that wakes somebody.
    is_dark: bool


class Miss(NamedTuple):
    """Somebody who would not be reached on some channels, and why."""

    who: str
    title: str
    why: str
    channels: tuple[str, ...]
    #: Nobody could ring them at all.
    is_dark: bool


class Grid(NamedTuple):
    levels: Sequence[Level]
    channels: Sequence[str]
    rows: Sequence[Row]
    misses: Sequence[Miss]
    document: Document


def get_unit(reach: Reach, code: str) -> Unit:
    unit = open_unit(code)
    if unit is None:
        raise not_found()
    permissions.check_can_view(reach, unit)
    return unit


def home_unit(reach: Reach) -> Unit:
    """The unit of the person's first post that lets them see readiness; NotFound without one."""
    unit = Unit.objects.filter(path__in=reach.paths("readiness.view")).order_by("path").first()
    if unit is None:
        raise not_found()
    return unit


def called_roles(document: Document) -> dict[tuple[str, str, str], tuple[Role, set[str]]]:
    """Every post the plan may ring → the levels at which it does. The duty room and the alarm's roles: always."""
    levels = [level.id for level in levels_of(document)]
    found: dict[tuple[str, str, str], tuple[Role, set[str]]] = {}

    def call(role: Role | None, at: list[str]) -> None:
        if role is not None and role.kind == "post":
            found.setdefault((role.post, role.tier, ""), (role, set()))[1].update(at)

    for level in levels:
        actions = actions_for(document, level)
        call(actions.signatories[0] if actions.signatories else None, [level])
        for role in actions.phone:
            call(role, [level])
    for role in (*alarm_roles(document), *alarm_roles(document, life_safety=True)):
        call(role, levels)
    return found


def grid(unit: Unit, at: datetime) -> Grid:
    """Who would be called for an incident in `unit` at `at`: a constant number of queries."""
    document = plan_in_force(unit, at).document
    levels, bench, gateway, ways = levels_of(document), Bench(unit, at), has_gateway(), channels()
    called = [
        (role, ids, bench.seat(role), bench.holders(role)) for role, ids in called_roles(document).values()
    ]
    people = {holder.person.pk: holder.person for _r, _i, _s, holders in called for holder in _first(holders)}
    contacts = contacts_of(people.values())
    rows, misses = [], []
    for role, ids, seat, holders in called:
        rung = _first(holders)
        if seat is None and role.tier and not bench.has_tier(role.tier):
            continue  # this unit has no such office above it: the plan names another instead
        lacks = {ch: _lack(rung, ch, contacts, gateway) for ch in ways}
        title = str(rung[0].post) if rung else _title(role)
        dark = [contact for contact in (contacts[h.person.pk] for h in rung) if not why_unreachable(contact, has_gateway=gateway)]  # fmt: skip
        rows.append(
            Row(
                title,
                seat.unit if seat else None,
                tuple(holder.person for holder in rung),
                tuple(tuple(_cell(level.id in ids, lacks[channel]) for channel in ways) for level in levels),
                not dark,
            )
        )
        misses += _misses(role, rung, contacts, gateway, ways)
    return Grid(levels, ways, rows, misses, document)


def _title(role: Role) -> str:
    return role.words.in_language(get_language())


def _first(holders: Sequence[Holder]) -> list[Holder]:
    """Who is rung first: holders and delegates; standing deputies only where there is nobody else."""
    first = [holder for holder in holders if holder.held_as != HeldAs.DEPUTY]
    return first or list(holders)


def _lack(rung: Sequence[Holder], channel: str, contacts: dict, gateway: bool) -> str:
    """Why nobody of these is reached on the channel; empty if one of them is."""
    if not rung:
        return Lack.NOBODY
    lacks = [rules.lack_on(channel, contacts[holder.person.pk], has_gateway=gateway) for holder in rung]
    return "" if "" in lacks else lacks[0]


def _cell(called: bool, lack: str) -> Cell:
    return Cell(called, lack, str(Lack(lack).label) if lack else "")


def _misses(
    role: Role, rung: Sequence[Holder], contacts: dict, gateway: bool, ways: Sequence[str]
) -> list[Miss]:
    if not rung:
        return [Miss("", _title(role), str(Lack.NOBODY.label), tuple(ways), True)]
    found = []
    for holder in rung:
        contact = contacts[holder.person.pk]
        by_why: dict[str, list[str]] = {}
        for channel in ways:
            if lack := rules.lack_on(channel, contact, has_gateway=gateway):
                by_why.setdefault(lack, []).append(channel)
        is_dark = bool(why_unreachable(contact, has_gateway=gateway))
        # Without a gateway nobody has text messages: that is said once above the grid, not for each person.
        found += [
            Miss(str(holder.person), str(holder.post), str(Lack(why).label), tuple(channels), is_dark)
            for why, channels in by_why.items()
            if why != Lack.NO_GATEWAY
        ]
    return found


def people_to_check(unit: Unit, whom: str, at: datetime) -> list[tuple[User, str]]:
    """(person, post) of a test: whoever is on duty, or everybody the plan may call; each person once."""
    found: dict[int, tuple[User, str]] = {}
    for duty in on_duty([unit], at, kinds=ROSTERED):
        found.setdefault(duty.person.pk, (duty.person, duty.post.title))
    if whom == Whom.EVERYBODY:
        bench = Bench(unit, at)
        for role, _ids in called_roles(plan_in_force(unit, at).document).values():
            seat = bench.seat(role)
            for holder in seat.holders if seat else ():
                found.setdefault(holder.person.pk, (holder.person, holder.post.title))
    return list(found.values())


def checks_of(reach: Reach, unit: Unit) -> QuerySet[CommsCheck]:
    rows = CommsCheck.objects.visible_to(reach).filter(unit=unit).select_related("unit", "made_by")
    return rows.order_by("-due_at", "-pk")


def get_check(reach: Reach, pk: int) -> CommsCheck:
    found = CommsCheck.objects.visible_to(reach).select_related("unit", "made_by").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def answers_of(check: CommsCheck) -> QuerySet[CommsCheckAnswer]:
    return check.answers.select_related("person").order_by("person_id", "channel")
