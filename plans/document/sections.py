"""What a plan says is to be done at a level, read out of its document. Pure, like the engine.

`actions_for(document, "red")`: who signs, who is told, which squads, checklists and clocks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plans.document.reminding import NOT_SAID, Remind, remind_of
from plans.document.words import NO_WORDS, Words, named, words
from plans.document.writing import Written, written_of
from plans.engine.evaluation import Document, levels_of


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the plan names it, and the post it means in the bureau."""

    name: str
    words: Words
    #: post: held by people here. external: another authority. local: the authority of its area that the unit works
    #: under, whoever that is. anyone: every member of staff.
    #: system: the product itself. body: a group or division, named but not resolved to people.
    kind: str = "post"
    post: str = ""
    #: Tier of the unit whose post is meant; empty = the nearest unit that has such a post.
    tier: str = ""
    #: Of an authority outside: whether it leads the unit along the local line (属地), not along its trade.
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of the plan: from this entry, to that entry, within this long, by this role."""

    id: str
    words: Words
    start: str = ""
    stop: str = ""
    duration: str = "unspecified"
    roles: tuple[str, ...] = ()
    when_level: str = ""
    per: str = "subject"
    effect: str = ""
    #: For `signoff.escalate`: whom the request goes to next: signatory, deputy or next_higher.
    to: str = ""
    recurrence: str = ""
    cutoff: str = ""
    cutoff_origin: str = ""
    #: How long after the cut-off the period is locked; empty = when the level above confirms it.
    lock: str = ""
    #: Of a daily one: "workdays" leaves out days off; empty or "all" = every day.
    ask_days: str = ""
    #: First and last day of a campaign, ISO 8601; empty = always.
    window: tuple[str, str] | tuple[()] = ()
    tiers: tuple[str, ...] = ()
    #: Of one that recurs: when those who are silent are reminded, and who hears of it then.
    remind: Remind = NOT_SAID
    #: Of one that asks for a written report: "owner" of the plan, or the units right "below" it; empty = `tiers`.
    asks: str = ""
    written: Written | None = None
    optional: bool = False
    #: A right or a reminder that is shown in the plan and never runs.
    display_only: bool = False
    #: The statutory clock it fills in: it may be shorter than that one, never longer.
    under: str = ""
    cite: str = ""
    origin: str = "source"
    note: Words = NO_WORDS
    #: In the source's own words: when a recurring one is due, what figure is aimed at.
    due: Words = NO_WORDS
    target: Words = NO_WORDS
    #: Of one that counts back: the entry before which it ends.
    before: str = ""
    #: In the source's own words: what does not count.
    pause: Words = NO_WORDS
    #: Of a clock that extends another: which, and by how much at most.
    extends: str = ""
    max_extension: str = ""
    #: Of one that asks for so much in each period: at least so many, each of at least so many villages.
    min_count: int = 0
    min_villages: int = 0
    #: Of one that comes back from an entry on: the entry after which it does not any more.
    until: str = ""
    #: Not in a drill.
    real_only: bool = False


@dataclass(frozen=True, slots=True)
class Squad:
    id: str
    words: Words
    duties: tuple[Words, ...] = ()
    composition: tuple[Words, ...] = ()
    #: The same with the ids by which people's skills are asked for.
    skills: tuple["Category", ...] = ()
    excluded_duties: tuple[Words, ...] = ()
    note: Words = NO_WORDS
    cite: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    id: str
    words: Words
    cite: str = ""
    #: Groups of steps (plans.document.steps) that must wait until this item is done or marked not needed.
    blocks: tuple[str, ...] = ()
    #: The product's own line (plans.document.life_safety) that says the same and is shown in its place.
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    id: str
    words: Words
    items: tuple[ChecklistItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of event the plan expects (never a kind of person)."""

    id: str
    words: Words
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    tier: str
    words: Words
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    """What the plan asks for at one level."""

    level: str
    #: The level's signatory first, then those of the higher levels: each of them may sign.
    signatories: tuple[Role, ...]
    #: Signs instead where the unit has nobody of the signatory's tier above it (None: the next higher does).
    where_absent: Role | None
    platform: bool
    phone: tuple[Role, ...]
    report_to: tuple[Role, ...]
    handling: Handling | None
    squads: tuple[Squad, ...]
    checklists: tuple[Checklist, ...]
    #: Every clock that runs at this level; those whose breach escalates the sign-off are in `signoff` too.
    clocks: tuple[ClockLine, ...]
    signoff: tuple[ClockLine, ...]


