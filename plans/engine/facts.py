"""The facts an incident carries: the vocabulary every plan speaks. All about the event, none about a person.

An observation states the present picture. A fact it gives replaces what was known of that fact, lists and
counts as a whole (six people where there were eight means six; `acts: []` means the acts have ended);
a fact it does not mention stays as it was. History is not lost: every observation is kept where it was made.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from common.tables import by_name
from plans.document.words import Words


class Fact(NamedTuple):
    name: str
    kind: str  # range | number | set | counts | choice | code | yes_no | text
    words: Words
    #: For set, counts and choice: what may be given, in the order a form shows it.
    choices: Mapping[str, Words] = {}


_ALL = [
    Fact("headcount", "range", Words("人数", "headcount")),
    Fact("joint_petitioners", "number", Words("联名人数", "joint petitioners")),
    Fact("acts", "set", Words("现场行为", "acts"), {
        "banner": Words("拉横幅", "banner"),
        "grievance_clothing": Words("穿状衣", "grievance clothing"),
        "slogans": Words("喊口号", "slogans"),
        "sit_in": Words("静坐", "sit-in"),
        "obstruct_entrance": Words("堵门堵路", "entrance obstructed"),
        "lobby_overstay": Words("滞留大厅", "staying on in the hall"),
        "storming_signs": Words("冲击迹象", "signs of storming"),
        "storming": Words("冲击", "storming"),
        "smashing": Words("打砸", "smashing"),
        "other_disorder": Words("其他扰序行为", "other disorder"),
    }),
    Fact("life_risk", "set", Words("生命危险", "life risk"), {
        "suicide_threat": Words("扬言自杀", "suicide threat"),
        "self_immolation_threat": Words("扬言自焚", "self-immolation threat"),
        "self_harm_signs": Words("自伤迹象", "signs of self-harm"),
        "self_harm_occurring": Words("正在自伤", "self-harm under way"),
        "medical_emergency": Words("突发疾病", "medical emergency"),
    }),
    Fact("casualties", "counts", Words("伤亡人数", "casualties"), {
        "dead": Words("死亡", "dead"),
        "injured": Words("受伤", "injured"),
    }),
    Fact("online_views_reported", "number", Words("网络点击量（人工填报）", "online views as reported")),
    Fact("online_views_source", "text", Words("点击量由谁提供", "who reported the views")),
    Fact("crowd_tension", "choice", Words("现场情绪（对人群整体的判断）", "mood of the crowd as a whole"), {
        "calm": Words("平静", "calm"),
        "tense": Words("紧张", "tense"),
        "heated": Words("激烈", "heated"),
    }),
    Fact("multi_party_interest", "yes_no", Words("涉及多人利益", "touches the interests of many")),
    Fact("demand_repeat", "yes_no", Words("重复反映同一问题", "the same issue raised again")),
    Fact("demand_class", "code", Words("诉求类别", "class of the demand")),
    Fact("urgent", "yes_no", Words("紧急", "urgent")),
    Fact("vulnerable_present", "counts", Words("在场需照顾人数", "people present who need care"), {
        "minor": Words("未成年人", "minors"),
        "elderly": Words("老年人", "elderly"),
        "disabled": Words("残疾人", "disabled"),
        "pregnant": Words("孕妇", "pregnant"),
        "ill": Words("病人", "ill"),
    }),
]  # fmt: skip

FACTS: dict[str, Fact] = by_name(_ALL)

MOST = 9_999_999_999
LONGEST_TEXT = 120
CODE = re.compile(r"[a-z][a-z0-9_]*")

#: What each code of a FactProblem says; doors translate it.
SENTENCES = {
    "unknown_fact": "There is no fact of this name.",
    "not_a_number": "Give a whole number, 0 or more.",
    "too_large": "This number is too large.",
    "low_above_high": "The lower estimate is above the upper one.",
    "not_a_range": "Give one number, or a lower and an upper estimate.",
    "not_a_list": "Give a list of choices.",
    "not_counts": "Give a count for each kind.",
    "unknown_choice": "One of the choices is not known.",
    "not_yes_no": "Give yes or no.",
    "not_a_code": "Give the code of a class: small letters and underscores.",
    "not_a_text": "Give a short text.",
    "too_long": "This text is too long.",
    "not_an_object": "Give the facts as names and values.",
}

#: An empty list was left open by whoever was in a hurry: nobody has looked and found "none".
NOT_REPORTED = Words("未报告", "not reported")


class FactProblem(Exception):
    """Some facts are not well formed: `fields` maps each fact's name to a key of SENTENCES."""

    def __init__(self, fields: dict[str, str]):
        super().__init__(", ".join(f"{name}: {code}" for name, code in fields.items()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts known of one event. Only facts that were given are in it: absent is not the same as none.

    `headcount` is held as (low, high), sets as frozensets, counts as dicts without zeros.
    """

    given: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, raw: Any) -> "Facts":
        """Read facts as a form or the API sends them. Raises FactProblem naming every fault.

        `headcount` may be one number, `{low, high}`, or two facts `headcount_low` and `headcount_high`;
        one estimate alone counts for both. A fact given as null counts as not given.
        """
        if not isinstance(raw, Mapping):
            raise FactProblem({"facts": "not_an_object"})
        given, faults = {}, {}
        for name, value in _with_headcount_joined(raw).items():
            if value is None:
                continue
            try:
                given[name] = _read(name, value)
            except _Fault as fault:
                faults[name] = str(fault)
        if faults:
            raise FactProblem(faults)
        return cls(given)

    @classmethod
    def current(cls, observations: Iterable["Facts"]) -> "Facts":
        """The present picture after these observations, oldest first."""
        picture: dict[str, Any] = {}
        for facts in observations:
            picture.update(facts.given)
        return cls(picture)

    def updated_by(self, later: "Facts") -> "Facts":
        return Facts({**self.given, **later.given})

    def united_with(self, other: "Facts") -> "Facts":
        """What is known of one event of which two have spoken: of each fact the graver, so that none is lost.

        Counts are not added: two reports of one event count the same people.
        """
        both = self.given.keys() & other.given.keys()
        graver = {name: _graver(self.given[name], other.given[name], FACTS[name]) for name in both}
        return Facts({**other.given, **self.given, **graver})

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain JSON, in the order of the vocabulary; `from_dict` reads it back."""
        return {name: _plain(self.given[name], FACTS[name]) for name in FACTS if name in self.given}

    def described(self) -> list[tuple[Words, Words]]:
        """Each given fact with its value, in words, for people to read."""
        return [(FACTS[name].words, value_in_words(name, self.given[name]) if self.given[name] else NOT_REPORTED)
                for name in FACTS if name in self.given]  # fmt: skip


def value_in_words(name: str, value: Any) -> Words:
    """A fact's value for people: counts by kind, choices by name, estimates as a range."""
    fact = FACTS[name]
    match fact.kind:
        case "range":
            low, high = value
            return same(f"{low:,}" if low == high else f"{low:,}–{high:,}")
        case "number":
            return same(f"{value:,}")
        case "set":
            return listed([fact.choices[code] for code in fact.choices if code in value])
        case "counts":
            return listed(
                [_counted(fact.choices[code], value[code]) for code in fact.choices if code in value]
            )
        case "choice":
            return fact.choices[value]
        case "yes_no":
            return Words("是", "yes") if value else Words("否", "no")
        case _:
            return same(str(value))


def same(text: str) -> Words:
    return Words(text, text)


def listed(parts: list[Words]) -> Words:
    if not parts:
        return Words("无", "none")
    return Words("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _counted(what: Words, count: int) -> Words:
    return Words(f"{what.zh} {count:,}", f"{what.en} {count:,}")


class _Fault(Exception):
    """One fact's fault; the text is a key of SENTENCES."""


def _with_headcount_joined(raw: Mapping) -> dict:
    """`headcount_low` and `headcount_high` are two ends of one fact and are judged together."""
    joined = {name: value for name, value in raw.items() if name not in ("headcount_low", "headcount_high")}
    ends = {end: raw.get(f"headcount_{end}") for end in ("low", "high")}
    if joined.get("headcount") is None and any(value is not None for value in ends.values()):
        joined["headcount"] = ends
    return joined


def _read(name: str, value: Any) -> Any:
    fact = FACTS.get(name)
    if fact is None:
        raise _Fault("unknown_fact")
    return _READERS[fact.kind](value, fact)


def _number(value: Any, fact: Fact | None = None) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Fault("not_a_number")
    if value > MOST:
        raise _Fault("too_large")
    return value


def _range(value: Any, fact: Fact) -> tuple[int, int]:
    if not isinstance(value, Mapping):
        number = _number(value)
        return number, number
    if not value.keys() <= {"low", "high"}:
        raise _Fault("not_a_range")
    ends = [_number(end) for end in (value.get("low"), value.get("high")) if end is not None]
    if not ends:
        raise _Fault("not_a_range")
    if ends[0] > ends[-1]:
        raise _Fault("low_above_high")
    return ends[0], ends[-1]


def _set(value: Any, fact: Fact) -> frozenset[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _Fault("not_a_list")
    if not all(isinstance(code, str) and code in fact.choices for code in value):
        raise _Fault("unknown_choice")
    return frozenset(value)


def _counts(value: Any, fact: Fact) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise _Fault("not_counts")
    if not all(code in fact.choices for code in value):
        raise _Fault("unknown_choice")
    counts = {code: _number(count) for code, count in value.items() if count is not None}
    return {code: count for code, count in counts.items() if count}


def _choice(value: Any, fact: Fact) -> str:
    if not isinstance(value, str) or value not in fact.choices:
        raise _Fault("unknown_choice")
    return value


def _code(value: Any, fact: Fact) -> str:
    # The classes of demands are each plan's own, so only their form is known here.
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise _Fault("not_a_code")
    if len(value) > LONGEST_TEXT:
        raise _Fault("too_long")
    return value


def _yes_no(value: Any, fact: Fact) -> bool:
    if not isinstance(value, bool):
        raise _Fault("not_yes_no")
    return value


def _text(value: Any, fact: Fact) -> str:
    if not isinstance(value, str):
        raise _Fault("not_a_text")
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise _Fault("too_long")
    return text


_READERS: dict[str, Callable[[Any, Fact], Any]] = {
    "range": _range,
    "number": _number,
    "set": _set,
    "counts": _counts,
    "choice": _choice,
    "code": _code,
    "yes_no": _yes_no,
    "text": _text,
}


def _graver(one: Any, other: Any, fact: Fact) -> Any:
    match fact.kind:
        case "range":
            return max(one[0], other[0]), max(one[1], other[1])
        case "number" | "yes_no":
            return max(one, other)
        case "set":
            return one | other
        case "counts":
            return {code: max(one.get(code, 0), other.get(code, 0)) for code in one | other}
        case "choice":
            # Choices stand in the order of their gravity.
            return max(one, other, key=list(fact.choices).index)
        case _:
            return one or other


def _plain(value: Any, fact: Fact) -> Any:
    match fact.kind:
        case "range":
            return {"low": value[0], "high": value[1]}
        case "set":
            return [code for code in fact.choices if code in value]
        case "counts":
            return {code: value[code] for code in fact.choices if code in value}
        case _:
            return value
