"""A scenario as the product uses it: read from a checked document, which is plain data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from plans.document.words import Words, words

NONE = words(None)


class Role(NamedTuple):
    """Who plays: a role of the scenario, and the kind of post (its squad, the tier of its unit) that usually takes it."""

    id: str
    words: Words
    post: str = ""
    squad: str = ""
    tier: str = ""


class Objective(NamedTuple):
    id: str
    words: Words
    cite: str = ""


class Expected(NamedTuple):
    """What the players should do after an inject. Done is what the journal holds of one of these kinds."""

    id: str
    objective: str
    words: Words
    #: Kinds of journal entries: one of them is enough.
    entries: tuple[str, ...]
    #: Minutes of the scenario after the inject.
    within: int
    role: str
    cite: str
    #: For the evaluation guide.
    look_for: Words


class Act(NamedTuple):
    """What the player does by itself when the inject comes."""

    do: str
    place: Words
    what: Words
    facts: Mapping[str, Any]
    verb: str = ""
    squad: str = ""
    #: Of an order of a joint command centre: who sends it, and to whom people report; `what` is what is asked.
    centre: Words = NONE
    nature: Words = NONE
    report_to: Words = NONE
    #: Real minutes until they are to be there; 0: it does not say.
    arrive_minutes: int = 0


class Inject(NamedTuple):
    """One line of the master scenario events list (MSEL)."""

    number: int
    #: Minutes of the scenario after the start.
    at: int
    words: Words
    #: Who brings it, and in which way.
    by: Words
    channel: str
    #: The role that hears of it; "" where the act itself tells people.
    to: str
    act: Act | None
    expects: tuple[Expected, ...]


class Scenario(NamedTuple):
    id: str
    version: int
    kind: str
    title: Words
    summary: Words
    cite: str
    contents: tuple[str, ...]
    #: A condition over facts: which real events are of this kind.
    like: Mapping[str, Any]
    roles: tuple[Role, ...]
    objectives: tuple[Objective, ...]
    injects: tuple[Inject, ...]

    @property
    def minutes(self) -> int:
        """How long it lasts: to the last inject and the last thing expected after it."""
        return max(
            inject.at + max((one.within for one in inject.expects), default=0) for inject in self.injects
        )

    def role(self, role_id: str) -> Role | None:
        return next((role for role in self.roles if role.id == role_id), None)

    def inject(self, number: int) -> Inject | None:
        return next((inject for inject in self.injects if inject.number == number), None)


def scenario_of(document: Mapping[str, Any]) -> Scenario:
    """Read a checked document."""
    return Scenario(
        id=document["id"],
        version=document["version"],
        kind=document["kind"],
        title=words(document["title"]),
        summary=words(document["summary"]),
        cite=document["cite"],
        contents=tuple(document["contents"]),
        like=document["like"],
        roles=tuple(
            Role(one["id"], words(one), one.get("post", ""), one.get("squad", ""), one.get("tier", ""))
            for one in document["roles"]
        ),
        objectives=tuple(
            Objective(one["id"], words(one), one.get("cite", "")) for one in document["objectives"]
        ),
        injects=tuple(map(_inject, document["injects"])),
    )


def _inject(raw: Mapping[str, Any]) -> Inject:
    return Inject(
        number=raw["number"],
        at=raw["at"],
        words=words(raw),
        by=words(raw["by"]),
        channel=raw["channel"],
        to=raw.get("to", ""),
        act=_act(raw["act"]) if "act" in raw else None,
        expects=tuple(map(_expected, raw.get("expects", ()))),
    )


def _act(raw: Mapping[str, Any]) -> Act:
    return Act(
        do=raw["do"],
        place=words(raw.get("place")),
        what=words(raw.get("what")),
        facts=raw.get("facts", {}),
        verb=raw.get("verb", ""),
        squad=raw.get("squad", ""),
        centre=words(raw.get("centre")),
        nature=words(raw.get("nature")),
        report_to=words(raw.get("report_to")),
        arrive_minutes=raw.get("arrive_minutes", 0),
    )


def _expected(raw: Mapping[str, Any]) -> Expected:
    return Expected(
        id=raw["id"],
        objective=raw["objective"],
        words=words(raw),
        entries=tuple(raw["entries"]),
        within=raw["within"],
        role=raw["role"],
        cite=raw["cite"],
        look_for=words(raw["look_for"]),
    )