def actions_for(document: Document, level_id: str) -> Actions:
    """Read what is to be done at the level. Raises KeyError if the plan has no such level."""
    entry = next((level for level in document.get("levels", ()) if level["id"] == level_id), None)
    if entry is None:
        raise KeyError(level_id)
    recipients, clocks = entry.get("recipients", {}), clocks_at(document, level_id)
    absent = entry.get("signatory", {}).get("where_absent", "")
    return Actions(
        level=level_id,
        signatories=signatory_roles(document, level_id),
        where_absent=role_of(document, absent) if absent else None,
        platform=bool(recipients.get("platform")),
        phone=tuple(role_of(document, name) for name in recipients.get("phone", ())),
        report_to=tuple(role_of(document, name) for name in recipients.get("report_to", ())),
        handling=_handling(document, entry.get("handling_tier", "")),
        squads=squads_of(document),
        checklists=checklists_of(document),
        clocks=clocks,
        signoff=tuple(clock for clock in clocks if clock.effect == "signoff.escalate"),
    )


def signatory_roles(document: Document, level_id: str) -> tuple[Role, ...]:
    """The role that signs the level and, after it, the roles that sign the levels above."""
    names: list[str] = []
    reached = False
    for level in reversed(levels_of(document)):
        reached = reached or level.id == level_id
        name = _signatory_name(document, level.id)
        if reached and name and name not in names:
            names.append(name)
    return tuple(role_of(document, name) for name in names)


def _signatory_name(document: Document, level_id: str) -> str:
    entry = next(level for level in document["levels"] if level["id"] == level_id)
    return entry.get("signatory", document.get("signatory", {})).get("role", "")


def two_person_levels(document: Document) -> tuple[str, ...]:
    """The levels whose drafter may not sign, by the plan's `signoff_rules.two_persons`; none if it is silent."""
    return tuple(document.get("signoff_rules", {}).get("two_persons", {}).get("levels", ()))


def role_of(document: Document, name: str) -> Role:
    """The role of that name. A name without an entry is shown as it stands and held by nobody."""
    entry = document.get("roles", {}).get(name)
    if entry is None:
        return Role(name, words(name), kind="body")
    kind = entry.get("kind", "post")
    is_local = kind == "local" or entry.get("line") == "local"
    return Role(name, words(entry), kind, entry.get("post", ""), entry.get("tier", ""), is_local)


def clocks_of(document: Document) -> tuple[ClockLine, ...]:
    return tuple(_clock(entry) for entry in document.get("clocks", ()))


def clocks_at(document: Document, level_id: str) -> tuple[ClockLine, ...]:
    """The clocks that run at the level: those bound to it and those bound to none."""
    return tuple(clock for clock in clocks_of(document) if clock.when_level in ("", level_id))


def clock_of(document: Document, clock_id: str) -> ClockLine:
    """The clock of that id. Raises KeyError if the plan has none."""
    for clock in clocks_of(document):
        if clock.id == clock_id:
            return clock
    raise KeyError(clock_id)


