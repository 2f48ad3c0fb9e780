"""What no plan may ask for: peaceful expression treated as danger, and people watched. Pure.

The product manages events and the duty to answer people. A plan is data and anybody may write one, so these two
are refused when it is checked, loaded, edited and put in force, each with the reason.
Source: Constitution arts. 35 and 41; Petition Work Regulations arts. 3, 19 and 20; city plan §2.3 (banners, slogans
and grievance clothing are yellow). docs/privacy.md promises both to citizens.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from plans.checks.findings import Finding, problem
from plans.document.strict_yaml import at
from plans.engine.conditions import rule_in_words
from plans.engine.evaluation import Document, criteria_of, levels_of

Found = Iterator[Finding]

#: Ways of being heard that hurt nobody, take nothing and bar nobody's way.
PEACEFUL_ACTS = frozenset({"banner", "grievance_clothing", "slogans", "sit_in", "lobby_overstay"})
#: Facts that say no more than that people spoke up together, or again.
_SPEAKING_UP = frozenset({"joint_petitioners", "demand_repeat"})
#: What makes a situation graver whatever is said in it: life, violence, property, a way barred.
GRAVE_ACTS = frozenset({"obstruct_entrance", "storming_signs", "storming", "smashing", "other_disorder"})
_GRAVE_FACTS = frozenset({"life_risk", "casualties"})


def findings(document: Document) -> Found:
    yield from expression_made_grave(document)
    yield from people_watched(document)


# --- peaceful expression ---------------------------------------------------------------------------------


def expression_made_grave(document: Document) -> Found:
    """Every limb, floor and default that peaceful expression alone would lift above yellow (the second-lowest level)."""
    too_high = _levels_too_high(document)
    paths = list(_criterion_paths(document))
    for criterion, path in zip(criteria_of(document), paths, strict=True):
        if criterion.level in too_high and _rests_on_expression(criterion.when):
            yield _too_grave(path, criterion.level, rule_in_words(criterion.when).en)
    default = document.get("level_policy", {}).get("default_level")
    if default in too_high:
        yield _too_grave("level_policy.default_level", default, "nothing else matched")
    for index, trigger in enumerate(document.get("triggers", ())):
        if trigger["leads_to"] == "inquiry" and "when" in trigger and _rests_on_expression(trigger["when"]):
            yield problem(
                f"triggers[{index}].when",
                "“%(trigger)s” opens an inquiry because people spoke up: nobody is held to account because others "
                "used lawful channels. Ask what the office did or failed to do.",
                trigger=trigger["id"],
            )


def _too_grave(path: str, level: str, rule: str) -> Finding:
    return problem(
        path,
        "Peaceful expression would lead to “%(level)s” (%(rule)s): banners, grievance clothing, slogans, sitting, a "
        "joint letter or asking again are lawful and never count for more than yellow, the second-lowest level. Take "
        "them out, or ask for danger to life, violence or a way barred as well.",
        level=level, rule=rule,
    )  # fmt: skip


def _levels_too_high(document: Document) -> frozenset[str]:
    """The levels above yellow: orange and red by their colour, and whatever stands above the second-lowest.

    Of two levels, and of bands that say who attends, only the lowest is left.
    """
    levels = levels_of(document)
    keep = 1 if len(levels) < 3 or document.get("kind") == "attendance" else 2
    above = {level.id for level in levels[: max(len(levels) - keep, 0)]}
    return frozenset(above | {level.id for level in levels if level.tone in ("orange", "red")})


def _rests_on_expression(condition: Mapping) -> bool:
    """Whether the condition can hold because of peaceful expression, without anything grave."""
    return any(_is_expression(way) for way in _ways(condition))


def _is_expression(way: tuple[Mapping, ...]) -> bool:
    return any(map(_speaks_up, way)) and not any(map(_is_grave, way))


def _ways(condition: Mapping) -> Iterator[tuple[Mapping, ...]]:
    """Every set of single conditions that together fulfil it."""
    if "any_of" in condition:
        for part in condition["any_of"]:
            yield from _ways(part)
    elif "all_of" in condition:
        for ways in product(*(tuple(_ways(part)) for part in condition["all_of"])):
            yield tuple(single for way in ways for single in way)
    else:
        yield (condition,)


def _speaks_up(single: Mapping) -> bool:
    if single["fact"] == "acts":
        return "not_empty" in single or not PEACEFUL_ACTS.isdisjoint(single.get("any_in", ()))
    return single["fact"] in _SPEAKING_UP and single.get("eq") is not False


def _is_grave(single: Mapping) -> bool:
    if single["fact"] == "acts":
        return bool(single.get("any_in")) and GRAVE_ACTS.issuperset(single["any_in"])
    if single["fact"] not in _GRAVE_FACTS:
        return False
    return "is_empty" not in single and single.get("gte", 1) != 0 and single.get("between", (1,))[0] != 0


def _criterion_paths(document: Document) -> Iterator[str]:
    """Where each of `criteria_of` stands, in the same order."""
    for index, level in enumerate(document.get("levels", ())):
        match = level.get("match")
        if match and "any_of" in match:
            yield from (f"levels[{index}].match.any_of[{n}]" for n in range(len(match["any_of"])))
        elif match:
            yield f"levels[{index}].match"
    for index in range(len(document.get("level_policy", {}).get("floors", ()))):
        yield f"level_policy.floors[{index}].when"


# --- people watched --------------------------------------------------------------------------------------

#: Who is not to be watched: people who speak up, in the words plans use for them.
_PERSONS = (
    r"(?:重点|涉稳|特殊|不稳定|上访|信访|来访|参访|涉访|缠访|越级访)(?:人员|人群|群体|群众|对象|人|户|者)|访民|老上访|老访户|缠访户|"
    r"牵头人|挑头人|组织者|骨干分子|骨干人员|当事人|矫正对象|刑释人员|家属|亲属"
)
#: What is not done to them.
_WATCHING = (
    r"盯|监控|监视|监管|监测|稳控|管控|布控|防控|控制|掌控|跟踪|尾随|跟随|看管|看护|看守|蹲守|值守|守候|软禁|约束|限制|拦截|阻拦|堵截|"
    r"劝阻|劝返|接返|接回|带离|带回|送返|遣返|遣送|收缴|抓拍|识别|画像|定位|轨迹|摸排|排摸|摸底|建档|档案|台账|数据库|比对|包保"
)
#: Never part of a plan, whoever is meant.
_NEVER = (
    r"盯防|盯控|盯守|盯人|人盯人|截访|拦访|堵访|压访|劝返|接返|遣返|带离|包保|社会面管控|情绪识别|人脸识别|人像识别|网络抓取|"
    r"舆情抓取|不许滞留|不允许滞留|收缴(?:横幅|标语)"
)
_EN_SPEAKERS = (
    r"(?:(?:named|key|repeat|particular)\s+(?:persons?|people|individuals?)|petitioners?|organi[sz]ers?|ringleaders?|"
    r"protest[eo]rs?)"
)
_EN_PERSONS = rf"(?:{_EN_SPEAKERS}|persons?|people|individuals?|families|relatives)"
_EN_WATCHING = r"(?:watch|monitor|surveil|shadow|tail|intercept|detain|profil|control|stabili[sz])\w*"
_EN_HOLDING = r"(?:track|trac|list(?!en)|regist|follow|guard|remov|fetch|escort|identif|stop|send|return|block|visit)\w*"
#: Never a duty: of the scene one says 维持秩序, of people nothing. A squad may bear it in the name its source gave it.
_NEVER_ORDERED = re.compile("稳控")
_EN_NEVER = r"(?:surveillance|face recognition|facial recognition|emotion recognition|intercepting|scraping)"

_BRACKETED = re.compile(r"[（(]([^（）()]*)[)）]")
_DENIES = re.compile(r"非|不|勿|无需|\bnot\b|\bnever\b|\bno\b")
_GLUE = re.compile(r"[\s·•、,，.。;；:：\-—_/|*]+")
_PERSON_WATCHED = re.compile(f"(?:{_PERSONS}).{{0,6}}(?:{_WATCHING})|(?:{_WATCHING}).{{0,4}}(?:{_PERSONS})")
_EN_PERSON_WATCHED = re.compile(
    rf"\b(?:{_EN_WATCHING}\s+(?:\w+\s+){{0,2}}?{_EN_PERSONS}|{_EN_HOLDING}\s+(?:\w+\s+){{0,2}}?{_EN_SPEAKERS})\b",
    re.IGNORECASE,
)
_NEVER_SAID = re.compile(_NEVER)
_EN_NEVER_SAID = re.compile(rf"\b{_EN_NEVER}\b", re.IGNORECASE)


def people_watched(document: Document) -> Found:
    """Every text of the plan that orders somebody to watch, file, hold back or send away people."""
    for path, text, is_order in texts_of(document):
        if found := watching_in(text, is_order=is_order):
            yield problem(
                path,
                "“%(text)s” has people watched or held back (“%(words)s”): a plan orders what is done about an event "
                "and for those in it, nothing against persons. Take it out, or name it under excluded.",
                text=text if len(text) <= 60 else f"{text[:57]}...", words=found,
            )  # fmt: skip


def watching_in(text: str, *, is_order: bool = True) -> str:
    """The words that have people watched; empty where there are none. What a bracket denies does not count.

    `is_order`: a duty or a step, where more is refused than in a name ("稳控专班").
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = _BRACKETED.sub(lambda found: "" if _DENIES.search(found[1]) else found[0], plain)
    tight = _GLUE.sub("", plain)
    tests = [
        (_PERSON_WATCHED, tight),
        (_EN_PERSON_WATCHED, plain),
        (_NEVER_SAID, tight),
        (_EN_NEVER_SAID, plain),
    ]
    if is_order:
        tests.append((_NEVER_ORDERED, tight))
    return next((found[0] for test, said in tests if (found := test.search(said))), "")


