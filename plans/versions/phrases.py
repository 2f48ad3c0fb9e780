"""Plan words that are said in both languages at once: a difference is stored and read in either."""

from clocks.durations import parse
from journal.kinds import KINDS
from plans.document.words import NO_WORDS, Words
from plans.engine.facts import same

_NO_FIGURE = {
    "immediate": Words("立即", "at once"),
    "timely": Words("及时", "in good time"),
    "unspecified": Words("原文未规定", "no figure in the source"),
}
_UNITS = (
    (3600, Words("小时", "hour")),
    (60, Words("分钟", "minute")),
    (1, Words("秒", "second")),
)


def duration_words(text: str) -> Words:
    """ "PT3M" → 3 分钟, 3 minutes. What is no duration is shown as it stands."""
    try:
        duration = parse(text)
    except ValueError:
        return same(text)
    match duration.kind:
        case "exact":
            size, unit = next(found for found in _UNITS if duration.amount % found[0] == 0)
            return _count(duration.amount // size, unit)
        case "days":
            return _count(duration.amount, Words("日", "day"))
        case "workdays":
            return _count(duration.amount, Words("个工作日", "working day"))
        case "same_day":
            return Words("当日 24:00 前", "the same day, 24:00")
        case "given":
            return Words("按指令所定", "as the act itself says")
        case _:
            return _NO_FIGURE[text]


def _count(number: int, unit: Words) -> Words:
    return Words(f"{number} {unit.zh}", f"{number} {unit.en}{'' if number == 1 else 's'}")


def kind_words(name: str) -> Words:
    """What a kind of journal entry is called; its own name where the product has none."""
    if not name:
        return NO_WORDS
    kind = KINDS.get(name)
    return Words(kind.zh, kind.en) if kind else same(name)
