"""Two versions of a plan side by side, in the words a reader knows and not in the text's own. Pure.

Two versions differ where a line (plans.versions.lines) says something else, or is on one side only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from plans.document.words import NO_WORDS, Words
from plans.engine.evaluation import Document
from plans.versions.display import DisplayLine
from plans.versions.lines import lines_by_section


@dataclass(frozen=True, slots=True)
class Change:
    about: Words
    #: Empty words: this side does not say it.
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Section:
    title: Words
    changes: tuple[Change, ...]


TITLES = {
    "head": Words("标题与来源", "Title and source"),
    "levels": Words("等级与标准", "Levels and thresholds"),
    "floors": Words("底线与默认等级", "Floors and the default level"),
    "signatories": Words("签发人", "Signatories"),
    "recipients": Words("通知与上报对象", "Recipients"),
    "roles": Words("角色", "Roles"),
    "clocks": Words("时限", "Time limits"),
    "squads": Words("专班", "Squads"),
    "checklists": Words("清单", "Checklists"),
    "alarm": Words("警报与到场时限", "Alarm and arrival times"),
    "rest": Words("其他条文", "Everything else"),
}


def difference(before: Document, after: Document) -> list[Section]:
    """What `after` says otherwise than `before`, section by section; nothing for two equal plans."""
    old, new = lines_by_section(before), lines_by_section(after)
    sections = [Section(TITLES[name], tuple(_changes(old[name], new[name]))) for name in TITLES]
    return [section for section in sections if section.changes]


def _changes(before: list[DisplayLine], after: list[DisplayLine]) -> Iterator[Change]:
    """In the order of the new version, and then what it no longer says."""
    said = {line.key: line for line in before}
    for line in after:
        earlier = said.pop(line.key, None)
        if earlier is None or earlier.says != line.says:
            yield Change(line.about, *_told_apart(earlier.says if earlier else NO_WORDS, line.says))
    for line in said.values():
        yield Change(line.about, line.says, NO_WORDS)


def _told_apart(before: Words, after: Words) -> tuple[Words, Words]:
    """Where only one language changed, its readers and the others see both languages."""
    if before == NO_WORDS or (before.zh != after.zh and before.en != after.en):
        return before, after
    return _both(before), _both(after)


def _both(said: Words) -> Words:
    return said if said.zh == said.en else Words(f"{said.zh} / {said.en}", f"{said.en} / {said.zh}")
