"""The whole plan as sections of controls: thresholds, signatories, recipients, clocks, squads, checklists."""

from collections.abc import Iterator, Mapping
from functools import partial

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.document.words import named, words
from plans.editor import additions
from plans.editor.changes import Path, found
from plans.editor.controls import (
    Block,
    Control,
    Section,
    choice,
    drop,
    flag,
    lines,
    number,
    several,
    text,
    value,
)
from plans.editor.wording import duration_field, here
from plans.engine.conditions import OPERATORS, classes_of, operator_of, rule_in_words
from plans.engine.evaluation import Level, levels_of
from plans.engine.facts import FACTS
from plans.versions.difference import TITLES


def sections_of(document: dict) -> list[Section]:
    """Everything of this plan that can be changed by form. Sections the plan does not have are left out."""
    sections = [
        Section("levels", TITLES["levels"], list(_levels(document))),
        Section("floors", TITLES["floors"], list(_floors(document))),
        Section("signatories", TITLES["signatories"], list(_signatories(document))),
        Section("recipients", TITLES["recipients"], [*_recipients(document), *_report_chain(document)]),
        Section("clocks", TITLES["clocks"], list(_clocks(document))),
        Section("squads", TITLES["squads"], list(_squads(document))),
        Section("checklists", TITLES["checklists"], list(_checklists(document))),
    ]
    return [section for section in sections if section.blocks]


# --- thresholds --------------------------------------------------------------------------------------------


def _levels(document: dict) -> Iterator[Block]:
    for index, entry, level in _level_entries(document):
        path: Path = ("levels", index, "match")
        match = entry.get("match")
        if match:
            limbs = match.get("any_of")
            where = [(*path, "any_of", place) for place in range(len(limbs))] if limbs else [path]
            for place, limb in zip(where, limbs or [match], strict=True):
                yield _criterion(document, place, limb, level, may_drop=bool(limbs))
        if not match or "any_of" in match:
            yield additions.limb(document, (*path, "any_of"), level)


def _floors(document: dict) -> Iterator[Block]:
    if not document.get("levels"):
        return
    choices = [(level.id, here(level.words)) for level in levels_of(document)]
    for index, floor in enumerate(document.get("level_policy", {}).get("floors", ())):
        path: Path = ("level_policy", "floors", index)
        block = _criterion(document, (*path, "when"), floor["when"], None, may_drop=False, origin_at=path)
        block.cite, block.why = floor.get("cite", ""), words(floor.get("why"))
        block.controls += [
            choice(document, (*path, "level"), _("leads at least to"), choices),
            drop(path, _("Take this floor away")),
        ]
        yield block
    yield additions.floor(document, ("level_policy", "floors"), choices)


def _criterion(
    document: dict,
    path: Path,
    limb: Mapping,
    level: Level | None,
    *,
    may_drop: bool,
    origin_at: Path | None = None,
) -> Block:
    block = Block(
        rule_in_words(limb, classes_of(document)),
        cite=limb.get("cite", ""),
        why=words(limb.get("why")),
        level=level,
    )
    for place, single in _singles(path, limb):
        block.controls += _figures(document, place, single, origin_at or path)
    if may_drop:
        block.controls.append(drop(path, _("Take this criterion away")))
    return block


def _singles(path: Path, condition: Mapping) -> Iterator[tuple[Path, Mapping]]:
    for join in ("any_of", "all_of"):
        if join in condition:
            for index, part in enumerate(condition[join]):
                yield from _singles((*path, join, index), part)
            return
    yield path, condition


def _figures(document: dict, path: Path, single: Mapping, figure_of: Path) -> list[Control]:
    operator, fact = operator_of(single), FACTS[single["fact"]]
    what, place = here(fact.words), (*path, operator)
    choices = [(code, here(said)) for code, said in (fact.choices or classes_of(document)).items()]
    match operator:
        case "gte":
            return [number(document, place, _("%(what)s: from") % {"what": what}, figure_of)]
        case "between":
            return [
                number(document, (*place, 0), _("%(what)s: from") % {"what": what}, figure_of),
                number(document, (*place, 1), _("%(what)s: up to") % {"what": what}, figure_of),
            ]
        case "any_in" | "in":
            return [several(document, place, what, choices, required=True, figure_of=figure_of)]
        case "eq" if not isinstance(single["eq"], bool):
            return [choice(document, place, what, choices, figure_of=figure_of)]
        case _:
            assert operator in OPERATORS
            return []


