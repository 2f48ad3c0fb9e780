"""What no section of a version has words for, as it is written: nothing a version says is passed over. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from plans.document.words import named
from plans.engine.evaluation import Document
from plans.engine.facts import same
from plans.versions.display import DisplayLine, keyed, plain

#: What the sections above say of each entry of a list; what is left over is compared as it is written.
_SAID = {
    "levels": {"id", "rank", "zh", "en", "roman", "tone", "text", "match", "handling_tier"},
    "clocks": {"id", "zh", "en", "start", "stop", "duration", "role", "cite", "origin", "when_level", "per", "effect",
               "to", "note", "asks"},
    "squads": {"id", "zh", "en", "duties", "composition", "excluded_duties", "cite"},
    "checklists": {"id", "zh", "en", "items"},
    "items": {"id", "zh", "en", "cite"},
}  # fmt: skip
_SAID_OF = {
    "signatory": {"role", "where_absent"},
    "recipients": {"platform", "phone", "report_to"},
    "level_policy": {"floors", "default_level", "headcount_uses"},
    "alarm": {"notify", "life_safety"},
    "orders": {"arrive_within"},
    "cutoff": {"at"},
    "remind": {"before", "climb"},
    "written": {"parts", "lines"},
}
_SAID_WHOLE = {"schema", "id", "version", "title", "source"}


def rest_of(document: Document) -> Iterator[DisplayLine]:
    for key, value in document.items():
        if key not in _SAID_WHOLE:
            yield from _leaves(key, _unsaid(key, value))


def _unsaid(key: str, value: Any) -> Any:
    """What is left of a part of the plan after the other sections have said their share of it."""
    if isinstance(value, list):
        said = _SAID.get(key, set())
        parts = [part if isinstance(part, str) and key == "items" else _without(said, part) for part in value]
        rests = [_more_of(key, whole, rest) for whole, rest in zip(value, parts, strict=True)]
        return [rest for rest in rests if rest not in ({}, None)]
    if key == "roles":
        return {name: _without({"zh", "en", "kind", "post", "tier"}, role) for name, role in value.items()}
    if key == "signoff_rules":
        return {
            name: _without({"zh", "en", "levels"}, rule) if rule.get("zh") else {}
            for name, rule in value.items()
        }
    if isinstance(value, Mapping):
        return {
            name: _unsaid(name, part) for name, part in value.items() if name not in _SAID_OF.get(key, set())
        }
    return value


def _without(said: set[str], part: Any) -> Any:
    if not said or not isinstance(part, Mapping):
        return part
    return {name: _unsaid(name, value) for name, value in part.items() if name not in said}


def _more_of(key: str, whole: Any, rest: Any) -> Any:
    """A remainder keeps the id of what it belongs to; a checklist also what its items have left."""
    if not isinstance(rest, Mapping) or key not in _SAID:
        return rest
    if key == "checklists" and (items := _unsaid("items", whole.get("items", []))):
        rest = {**rest, "items": items}
    return {"id": whole["id"], **rest} if rest else {}


def _leaves(path: str, value: Any) -> Iterator[DisplayLine]:
    """Every value under the path, with what is said in two languages kept together."""
    if isinstance(value, Mapping) and ("zh" in value or "en" in value):
        rest = {key: part for key, part in value.items() if key not in ("zh", "en", "id")}
        yield DisplayLine(path, same(path), named({"id": path, **value}))
        yield from _leaves(path, rest)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key != "id":
                yield from _leaves(f"{path}.{key}", part)
    elif isinstance(value, list):
        pairs = [(part.get("id", "") if isinstance(part, Mapping) else "", part) for part in value]
        for key, part in keyed(pairs):
            yield from _leaves(f"{path}.{key.removesuffix('#1')}", part)
    else:
        yield DisplayLine(path, same(path), plain(value))
