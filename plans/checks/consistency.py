"""Does a plan of the right shape make sense? One function per question; each yields what it finds.

A plan decides who signs at which headcount, so these are asked before it is loaded, not when people wait.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from clocks.durations import parse
from plans.checks import checklist_rules, packages, response_rules, rights
from plans.checks.criteria import gaps_and_overlaps, unsound_criteria
from plans.checks.findings import Finding, Vocabulary, note, problem
from plans.checks.unreachable import unreachable
from plans.document import after_action, order_templates, quick_fills, reminding, statute, writing
from plans.document.strict_yaml import at

Found = Iterator[Finding]


def findings(document: Mapping[str, Any], vocabulary: Vocabulary) -> Found:
    """Everything there is to say about the document. The headcount bands only once the conditions are sound."""
    faults = [*_levels(document), *unsound_criteria(document)]
    yield from faults
    yield from _roles(document, vocabulary)
    yield from _clocks(document, vocabulary)
    yield from reminding.findings(document)
    yield from writing.findings(document)
    yield from _notices(document)
    yield from _report_chain(document)
    yield from _statutory(document, vocabulary)
    yield from statute.lengthened(document, vocabulary.statutes)
    yield from _ids(document)
    yield from _citations(document)
    yield from _source_and_signatures(document)
    yield from _wording(document)
    yield from checklist_rules.findings(document)
    yield from response_rules.findings(document)
    yield from packages.findings(document)
    yield from order_templates.findings(document)
    yield from quick_fills.findings(document)
    yield from after_action.findings(document)
    yield from rights.people_watched(document)
    if not any(fault.severity == "problem" for fault in faults):
        yield from rights.expression_made_grave(document)
        yield from gaps_and_overlaps(document)
        yield from unreachable(document)


# --- levels ----------------------------------------------------------------------------------------------


def _levels(document: Mapping) -> Found:
    levels, policy = document.get("levels", []), document.get("level_policy", {})
    yield from _unique(levels, "levels", "id", "The level id “%(value)s” is used twice.")
    yield from _unique(levels, "levels", "rank", "The rank %(value)s is given to two levels.")
    ranks = {level["id"]: level["rank"] for level in levels}
    for index, floor in enumerate(policy.get("floors", ())):
        if floor["level"] not in ranks:
            yield problem(f"level_policy.floors[{index}].level", "There is no level “%(level)s” in this plan.",
                          level=floor["level"])  # fmt: skip
    two_persons = document.get("signoff_rules", {}).get("two_persons", {}).get("levels", ())
    for index, level in enumerate(two_persons):
        if level not in ranks:
            yield problem(f"signoff_rules.two_persons.levels[{index}]", "There is no level “%(level)s” in this plan.",
                          level=level)  # fmt: skip
    if levels:
        yield from _default_level(policy, ranks)
    tiers = document.get("handling_tiers")
    for index, level in enumerate(levels):
        if tiers is not None and "handling_tier" in level and level["handling_tier"] not in tiers:
            yield problem(f"levels[{index}].handling_tier", "“%(tier)s” is not in handling_tiers.",
                          tier=level["handling_tier"])  # fmt: skip


def _default_level(policy: Mapping, ranks: Mapping[str, int]) -> Found:
    default = policy.get("default_level")
    if default is None:
        yield problem("level_policy", "A plan with levels needs a default_level.")
    elif default not in ranks:
        yield problem(
            "level_policy.default_level", "There is no level “%(level)s” in this plan.", level=default
        )
    elif ranks[default] != max(ranks.values()):
        yield problem("level_policy.default_level",
                      "The default level must be the lowest one: else giving a fact could lower the level.")  # fmt: skip


# --- roles -----------------------------------------------------------------------------------------------


def _roles(document: Mapping, vocabulary: Vocabulary) -> Found:
    if "roles" not in document:
        yield note("", "There is no roles table, so nobody can be found for a role: the plan can be loaded but not "
                       "put in force.")  # fmt: skip
        return
    used = list(_role_references(document))
    for path, name in used:
        if name not in document["roles"]:
            yield problem(path, "The role “%(role)s” has no entry in the plan's roles table.", role=name)
    names = {name for _, name in used}
    for name, role in document["roles"].items():
        path = at("roles", name)
        yield from _role(role, path, vocabulary)
        if name not in names:
            yield note(path, "The role “%(role)s” is not used in this plan.", role=name)


def _role(role: Mapping, path: str, vocabulary: Vocabulary) -> Found:
    if role.get("kind", "post") != "post":
        return
    if "post" not in role:
        yield problem(path, "A role held by people here needs a post.")
    elif vocabulary.posts is not None and role["post"] not in vocabulary.posts:
        yield problem(at(path, "post"), "There is no kind of post “%(post)s”.", post=role["post"])
    if vocabulary.tiers is not None and role.get("tier") is not None and role["tier"] not in vocabulary.tiers:
        yield problem(at(path, "tier"), "There is no tier “%(tier)s”.", tier=role["tier"])


def _role_references(document: Mapping) -> Iterator[tuple[str, str]]:
    """Every place where the plan names a role."""
    places: list[tuple[str, Mapping, tuple[str, ...]]] = [
        ("signatory", document.get("signatory", {}), ("role",)),
        *((f"clocks[{index}]", clock, ("role",)) for index, clock in enumerate(document.get("clocks", ()))),
        *reminding.role_places(document),
        *response_rules.role_places(document),
        *packages.role_places(document),
        *after_action.role_places(document),
    ]
    for index, level in enumerate(document.get("levels", ())):
        path = f"levels[{index}]"
        places += [
            (path, level, ("in_command", "attend_lead", "attend_support")),
            (f"{path}.signatory", level.get("signatory", {}), ("role", "where_absent")),
            (f"{path}.recipients", level.get("recipients", {}), ("phone", "report_to")),
        ]
    for group in ("headquarters", "site_command", "office"):
        entry = document.get("organisation", {}).get(group, {})
        places.append((f"organisation.{group}", entry, ("commander", "leader", "deputy", "deputies")))
    places.append(("alarm", document.get("alarm", {}), ("notify", "life_safety")))
    squads = document.get("organisation", {}).get("squads", ())
    places += [(f"organisation.squads[{index}]", squad, ("lead",)) for index, squad in enumerate(squads)]
    for section, key in (("obligations", "role"), ("obligations", "approver"), ("reports", "to")):
        entries = document.get(section, ())
        places += [(f"{section}[{index}]", entry, (key,)) for index, entry in enumerate(entries)]
    chain = document.get("report_chain", {}).get("at_levels", ())
    places += [(f"report_chain.at_levels[{index}]", entry, ("to",)) for index, entry in enumerate(chain)]
    for path, entry, keys in places:
        for key in keys:
            yield from _names(at(path, key), entry.get(key))


def _names(path: str, value: str | list[str] | None) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    for index, name in enumerate(value if isinstance(value, list) else ()):
        yield at(path, index), name


# --- clocks ----------------------------------------------------------------------------------------------


def _clocks(document: Mapping, vocabulary: Vocabulary) -> Found:
    levels = {level["id"] for level in document.get("levels", ())}
    for index, clock in enumerate(document.get("clocks", ())):
        path = f"clocks[{index}]"
        for key in ("start", "stop", "before", "until"):
            if vocabulary.kinds is not None and key in clock and clock[key] not in vocabulary.kinds:
                yield problem(
                    at(path, key), "There is no journal entry of the kind “%(kind)s”.", kind=clock[key]
                )
        if (
            vocabulary.effects is not None
            and clock.get("effect")
            and clock["effect"] not in vocabulary.effects
        ):
            yield problem(at(path, "effect"), "There is no effect “%(effect)s”.", effect=clock["effect"])
        if clock.get("when_level") is not None and clock["when_level"] not in levels:
            yield problem(at(path, "when_level"), "There is no level “%(level)s” in this plan.",
                          level=clock["when_level"])  # fmt: skip
        yield from _duration(clock, "duration", path)
        yield from _span_of(clock, path)
        yield from _duration(clock, "max_extension", path)
        if isinstance(clock.get("cutoff"), Mapping):
            yield from _duration(clock["cutoff"], "lock", at(path, "cutoff"))
        yield from _window(clock, path)
        yield from _extended(clock, path, document)
    for index, pool in enumerate(document.get("pools", ())):
        yield from _duration(pool, "arrive", f"pools[{index}]")
    yield from _duration(document.get("training", {}), "again_after", "training")


def _statutory(document: Mapping, vocabulary: Vocabulary) -> Found:
    """The law's clocks run whatever plan holds, between the steps in answering people and nowhere else."""
    if document.get("kind") != "statutory_overlay" or vocabulary.matters is None:
        return
    for index, clock in enumerate(document.get("clocks", ())):
        for key in ("start", "stop"):
            if key in clock and clock[key] not in vocabulary.matters:
                yield problem(f"clocks[{index}].{key}", "A statutory clock runs between steps of a petition or a "
                              "demand: “%(kind)s” is none.", kind=clock[key])  # fmt: skip


