"""From a plan's roles to people: who holds the post that the role means, at that moment.

A role names a kind of post and, mostly, a tier. It is looked for at the incident's own unit and the units above
it, nearest first. Whose turn it is by the roster comes first, then holders, standing deputies (AB角) and written
delegations: every one of them may act, but only who has the turn is rung.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment, Unit, User
from accounts.posts.duty import ROSTERED, meant
from accounts.queries import Holder, lineage
from common.database.paths import prefixes
from plans.document.sections import Role, actions_for, role_of
from plans.engine.evaluation import Document

_ORDER = [HeldAs.HOLDER, HeldAs.DEPUTY, HeldAs.DELEGATE]


@dataclass(frozen=True, slots=True)
class Signatory:
    """A seat from which a level may be signed, and who sits on it now."""

    role: Role
    unit: Unit
    #: Never empty: a vacant seat signs nothing.
    holders: tuple[Holder, ...]
    #: own: the plan names this role for the level. where_absent: the unit has no such office, the plan names
    #: another. next_higher: signs in its place.
    by: str = "own"

    @property
    def post(self) -> Any:
        return self.holders[0].post

    @property
    def holder(self) -> User:
        return self.holders[0].person

    @property
    def people(self) -> list[User]:
        return [holder.person for holder in self.holders]

    @property
    def title_zh(self) -> str:
        return self.post.title or self.role.words.zh

    @property
    def title_en(self) -> str:
        return self.post.title_en or self.role.words.en


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who is told when a level is signed."""

    platform: bool
    phone: tuple[Holder, ...]
    #: Authorities outside the bureau, told by an upward report.
    report_to: tuple[Role, ...]
    #: Roles to be telephoned whose post nobody holds, here or above.
    held_by_nobody: tuple[Role, ...] = ()


def signatories(document: Document, level_id: str, unit: Unit, now: datetime) -> list[Signatory]:
    """Every seat that may sign the level for an incident in `unit`, first whom the plan names (two queries).

    Empty only if nobody holds any of these posts.
    """
    return signatories_on(document, level_id, Bench(unit, now))


def signatories_on(document: Document, level_id: str, bench: "Bench") -> list[Signatory]:
    """The same among people who were read already."""
    actions = actions_for(document, level_id)
    seats = []
    for index, role in enumerate(actions.signatories):
        by = "own" if index == 0 else "next_higher"
        if index == 0 and actions.where_absent and bench.lacks(role):
            role, by = actions.where_absent, "where_absent"
        if seat := bench.seat(role):
            seats.append(replace(seat, by=by))
    return seats


def signatory(document: Document, level_id: str, unit: Unit, now: datetime) -> Signatory | None:
    """Whom to ask first for a signature."""
    return next(iter(signatories(document, level_id, unit, now)), None)


def seat_of(document: Document, level_id: str, unit: Unit, user: User, now: datetime) -> Signatory | None:
    """The seat from which this person may sign the level, None if there is none. The lowest one counts."""
    for seat in signatories(document, level_id, unit, now):
        mine = tuple(holder for holder in seat.holders if holder.person == user)
        if mine:
            return replace(seat, holders=mine)
    return None


def next_in_line(document: Document, level_id: str, unit: Unit, to: str, now: datetime) -> Signatory | None:
    """Whom to ask when a signature does not come: `to` is the plan's word signatory, deputy or next_higher.

    A seat without a deputy passes the request on to the next higher one; the highest keeps it.
    """
    seats = signatories(document, level_id, unit, now)
    if not seats:
        return None
    stand_ins = tuple(holder for holder in seats[0].holders if holder.held_as != HeldAs.HOLDER)
    if to == "deputy" and stand_ins:
        return replace(seats[0], holders=stand_ins)
    return seats[0] if to == "signatory" else seats[min(1, len(seats) - 1)]


def in_the_chair(seat: Signatory, now: datetime) -> list[Holder]:
    """Who is asked first: holder and delegates; the standing deputies only where there is nobody else.

    Of a post that goes round by roster, whose turn it is.
    """
    first = [holder for holder in seat.holders if holder.held_as != HeldAs.DEPUTY]
    return meant(first or seat.holders, now)


def next_to_ask(seats: Sequence[Signatory], to: str, asked: Collection[int]) -> Signatory | None:
    """Whom the plan's word `to` means: signatory, deputy or next_higher; `asked` are the posts asked so far.

    Who has no deputy passes the request on upwards, each time to the next seat not asked yet; the highest
    one is reminded. None if nobody is left who may sign.
    """
    if not seats or to == "signatory":
        return next(iter(seats), None)
    deputies = tuple(holder for holder in seats[0].holders if holder.held_as == HeldAs.DEPUTY)
    if to == "deputy" and deputies:
        return replace(seats[0], holders=deputies)
    fresh = (seat for seat in seats[1:] if not {holder.post.pk for holder in seat.holders} <= set(asked))
    return next(fresh, seats[-1])