#: Keys whose texts say what the plan leaves out, or where it comes from; and keys that hold no words.
_LEFT_OUT = frozenset({
    "excluded", "excluded_duties", "excluded_items", "title", "source", "legal_basis", "id", "schema", "cite",
    "validity", "roles", "risk_catalogue", "event_scope", "reporting_channel",
})  # fmt: skip
#: Lists whose entries order something.
_ORDERS = frozenset({
    "duties", "items", "actions", "obligations", "do", "composition", "triggers", "clocks", "forms", "fields", "classes", "parts", "kinds",
})  # fmt: skip


def texts_of(document: Document) -> Iterator[tuple[str, str, bool]]:
    """(path, text, whether it orders something) of whatever the plan asks for."""
    for key, value in document.items():
        yield from _inside(value, key, key, key in _ORDERS)


def _inside(value: Any, path: str, key: str, is_order: bool) -> Iterator[tuple[str, str, bool]]:
    if key in _LEFT_OUT:
        return
    if isinstance(value, str):
        yield path, value, is_order
    elif isinstance(value, Mapping) and value.get("in_scope", True) is not False:
        for name, part in value.items():
            yield from _inside(part, at(path, name), name, is_order or name in _ORDERS)
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _inside(part, f"{path}[{index}]", "", is_order)
