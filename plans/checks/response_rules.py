"""Does what a plan says of its response make sense: levels that exist, times that can be counted, ids used once?"""

from collections.abc import Iterator, Mapping

from clocks.durations import parse
from plans.checks.findings import Finding, problem

Found = Iterator[Finding]
#: Where a plan names roles: path, entry, keys.
Place = tuple[str, Mapping, tuple[str, ...]]


def findings(document: Mapping) -> Found:
    yield from _scope(document)
    for path, entry in _owed(document):
        yield from _within(path, entry)
    yield from _ids(document)


def role_places(document: Mapping) -> Iterator[Place]:
    yield "response", document.get("response", {}), ("propose", "decide")
    for path, entry in _owed(document):
        if not path.startswith("obligations"):
            yield path, entry, ("role", "tell")


def _scope(document: Mapping) -> Found:
    scope = document.get("response", {}).get("scope", {})
    known = {level["id"] for level in document.get("levels", ())}
    for index, level in enumerate(scope.get("levels", ())):
        if level not in known:
            yield problem(f"response.scope.levels[{index}]", "There is no level “%(level)s” in this plan.",
                          level=level)  # fmt: skip
    grades = scope.get("grades", ())
    if grades and not any(grade["within"] for grade in grades):
        yield problem(
            "response.scope.grades", "No grade is within the scope, so the response could never start."
        )


def _owed(document: Mapping) -> Iterator[tuple[str, Mapping]]:
    """Every entry that a response turns into a duty, with its path."""
    for name, tier in document.get("handling_tiers", {}).items():
        if "also_start" in tier:
            yield f"handling_tiers.{name}.also_start", tier["also_start"]
    for place, level in enumerate(document.get("levels", ())):
        for key in ("actions", "obligations"):
            for index, entry in enumerate(level.get(key, ())):
                if isinstance(entry, Mapping):
                    yield f"levels[{place}].{key}[{index}]", entry
    for index, entry in enumerate(document.get("obligations", ())):
        yield f"obligations[{index}]", entry


def _within(path: str, entry: Mapping) -> Found:
    for key in ("within", "approve_within"):
        try:
            is_counted = parse(entry.get(key, "PT1M")).kind not in ("given", "none")
        except ValueError:
            is_counted = False
        if not is_counted:
            yield problem(f"{path}.{key}", "“%(text)s” is no time that can be counted: PT30M, P3D, 2WD, same_day_24h00.",
                          text=entry[key])  # fmt: skip


def _ids(document: Mapping) -> Found:
    seen: set[str] = set()
    for path, entry in _owed(document):
        name = entry.get("id", "")
        if name and name in seen:
            yield problem(f"{path}.id", "The id “%(value)s” is used twice.", value=name)
        seen.add(name)