# --- who ---------------------------------------------------------------------------------------------------


def _signatories(document: dict) -> Iterator[Block]:
    for index, entry, level in _level_entries(document):
        path: Path = ("levels", index, "signatory")
        if "signatory" in entry or not document.get("signatory"):
            roles = _roles(document, "post")
            block = Block(level.words, level=level, cite=entry.get("signatory", {}).get("cite", ""))
            block.controls = [
                choice(document, (*path, "role"), _("Signed by"), roles),
                choice(
                    document, (*path, "where_absent"), _("Where there is no such post"), roles, required=False
                ),
            ]
            if roles:
                yield block


def _recipients(document: dict) -> Iterator[Block]:
    for index, entry, level in _level_entries(document):
        path: Path = ("levels", index, "recipients")
        block = Block(level.words, level=level, cite=entry.get("recipients", {}).get("cite", ""))
        block.controls = [
            flag(document, (*path, "platform"), _("Pushed to the command platform")),
            several(document, (*path, "phone"), _("Told by telephone"), _roles(document, "post")),
            several(
                document,
                (*path, "report_to"),
                _("Reported upwards to"),
                _roles(document, "external", "local"),
            ),
        ]
        yield block


def _report_chain(document: dict) -> Iterator[Block]:
    """Who above is told of an incident, how often, and whether by telephone first: a block for each level that says so."""
    path: Path = ("report_chain", "at_levels")
    entries, levels = found(document, path, ()), {level.id: level for level in levels_of(document)}
    for index, entry in enumerate(entries):
        level, where = levels.get(entry.get("level", "")), (*path, index)
        block = Block(additions.chain_title(level), level=level, cite=entry.get("cite", ""))
        block.controls = [
            several(
                document, (*where, "to"), _("Told of an incident"), _roles(document, "external", "local")
            ),
            flag(document, (*where, "phone_first"), _("By telephone first, the text later")),
            value(document, (*where, "daily"), additions.daily_field(), where),
        ]
        if len(entries) > 1:
            block.controls.append(drop(where, _("Take this line away")))
        yield block
    silent = [level for level in levels_of(document) if level.id not in {one.get("level") for one in entries}]
    if silent:
        yield additions.chain(path, silent, _roles(document, "external", "local"))


def _roles(document: dict, *kinds: str) -> list[tuple[str, str]]:
    return [
        (name, here(words(role)))
        for name, role in document.get("roles", {}).items()
        if role.get("kind", "post") in kinds
    ]


# --- clocks, squads, checklists ----------------------------------------------------------------------------


def _clocks(document: dict) -> Iterator[Block]:
    for index, entry in enumerate(document.get("clocks", ())):
        path: Path = ("clocks", index)
        block = Block(
            named(entry), cite=entry.get("cite") or entry.get("art", ""), why=words(entry.get("note"))
        )
        block.controls = [*_titles(document, path)]
        if "duration" in entry:
            block.controls.append(
                value(document, (*path, "duration"), duration_field(entry["duration"]), path)
            )
        if isinstance(entry.get("cutoff"), Mapping):
            block.controls.append(_time_of_day(document, (*path, "cutoff", "at"), path))
        if entry.get("recurrence") == "daily":
            days = [("all", _("Every day")), ("workdays", _("Working days"))]
            block.controls.append(choice(document, (*path, "ask_days"), _("Asked on"), days, required=False))
        block.controls += _reminders(document, (*path, "remind"))
        if isinstance(entry.get("role"), str):
            everybody = [(name, here(words(role))) for name, role in document.get("roles", {}).items()]
            block.controls.append(choice(document, (*path, "role"), _("By whom"), everybody))
        if "start" in entry and document.get("levels"):
            levels = [(level.id, here(level.words)) for level in levels_of(document)]
            block.controls.append(
                choice(document, (*path, "when_level"), _("Only at this level"), levels, required=False)
            )
        block.controls.append(drop(path, _("Take this time limit away")))
        yield block
    yield additions.clock(document, ("clocks",))