def recipients(document: Document, level_id: str, unit: Unit, now: datetime) -> Recipients:
    """Who is told once the level is signed."""
    actions = actions_for(document, level_id)
    bench = Bench(unit, now)
    rung = {role: bench.holders(role) for role in actions.phone}
    return Recipients(
        actions.platform,
        tuple(holder for holders in rung.values() for holder in holders),
        actions.report_to,
        tuple(role for role, holders in rung.items() if role.kind == "post" and not holders),
    )


def holders_of(document: Document, role_name: str, unit: Unit, now: datetime) -> tuple[Holder, ...]:
    """Who holds the role for an incident in `unit`."""
    return Bench(unit, now).holders(role_of(document, role_name))


class Bench:
    """Everybody who holds a post in a unit or above it at one moment: one query for any number of roles.

    Another one, once, where a role's post goes round by roster, and where it is asked for a unit at which nobody holds
    a post. `with_skills` reads what each is by profession along with it.
    """

    def __init__(self, unit: Unit, now: datetime, *, with_skills: bool = False):
        self._unit, self._now = unit, now
        self._turns: set[tuple[int, int]] | None = None
        #: Person → what they are by profession, where it was asked for.
        self.skills: dict[int, set[str]] = {}
        rows = Appointment.objects.current(now).filter(post__unit__path__in=prefixes(unit.path))
        rows = rows.select_related("person", "post__unit").order_by("pk")
        if with_skills:
            # A row for each skill: a person of two professions comes twice.
            rows = rows.annotate(skill=F("person__skills__code"))
        manned: dict[int, Unit] = {}
        self._by_unit: dict[int, list[Holder]] = {}
        for row in {row.pk: row for row in self._noted(rows, with_skills)}.values():
            row.post.unit = manned.setdefault(row.post.unit_id, row.post.unit)
            found = self._by_unit.setdefault(row.post.unit_id, [])
            found.append(Holder(row.person, row.post, row.held_as))
        #: Where somebody holds a post, nearest first.
        self._manned = sorted(manned.values(), key=lambda one: -len(one.path))

    def _noted(self, rows: Iterable[Appointment], with_skills: bool) -> Iterator[Appointment]:
        for row in rows:
            if with_skills and (skill := getattr(row, "skill", None)):
                self.skills.setdefault(row.person_id, set()).add(skill)
            yield row

    @cached_property
    def units(self) -> list[Unit]:
        """The unit and those above it, nearest first, also where nobody holds a post (one query)."""
        return lineage(self._unit)

    def has_tier(self, tier: str) -> bool:
        return any(unit.tier == tier for unit in self._manned) or any(
            unit.tier == tier for unit in self.units
        )

    def lacks(self, role: Role) -> bool:
        """Whether there is no such office: no unit of its tier; of a role without a tier, nobody who holds its post."""
        return not self.has_tier(role.tier) if role.tier else self.seat(role) is None

    def seat(self, role: Role) -> Signatory | None:
        """The nearest unit where somebody holds the role's post."""
        if role.kind != "post":
            return None
        for unit in self._manned:
            if role.tier in ("", unit.tier) and (found := self._holding(unit, role.post)):
                return Signatory(role, unit, found)
        return None

    def holders(self, role: Role) -> tuple[Holder, ...]:
        """Who is rung in that role: of posts that go round only whose turn it is."""
        seat = self.seat(role)
        return tuple(holder for holder in seat.holders if self._has_turn(holder)) if seat else ()

    def squad(self, squad_id: str) -> tuple[Holder, ...]:
        """Who is called of a squad: at the nearest unit where somebody holds such a post, whose turn it is."""
        for unit in self._manned:
            if found := [holder for holder in self._by_unit[unit.pk] if holder.post.squad == squad_id]:
                return tuple(holder for holder in found if self._has_turn(holder))
        return ()

    def on_duty(self) -> tuple[Holder, ...]:
        """Who has the turn at the nearest duty room."""
        for unit in self._manned:
            if found := self._holding(unit, PostKind.DUTY_OFFICER):
                return tuple(holder for holder in found if self._has_turn(holder))
        return ()

    @property
    def everybody(self) -> list[User]:
        """All who hold a post there."""
        return [holder.person for holders in self._by_unit.values() for holder in holders]

    def _holding(self, unit: Unit, kind: str) -> tuple[Holder, ...]:
        found = [holder for holder in self._by_unit[unit.pk] if holder.post.kind == kind]
        return tuple(
            sorted(found, key=lambda one: (not self._has_turn(one), _ORDER.index(HeldAs(one.held_as))))
        )

    def _has_turn(self, holder: Holder) -> bool:
        if holder.post.kind not in ROSTERED:
            return True
        if self._turns is None:
            everybody = [one for holders in self._by_unit.values() for one in holders]
            self._turns = {(one.post.pk, one.person.pk) for one in meant(everybody, self._now)}
        return (holder.post.pk, holder.person.pk) in self._turns


def as_seen(seat: Signatory | None, language: str) -> Mapping[str, str] | None:
    """A signatory for the API: the role of the plan, the post, its unit, and who holds it."""
    if seat is None:
        return None
    return {
        "role": seat.role.words.in_language(language),
        "post": seat.title_en if language.startswith("en") else seat.title_zh,
        "unit": seat.unit.code,
        "holder": str(seat.holder),
        "by": seat.by,
    }