def _window(clock: Mapping, path: str) -> Found:
    """A campaign has days that exist, and ends on the day it begins or later."""
    days = clock.get("window") or {}
    for day in days.values():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield problem(at(path, "window"), "“%(day)s” is not a day.", day=day)
            return
    if days and days["to"] < days["from"]:
        yield problem(at(path, "window"), "The campaign ends on %(to)s, before it begins.", to=days["to"])


def _duration(entry: Mapping, key: str, path: str) -> Found:
    if key not in entry:
        return
    try:
        parse(entry[key])
    except ValueError:
        yield problem(at(path, key), "“%(value)s” is not a duration: PT3M, P3D, 2WD, same_day_24h00, given, "
                                     "immediate, timely or unspecified.", value=entry[key])  # fmt: skip


def _extended(clock: Mapping, path: str, document: Mapping) -> Found:
    known = {entry["id"] for entry in document.get("clocks", ())}
    if "extends" in clock and clock["extends"] not in known:
        yield problem(
            at(path, "extends"), "There is no clock “%(clock)s” in this plan.", clock=clock["extends"]
        )


def _span_of(clock: Mapping, path: str) -> Found:
    """A clock runs from one entry to another, or recurs, or counts back from an entry, or extends another."""
    if "before" in clock and ("start" in clock or not str(clock.get("duration", "")).startswith("PT")):
        yield problem(
            path, "A clock that counts back has no start, and its duration is so many minutes or hours."
        )
    if "until" in clock and not ("recurrence" in clock and "start" in clock):
        yield problem(
            at(path, "until"), "Only a clock that starts and comes back ends with an entry of its own."
        )
    if not any(key in clock for key in ("recurrence", "before", "extends")):
        for key in ("start", "stop", "duration"):
            if key not in clock:
                yield problem(path, "A clock needs start, stop and duration, or a recurrence: “%(key)s” is missing.",
                              key=key)  # fmt: skip
    if clock.get("duration") in ("unspecified", "timely"):
        yield note(at(path, "duration"), "The clock “%(clock)s” has no figure: it is shown, but never late.",
                   clock=clock["id"])  # fmt: skip
    if clock.get("effect") == "signoff.escalate" and "to" not in clock:
        yield problem(path, "A clock that escalates a sign-off must say to whom (“to”).")