def _clock(entry: Mapping) -> ClockLine:
    cutoff = entry.get("cutoff", {})
    return ClockLine(
        id=entry["id"],
        words=named(entry),
        start=entry.get("start", ""),
        stop=entry.get("stop", ""),
        duration=entry.get("duration", "unspecified"),
        roles=_several(entry.get("role", entry.get("actor", ()))),
        when_level=entry.get("when_level", ""),
        real_only=bool(entry.get("real_only")),
        per=entry.get("per", "subject"),
        effect=entry.get("effect", ""),
        to=entry.get("to", ""),
        recurrence=entry.get("recurrence", ""),
        cutoff=cutoff.get("at", "") if isinstance(cutoff, Mapping) else "",
        cutoff_origin=cutoff.get("origin", "source") if isinstance(cutoff, Mapping) else "",
        lock=cutoff.get("lock", "") if isinstance(cutoff, Mapping) else "",
        ask_days=entry.get("ask_days", ""),
        window=_window(entry.get("window")),
        tiers=tuple(entry.get("tiers", ())),
        remind=remind_of(entry.get("remind")),
        asks=entry.get("asks", ""),
        written=written_of(entry.get("written")),
        optional=bool(entry.get("optional")),
        display_only=bool(entry.get("display_only")),
        under=entry.get("under", ""),
        due=words(entry.get("due")),
        target=words(entry.get("target")),
        before=entry.get("before", ""),
        pause=words(entry.get("pause")),
        extends=entry.get("extends", ""),
        max_extension=entry.get("max_extension", ""),
        min_count=entry.get("min_count", 0),
        min_villages=entry.get("min_villages_per_visit", 0),
        until=entry.get("until", ""),
        cite=entry.get("cite") or entry.get("art", ""),
        origin=entry.get("origin", "source"),
        note=words(entry.get("note")),
    )


def _window(entry: Mapping | None) -> tuple[str, str] | tuple[()]:
    return (entry["from"], entry["to"]) if entry else ()


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def squads_of(document: Document) -> tuple[Squad, ...]:
    return tuple(_squad(entry) for entry in document.get("organisation", {}).get("squads", ()))


def _squad(entry: Mapping) -> Squad:
    return Squad(
        id=entry["id"],
        words=named(entry),
        duties=_all_words(entry, "duties"),
        composition=_all_words(entry, "composition"),
        skills=tuple(_skill(one) for one in entry.get("composition", ())),
        excluded_duties=_all_words(entry, "excluded_duties"),
        note=words(entry.get("note")),
        cite=entry.get("cite", ""),
    )


def _skill(entry: Any) -> Category:
    return Category(entry, words(entry)) if isinstance(entry, str) else Category(entry["id"], named(entry))


def checklists_of(document: Document) -> tuple[Checklist, ...]:
    return tuple(_checklist(entry) for entry in document.get("checklists", ()))


def _checklist(entry: Mapping) -> Checklist:
    items = tuple(_item(item, f"{entry['id']}-{n}") for n, item in enumerate(entry.get("items", ()), start=1))
    return Checklist(entry["id"], named(entry), items)


def _item(entry: Any, numbered: str) -> ChecklistItem:
    if isinstance(entry, str):
        return ChecklistItem(numbered, words(entry))
    blocks = tuple(entry.get("blocks", ()))
    return ChecklistItem(entry["id"], named(entry), entry.get("cite", ""), blocks, entry.get("same_as", ""))


def categories_of(document: Document) -> tuple[Category, ...]:
    """The kinds of event to choose from when an incident is recorded."""
    entries = document.get("risk_catalogue") or document.get("event_scope") or ()
    return tuple(Category(entry["id"], named(entry), entry.get("cite", "")) for entry in entries)


def arrive_within(document: Document, what: str) -> str:
    """The duration an order gives to arrive when nobody says otherwise: "PT30M"; empty if the plan is silent.

    `what` is a key of the plan's `orders.arrive_within`: squad, first_responder, expert.
    """
    return document.get("orders", {}).get("arrive_within", {}).get(what, "")


def alarm_roles(document: Document, *, life_safety: bool = False) -> tuple[Role, ...]:
    """Whom an alarm reaches before any level exists; a danger to life reaches more."""
    entry = document.get("alarm", {})
    return tuple(
        role_of(document, name) for name in entry.get("life_safety" if life_safety else "notify", ())
    )


def _handling(document: Document, tier: str) -> Handling | None:
    entry = document.get("handling_tiers", {}).get(tier)
    if entry is None:
        return Handling(tier, words(tier)) if tier else None
    return Handling(tier, words(entry), entry.get("cite", ""))


def _all_words(entry: Mapping, key: str) -> tuple[Words, ...]:
    return tuple(words(value) for value in entry.get(key, ()))
