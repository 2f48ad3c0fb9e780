"""How a plan's response is started, changed and ended, and what is owed while it lasts. Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plans.document.chapters import obligations_of
from plans.document.sections import Squad, role_of, squads_of
from plans.document.words import NO_WORDS, Words, joined, named, words
from plans.engine.evaluation import Document

#: Kinds of a plan's `obligations` that hold for as long as the response does, so that no moment ends them.
_LASTING = frozenset({"presence", "approval_gate", "sitrep", "proportionality_note"})


#: A line of an action that the start of the response does itself.
STARTED = "response.started"


@dataclass(frozen=True, slots=True)
class Grade:
    """How grave an event is as a person judges it, where the plan's levels do not say."""

    id: str
    words: Words
    #: Whether the plan's response may be started for it.
    is_within: bool


@dataclass(frozen=True, slots=True)
class ResponseRules:
    #: Roles that may propose; empty = whoever may propose by their post.
    proposers: tuple[str, ...]
    #: Roles that decide, whatever the level; empty = the level's signatories.
    deciders: tuple[str, ...]
    #: Levels at which it may be started; empty = every level.
    levels: tuple[str, ...]
    grades: tuple[Grade, ...]
    cite: str
    scope_cite: str


@dataclass(frozen=True, slots=True)
class Owed:
    """Something the plan asks for while its response lasts: what, by whom, to whom, within how long."""

    id: str
    words: Words
    #: tell: somebody outside is told and answers. act: done once. keep: holds as long as the response does.
    kind: str
    roles: tuple[str, ...] = ()
    #: A duration; empty = the plan gives none.
    within: str = ""
    #: Of `tell`: who is told.
    to: Words = NO_WORDS
    cite: str = ""
    #: The entry that it is done with; empty = somebody says that it was done.
    done_by: str = ""


def response_rules(document: Document) -> ResponseRules:
    entry = document.get("response", {})
    scope = entry.get("scope", {})
    return ResponseRules(
        proposers=tuple(entry.get("propose", ())),
        deciders=tuple(entry.get("decide", ())),
        levels=tuple(scope.get("levels", ())),
        grades=tuple(Grade(one["id"], named(one), bool(one["within"])) for one in scope.get("grades", ())),
        cite=entry.get("cite", ""),
        scope_cite=scope.get("cite", entry.get("cite", "")),
    )


def owed_at(document: Document, level_id: str) -> tuple[Owed, ...]:
    """What the plan asks for at the level, in the order in which it is shown."""
    level = next((one for one in document.get("levels", ()) if one["id"] == level_id), {})
    return (
        *_of_tier(document, level.get("handling_tier", "")),
        *_in_command(document, level),
        *_lines(level, "actions"),
        *_lines(level, "obligations"),
        *owed_by_plan(document),
    )


def owed_by_plan(document: Document) -> tuple[Owed, ...]:
    """The plan's `obligations`, which hold at every level."""
    pairs = zip(obligations_of(document), document.get("obligations", ()), strict=True)
    return tuple(
        Owed(
            id=line.id,
            words=line.words,
            kind="keep" if entry.get("kind") in _LASTING else "act",
            roles=_several(entry.get("role")),
            within=entry.get("within", ""),
            cite=line.cite,
        )
        for line, entry in pairs
    )


def _of_tier(document: Document, tier: str) -> Iterator[Owed]:
    """Another plan that is to be started too (“start the city's overall plan”): told to whom, within how long."""
    also = document.get("handling_tiers", {}).get(tier, {}).get("also_start")
    if also:
        yield Owed(
            id=f"tier-{tier}",
            words=words(also),
            kind="tell",
            roles=_several(also.get("role")),
            within=also.get("within", ""),
            to=role_of(document, also["tell"]).words,
            cite=also.get("cite", ""),
        )


def _in_command(document: Document, level: Mapping) -> Iterator[Owed]:
    if names := _several(level.get("in_command")):
        who = joined([role_of(document, name).words for name in names], "、", ", ")
        yield Owed(
            id=f"{level['id']}-command",
            words=joined([Words("到位牵头指挥", "Takes command"), who], "：", ": "),
            kind="act",
            roles=names,
            cite=level.get("cite", ""),
        )


def _lines(level: Mapping, key: str) -> Iterator[Owed]:
    """The actions or obligations of a level. One that is only words is done once, and has no time limit."""
    for place, entry in enumerate(level.get(key, ()), start=1):
        more: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        if more.get("done_by") == STARTED:
            # That the response starts is done with its start.
            continue
        yield Owed(
            id=more.get("id", f"{level['id']}-{key}-{place}"),
            words=words(entry),
            kind="keep" if more.get("lasts") else "act",
            roles=_several(more.get("role")),
            within=more.get("within", ""),
            cite=more.get("cite", level.get("cite", "")),
            done_by=more.get("done_by", ""),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A command of the plan's organisation: who leads, who stands in, what else belongs to it."""

    words: Words
    leaders: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    #: Divisions and associations that the plan names and nobody here holds.
    bodies: tuple[Words, ...] = ()
    cite: str = ""


@dataclass(frozen=True, slots=True)
class FrontGroup:
    """A second command nearer to the event: the model of the first, with partners from outside."""

    words: Words
    #: Kinds of partners: id and words.
    partners: tuple[tuple[str, Words], ...] = ()
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    headquarters: Group | None
    on_site: Group | None
    squads: tuple[Squad, ...]
    front: FrontGroup | None
    #: The tier whose posts the roles of the headquarters mean.
    owner_tier: str
    #: Roles that command at the level of the response.
    in_command: tuple[str, ...] = ()


def organisation_of(document: Document, level_id: str = "") -> Organisation:
    entry = document.get("organisation", {})
    level = next((one for one in document.get("levels", ()) if one["id"] == level_id), {})
    return Organisation(
        headquarters=_group(entry.get("headquarters"), "headquarters"),
        on_site=_group(entry.get("site_command"), "site_command"),
        squads=squads_of(document),
        front=_front(entry.get("county_front_group")),
        owner_tier=document.get("owner_tier", ""),
        in_command=_several(level.get("in_command")),
    )


def _group(entry: Mapping | None, name: str) -> Group | None:
    if not entry:
        return None
    return Group(
        words=named({**entry, "id": name}),
        leaders=_several(entry.get("commander") or entry.get("leader")),
        deputies=(*_several(entry.get("deputy")), *_several(entry.get("deputies"))),
        bodies=tuple(words(one) if isinstance(one, str) else named(one) for one in entry.get("members", ())),
        cite=entry.get("cite", ""),
    )


def _front(entry: Mapping | None) -> FrontGroup | None:
    if not entry:
        return None
    partners = tuple((one["id"], named(one)) for one in entry.get("plus", ()))
    return FrontGroup(named({**entry, "id": "county_front_group"}), partners, entry.get("cite", ""))


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