def _notices(document: Mapping) -> Found:
    """Whom the plan wants heard, and in which order silence is followed up."""
    entry, levels = document.get("notices", {}), {level["id"] for level in document.get("levels", ())}
    for index, level in enumerate(entry.get("each_person", ())):
        if level not in levels:
            yield problem(f"notices.each_person[{index}]", "There is no level “%(level)s” in this plan.", level=level)  # fmt: skip
    before = -1
    for index, step in enumerate(entry.get("escalation", ())):
        path, seconds = f"notices.escalation[{index}]", parse(step["after"]).amount
        if seconds < before:
            yield problem(
                at(path, "after"), "The steps of an escalation are written in the order of their times."
            )
        if step["do"] == "second_channel" and "channels" not in step:
            yield problem(path, "A step that tries another channel must say which (“channels”).")
        before = seconds


def _report_chain(document: Mapping) -> Found:
    """Each level has one line of the chain, and there is such a level."""
    known, seen = {level["id"] for level in document.get("levels", ())}, set()
    for index, line in enumerate(document.get("report_chain", {}).get("at_levels", ())):
        path, level = f"report_chain.at_levels[{index}]", line.get("level", "")
        if level and level not in known:
            yield problem(at(path, "level"), "There is no level “%(level)s” in this plan.", level=level)
        if level in seen:
            yield problem(path, "The chain of reports has two lines for the same level.")
        seen.add(level)


