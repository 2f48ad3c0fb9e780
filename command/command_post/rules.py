"""Who sits where in the command post of a response, and what it lacks: from the plan, and whoever answers for a role.

Pure: what is asked of people comes in as a `Sources`. Nothing is stored of it but who sat where when somebody last
looked. Source: city plan §3.1-3.3, linkage plan §2, unit plan §一.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from plans.document.response import FrontGroup, Group, Organisation
from plans.document.sections import Role, Squad
from plans.document.words import NO_WORDS, Words, joined

#: The tier of the front group (§3.3: 县级前线指挥组).
FRONT_TIER = "county"


class Member(NamedTuple):
    """Somebody who sits there now."""

    username: str
    name: str
    title: str
    post: int
    held_as: str = ""
    skills: tuple[str, ...] = ()


class Contact(NamedTuple):
    """An agency outside, and the telephone of its duty room."""

    name: str
    phone: str


class Sources(Protocol):
    """What the post is put together from."""

    def role(self, name: str) -> Role: ...

    def holders(self, role: Role) -> Sequence[Member]: ...

    def squad(self, squad_id: str) -> Sequence[Member]: ...

    def has_tier(self, tier: str) -> bool: ...

    def partners(self, kind: str) -> Sequence[Contact]: ...


@dataclass(frozen=True, slots=True)
class Seat:
    #: "headquarters.commander.1": the name under which a change of it is recorded.
    id: str
    #: What it is: commander, deputy, leader, in command.
    part: Words
    role: Words
    members: tuple[Member, ...]
    gap: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Skill:
    id: str
    words: Words
    #: Who of the squad has it.
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SquadSeat:
    id: str
    words: Words
    members: tuple[Member, ...]
    skills: tuple[Skill, ...]
    gaps: tuple[Words, ...]
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    kind: str
    words: Words
    contacts: tuple[Contact, ...]
    gap: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Team:
    words: Words
    seats: tuple[Seat, ...]
    #: Divisions and associations that the plan names; no post here stands for them.
    bodies: tuple[Words, ...] = ()
    cite: str = ""

    @property
    def named(self) -> Words:
        return joined(list(self.bodies), "、", ", ")


@dataclass(frozen=True, slots=True)
class Front:
    words: Words
    seats: tuple[Seat, ...]
    partners: tuple[Partner, ...]
    cite: str = ""


@dataclass(frozen=True, slots=True)
class CommandPost:
    headquarters: Team | None
    on_site: Team | None
    squads: tuple[SquadSeat, ...]
    front: Front | None

    @property
    def seats(self) -> Iterator[tuple[str, Words, tuple[Member, ...]]]:
        """Every seat: its id, its words, who sits there."""
        for team in (self.headquarters, self.on_site, self.front):
            for seat in team.seats if team else ():
                yield seat.id, joined([team.words, seat.role], " ", ", ") if team else seat.role, seat.members
        for squad in self.squads:
            yield f"squad.{squad.id}", squad.words, squad.members

    @property
    def members(self) -> list[Member]:
        """Everybody who sits somewhere, once for each post they hold."""
        found = {(one.username, one.post): one for _id, _words, seated in self.seats for one in seated}
        return list(found.values())

    @property
    def gaps(self) -> list[Words]:
        """Everything that is missing, in words."""
        seats = [
            seat for team in (self.headquarters, self.on_site, self.front) if team for seat in team.seats
        ]
        found = [seat.gap for seat in seats if seat.gap.zh]
        found += [gap for squad in self.squads for gap in squad.gaps]
        return found + [one.gap for one in (self.front.partners if self.front else ()) if one.gap.zh]

    def who(self) -> dict[str, list[str]]:
        """Seat → user names, as it is kept to see what has changed."""
        return {seat: sorted({one.username for one in members}) for seat, _words, members in self.seats}


_COMMANDER, _DEPUTY = Words("指挥长", "commander"), Words("副职", "deputy")
_LEADER, _IN_COMMAND = Words("组长", "leader"), Words("本级牵头", "in command at this level")


def form_post(organisation: Organisation, sources: Sources) -> CommandPost:
    """The command post as it stands now."""
    hq = _team("headquarters", organisation.headquarters, _COMMANDER, sources)
    if hq and organisation.in_command:
        more = _seats("headquarters.level", organisation.in_command, _IN_COMMAND, sources)
        hq = replace(hq, seats=(*more, *hq.seats))
    return CommandPost(
        headquarters=hq,
        on_site=_team("on_site", organisation.on_site, _LEADER, sources),
        squads=tuple(_squad(squad, sources) for squad in organisation.squads),
        front=_front(organisation, sources),
    )


def _team(name: str, group: Group | None, lead: Words, sources: Sources) -> Team | None:
    if group is None:
        return None
    seats = (
        *_seats(f"{name}.lead", group.leaders, lead, sources),
        *_seats(f"{name}.deputy", group.deputies, _DEPUTY, sources),
    )
    return Team(group.words, seats, group.bodies, group.cite)


def _seats(
    name: str, roles: Iterable[str], part: Words, sources: Sources, *, instead_of: str = ""
) -> tuple[Seat, ...]:
    """One seat a role. `instead_of`: the tier in whose place the front group's counts."""
    found = []
    for place, role_name in enumerate(roles, start=1):
        role = sources.role(role_name)
        if instead_of and role.tier == instead_of:
            role = replace(role, tier=FRONT_TIER)
        members = tuple(sources.holders(role))
        gap = NO_WORDS if members else _vacant(role.words)
        found.append(Seat(f"{name}.{place}", part, role.words, members, gap))
    return tuple(found)