def _reminders(document: dict, path: Path) -> Iterator[Control]:
    """When those who are silent are reminded, and whom their silence reaches. Each step can be taken away."""
    before, climb = found(document, (*path, "before"), ()), found(document, (*path, "climb"), ())
    for index, text_ in enumerate(before):
        asked = duration_field(text_, label=_("Reminder, before the cut-off"), required=False)
        yield value(document, (*path, "before", index), asked, path[:-1])
    for index, step in enumerate(climb):
        where = (*path, "climb", index)
        yield value(
            document, (*where, "after"), duration_field(step["after"], label=_("Silence climbs, after the cut-off")), path[:-1]
        )  # fmt: skip
        yield choice(document, (*where, "role"), _("Silence climbs to"), _roles(document, "post"))
        yield drop(where, _("Take this step away"))


def _time_of_day(document: dict, path: Path, figure_of: Path) -> Control:
    """When a recurring one is due: a time of day; a plan may say it in its own way ("last_workday")."""
    hint = {"placeholder": "17:30"}
    asked = forms.CharField(
        label=_("Cut-off time"), max_length=60, required=False, widget=forms.TextInput(attrs=hint)
    )
    return value(document, path, asked, figure_of)


def _squads(document: dict) -> Iterator[Block]:
    path: Path = ("organisation", "squads")
    entries = document.get("organisation", {}).get("squads", ())
    hint = _("One a line: 中文 | English")
    for index, entry in enumerate(entries):
        block = Block(named(entry), cite=entry.get("cite", ""), why=words(entry.get("note")))
        block.controls = [
            *_titles(document, (*path, index)),
            lines(document, (*path, index, "duties"), pgettext("plan", "Duties"), hint),
            lines(document, (*path, index, "composition"), _("Who is in it"), hint)
            if not any(isinstance(part, Mapping) and "id" in part for part in entry.get("composition", ()))
            else _members(document, (*path, index, "composition")),
            drop((*path, index), _("Take this squad away"), also=partial(_orders_of_squad, entry["id"])),
        ]
        yield block
    if document.get("levels"):
        yield additions.squad(document, path)


def _orders_of_squad(squad: str, document: dict) -> list[Path]:
    """The orders that packages have prepared for it: they have no form of their own here."""
    return [
        ("packages", place, "orders", index)
        for place, package in enumerate(document.get("packages", ()))
        for index, order in enumerate(package.get("orders", ()))
        if order.get("squad") == squad
    ]


def _members(document: dict, path: Path) -> Control:
    """Members with an id keep theirs: only their words are changed."""
    return lines(document, path, _("Who is in it"), _("One a line: 中文 | English"))


def _checklists(document: dict) -> Iterator[Block]:
    for index, checklist in enumerate(document.get("checklists", ())):
        path: Path = ("checklists", index, "items")
        for place, item in enumerate(checklist.get("items", ())):
            where = (*path, place)
            is_text = isinstance(item, str)
            block = Block(
                words(item) if is_text else named(item), cite="" if is_text else item.get("cite", "")
            )
            block.controls = (
                [text(document, where, _("Chinese"), required=True)]
                if is_text
                else [*_titles(document, where, most=300)]
            )
            block.controls.append(drop(where, _("Take this item away")))
            yield block
        yield additions.item(document, path, named(checklist))


def _titles(document: dict, path: Path, most: int = 120) -> list[Control]:
    return [
        text(document, (*path, "zh"), _("Chinese"), most=most, required=True),
        text(document, (*path, "en"), _("English"), most=most),
    ]


# --- small words -------------------------------------------------------------------------------------------


def _level_entries(document: dict) -> Iterator[tuple[int, dict, Level]]:
    """In the order of rank, with the place in the text."""
    places = {entry["id"]: index for index, entry in enumerate(document.get("levels", ()))}
    for level in levels_of(document):
        yield places[level.id], document["levels"][places[level.id]], level