# --- the rest --------------------------------------------------------------------------------------------


def _ids(document: Mapping) -> Found:
    sentence = "The id “%(value)s” is used twice."
    organisation = document.get("organisation", {})
    lists = {
        "clocks": document.get("clocks", ()),
        "risk_catalogue": document.get("risk_catalogue", ()),
        "event_scope": document.get("event_scope", ()),
        "demand_classes": document.get("demand_classes", ()),
        "organisation.squads": organisation.get("squads", ()),
        "pools": document.get("pools", ()),
        "kits": document.get("kits", ()),
        "checklists": document.get("checklists", ()),
    }
    for index, checklist in enumerate(document.get("checklists", ())):
        items = [item for item in checklist.get("items", ()) if isinstance(item, Mapping)]
        lists[f"checklists[{index}].items"] = items
    for index, kit in enumerate(document.get("kits", ())):
        lists[f"kits[{index}].items"] = kit["items"]
    for path, entries in lists.items():
        yield from _unique(entries, path, "id", sentence)


def _unique(entries: Any, path: str, key: str, sentence: str) -> Found:
    seen = set()
    for index, entry in enumerate(entries):
        if entry[key] in seen:
            yield problem(f"{path}[{index}].{key}", sentence, value=entry[key])
        seen.add(entry[key])


def _citations(document: Mapping) -> Found:
    """Whatever the plan asks for says where it is written, or that it is the bureau's own proposal."""
    for index, level in enumerate(document.get("levels", ())):
        match = level.get("match", {})
        limbs = match.get("any_of", [match] if match else [])
        for number, limb in enumerate(limbs):
            path = f"levels[{index}].match" + (f".any_of[{number}]" if "any_of" in match else "")
            if not (limb.get("cite") or level.get("cite") or limb.get("origin") == "proposal"):
                yield note(path, "This limb has no citation: its reason cannot say where it is written.")
    for index, clock in enumerate(document.get("clocks", ())):
        if not (clock.get("cite") or clock.get("art") or clock.get("origin") == "proposal"):
            yield note(f"clocks[{index}]", "The clock “%(clock)s” has no citation.", clock=clock["id"])
    for section in ("order_templates", "quick_fills"):
        for index, template in enumerate(document.get(section, ())):
            if not (template.get("cite") or template.get("origin") == "proposal"):
                yield note(f"{section}[{index}]", "The template “%(id)s” has no citation.", id=template["id"])


def _source_and_signatures(document: Mapping) -> Found:
    source = document.get("source", {})
    if source.get("complete") is False:
        yield note("source", "The source is incomplete: it breaks off at %(place)s.",
                   place=source.get("truncated_at", "?"))  # fmt: skip
    levels = document.get("levels", ())
    if not document.get("signatory", {}).get("role"):
        for index, level in enumerate(levels):
            if "signatory" not in level:
                yield note(
                    f"levels[{index}]", "Nobody is named who signs the level “%(level)s”.", level=level["id"]
                )


def _wording(document: Mapping) -> Found:
    """Count what is not said in both languages: readers of the other one see the words as they are."""
    entries = [(f"levels[{index}]", level) for index, level in enumerate(document.get("levels", ()))]
    entries += [(f"clocks[{index}]", clock) for index, clock in enumerate(document.get("clocks", ()))]
    entries += [(at("roles", name), role) for name, role in document.get("roles", {}).items()]
    squads = document.get("organisation", {}).get("squads", ())
    entries += [(f"organisation.squads[{index}]", squad) for index, squad in enumerate(squads)]
    for language in ("zh", "en"):
        missing = [path for path, entry in entries if not entry.get(language)]
        if missing:
            yield note(missing[0], "%(count)s levels, clocks, roles or squads have no words in “%(language)s”; "
                                   "the first is here.", count=len(missing), language=language)  # fmt: skip