def _vacant(words: Words) -> Words:
    return Words(f"{words.zh}：现无人任职", f"{words.en}: nobody holds the post now")


def _squad(squad: Squad, sources: Sources) -> SquadSeat:
    members = tuple(sources.squad(squad.id))
    skills = tuple(
        Skill(one.id, one.words, tuple(member.name for member in members if one.id in member.skills))
        for one in squad.skills
    )
    return SquadSeat(squad.id, squad.words, members, skills, _lacks(squad.words, members, skills), squad.cite)


def _lacks(squad: Words, members: Sequence[Member], skills: Iterable[Skill]) -> tuple[Words, ...]:
    if not members:
        return (Words(f"{squad.zh}：现无人员", f"{squad.en}: nobody is there now"),)
    missing = [one.words for one in skills if not one.who]
    return tuple(Words(f"{squad.zh}缺{one.zh}", f"{squad.en} lacks: {one.en}") for one in missing)


def _front(organisation: Organisation, sources: Sources) -> Front | None:
    """The model of the headquarters one tier nearer, with the partners from outside."""
    front = organisation.front
    if front is None or not sources.has_tier(FRONT_TIER) or organisation.owner_tier == FRONT_TIER:
        return None
    return Front(front.words, _mirrored(organisation, sources), _partners(front, sources), front.cite)


def _mirrored(organisation: Organisation, sources: Sources) -> tuple[Seat, ...]:
    found: list[Seat] = []
    for name, group, lead in (
        ("front.lead", organisation.headquarters, _COMMANDER),
        ("front.site", organisation.on_site, _LEADER),
    ):
        if group:
            for part, roles, words in (("", group.leaders, lead), ("-deputy", group.deputies, _DEPUTY)):
                found += _seats(f"{name}{part}", roles, words, sources, instead_of=organisation.owner_tier)
    return tuple(found)


def _partners(front: FrontGroup, sources: Sources) -> tuple[Partner, ...]:
    found = []
    for kind, words in front.partners:
        contacts = tuple(sources.partners(kind))
        gap = (
            NO_WORDS
            if contacts
            else Words(f"{words.zh}：没有登记联系人", f"{words.en}: no contact on record")
        )
        found.append(Partner(kind, words, contacts, gap))
    return tuple(found)


class Change(NamedTuple):
    """Who left a seat and who came, by user name."""

    seat: str
    left: tuple[str, ...]
    came: tuple[str, ...]


def changes(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> list[Change]:
    """What is different between two looks; a seat that was not there before was empty."""
    found = []
    for seat in [*after, *(seat for seat in before if seat not in after)]:
        old, new = set(before.get(seat, ())), set(after.get(seat, ()))
        if old != new:
            found.append(Change(seat, tuple(sorted(old - new)), tuple(sorted(new - old))))
    return found
