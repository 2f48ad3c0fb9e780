"""A plan version as its page shows it: the document's own words, put side by side."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clocks.durations import parse
from journal.kinds import KINDS
from notices.choices import Channel, Do
from plans.document.life_safety import LIFE_LINES
from plans.document.notifying import channels_of
from plans.document.parts import parts_of
from plans.document.sections import (
    Actions,
    ClockLine,
    Role,
    actions_for,
    checklists_of,
    clocks_of,
    role_of,
    squads_of,
)
from plans.document.words import Words, words
from plans.engine.conditions import classes_of, rule_in_words
from plans.engine.evaluation import Criterion, Document, Level, criteria_of, level_of, levels_of
from plans.lifecycle.watched import Watch, watch_of


@dataclass(frozen=True, slots=True)
class Limb:
    rule: Words
    cite: str
    is_proposal: bool
    why: Words
    #: Of a floor: the level it leads to.
    level: Level


@dataclass(frozen=True, slots=True)
class LevelCard:
    level: Level
    text: Words
    limbs: list[Limb]
    signatory: Role | None
    #: May sign too, in this order.
    higher: tuple[Role, ...]
    actions: Actions
    signatory_cite: str


@dataclass(frozen=True, slots=True)
class ClockRow:
    line: ClockLine
    start: Words | None
    stop: Words | None
    within: str
    roles: list[Role]
    level: Level | None
    #: Of one that comes back: on which days, who is reminded, whom silence reaches, what is written.
    comes_back: list[str]
    watch: Watch


def plan_page(document: Document) -> dict:
    """Everything the page of a plan shows, in the order of the document."""
    limbs = [(c.kind, _limb(document, c)) for c in criteria_of(document)]
    return {
        "levels": [_card(document, level, limbs) for level in levels_of(document)],
        "floors": [limb for kind, limb in limbs if kind == "floor"],
        "default": _default(document),
        "clocks": [_row(document, line) for line in clocks_of(document)],
        "squads": squads_of(document),
        "checklists": checklists_of(document),
        "rules": [words(rule) for rule in document.get("signoff_rules", {}).values() if rule.get("zh")],
        "excluded": [(words(entry), entry.get("cite", "")) for entry in document.get("excluded", ())
                     if isinstance(entry, dict)],
        "told": told(document),
        "source": document["source"],
        "source_note": words(document["source"].get("note")),
        "parts": parts_of(document),
        "life_lines": LIFE_LINES,
        "legal_basis": [words(entry) for entry in document.get("legal_basis", ())],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """How the plan wants people reached: channels, who must confirm, what follows silence (after how long, what)."""

    channels: list[Any]
    each: list[Level]
    steps: list[tuple[str, Any, list[Any]]]
    still_after: str
    still_times: int
    is_proposal: bool


def told(document: Document) -> Told | None:
    """None for a plan that says nothing of it."""
    entry = document.get("notices")
    if not entry:
        return None
    still = entry.get("still_on_it", {})
    return Told(
        channels=[Channel(name).label for name in channels_of(document)],
        each=[level_of(document, level) for level in entry.get("each_person", ())],
        steps=[
            (
                duration_in_words(step["after"]),
                Do(step["do"]).label,
                [Channel(name).label for name in step.get("channels", ())],
            )
            for step in entry.get("escalation", ())
        ],
        still_after=duration_in_words(still["after"]) if still else "",
        still_times=still.get("times", 0),
        is_proposal=entry.get("origin") == "proposal",
    )


def _limb(document: Document, criterion: Criterion) -> Limb:
    rule = rule_in_words(criterion.when, classes_of(document))
    level = level_of(document, criterion.level)
    return Limb(rule, criterion.cite, criterion.origin == "proposal", criterion.why, level)


def _card(document: Document, level: Level, limbs: list[tuple[str, Limb]]) -> LevelCard:
    actions = actions_for(document, level.id)
    entry = next(entry for entry in document["levels"] if entry["id"] == level.id)
    return LevelCard(
        level=level,
        text=words(entry.get("text")),
        limbs=[limb for kind, limb in limbs if kind == "limb" and limb.level.id == level.id],
        signatory=actions.signatories[0] if actions.signatories else None,
        higher=actions.signatories[1:],
        actions=actions,
        signatory_cite=entry.get("signatory", {}).get("cite", ""),
    )


def _default(document: Document) -> Level | None:
    default = document.get("level_policy", {}).get("default_level")
    return level_of(document, default) if default else None


def _row(document: Document, line: ClockLine) -> ClockRow:
    return ClockRow(
        line=line,
        start=_kind(line.start),
        stop=_kind(line.stop),
        within=line.cutoff or duration_in_words(line.duration),
        roles=[role_of(document, name) for name in line.roles],
        level=level_of(document, line.when_level) if line.when_level else None,
        comes_back=_comes_back(document, line) if line.recurrence or line.remind.before else [],
        watch=watch_of(line),
    )


#: What a written report consists of.
_PARTS = {
    "data": Words("数据", "data"), "analysis": Words("分析", "analysis"), "judgement": Words("研判", "judgement"),
    "outlook": Words("展望", "outlook"), "risks": Words("风险清单", "a list of risks"),
    "improvements": Words("改进事项", "improvements"),
}  # fmt: skip


def _comes_back(document: Document, line: ClockLine) -> list[str]:
    said = []
    if line.ask_days == "workdays":
        said.append(_("On working days only"))
    if line.window:
        said.append(_("From %(first)s to %(last)s") % dict(zip(("first", "last"), line.window, strict=True)))
    if line.lock:
        said.append(_("Locked after the cut-off: %(after)s") % {"after": duration_in_words(line.lock)})
    if line.remind.before:
        times = _listed([duration_in_words(before) for before in line.remind.before])
        text = (
            _("Reminded before the cut-off: %(times)s")
            if line.cutoff
            else _("Warned before the end: %(times)s")
        )
        said.append(text % {"times": times})
    for step in line.remind.climb:
        who = role_of(document, step.role).words.in_language(get_language())
        after = {"after": duration_in_words(step.after), "role": who}
        said.append(_("%(after)s after the cut-off: %(role)s hears who is silent") % after)
    if line.written:
        names = [*line.written.parts, line.written.lines]
        parts = [_PARTS[name].in_language(get_language()) for name in names if name in _PARTS]
        said.append(_("A written report: %(parts)s") % {"parts": _listed(parts)})
    return said


def _listed(texts: list[str]) -> str:
    return (", " if (get_language() or "").startswith("en") else "、").join(texts)


def _kind(name: str) -> Words | None:
    kind = KINDS.get(name)
    return Words(kind.zh, kind.en) if kind else None


def duration_in_words(text: str) -> str:
    """ "PT3M" → "3 minutes"; a figure the source does not give is said to be missing."""
    duration = parse(text)
    match duration.kind:
        case "exact":
            return _time(duration.amount)
        case "days":
            return ngettext("%(count)s day", "%(count)s days", duration.amount) % {"count": duration.amount}
        case "workdays":
            sentence = ngettext("%(count)s working day", "%(count)s working days", duration.amount)
            return sentence % {"count": duration.amount}
        case "same_day":
            return _("the same day, 24:00")
        case "given":
            return _("as the act itself says")
        case _:
            return {"immediate": _("at once"), "timely": _("in good time")}.get(
                text, _("no figure in the source")
            )


def _time(seconds: int) -> str:
    """The largest unit that fits without a rest."""
    if seconds % 3600 == 0:
        hours = seconds // 3600
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if seconds % 60 == 0:
        minutes = seconds // 60
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
