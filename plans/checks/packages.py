"""Does what a plan has prepared for its levels make sense: levels, squads and checklists that exist, one recipient each?"""

from collections.abc import Iterator, Mapping

from clocks.durations import parse
from plans.checks.findings import Finding, problem
from plans.checks.response_rules import Place
from plans.document.packages import package_at

Found = Iterator[Finding]

#: Characters of an order's task (command.orders).
LONGEST_TASK = 300


def findings(document: Mapping) -> Found:
    known = {
        "level": {level["id"] for level in document.get("levels", ())},
        "squad": {squad["id"] for squad in document.get("organisation", {}).get("squads", ())},
        "checklist": {one["id"] for one in document.get("checklists", ())},
        "kit": {one["id"] for one in document.get("kits", ())},
    }
    levels: set[str] = set()
    for index, entry in enumerate(document.get("packages", ())):
        path = f"packages[{index}]"
        yield from _exists(
            f"{path}.level", entry["level"], known["level"], "There is no level “%(value)s” in this plan."
        )
        if entry["level"] in levels:
            yield problem(f"{path}.level", "This level has a package already: put both together.")
        levels.add(entry["level"])
        for place, name in enumerate(entry.get("checklists", ())):
            yield from _exists(
                f"{path}.checklists[{place}]", name, known["checklist"],
                "There is no checklist “%(value)s” in this plan.",
            )  # fmt: skip
        yield from _recipients(path, entry, known["squad"])
        for place, one in enumerate(entry.get("orders", ())):
            if "kit" in one:
                yield from _exists(
                    f"{path}.orders[{place}].kit",
                    one["kit"],
                    known["kit"],
                    "There is no kit “%(value)s” in this plan.",
                )
    yield from _ids(document)
    if not levels - known["level"]:
        yield from _lengths(document)


def role_places(document: Mapping) -> Iterator[Place]:
    for path, one in _orders(document):
        yield path, one, ("role",)


def _orders(document: Mapping) -> Iterator[tuple[str, Mapping]]:
    for index, entry in enumerate(document.get("packages", ())):
        for place, one in enumerate(entry.get("orders", ())):
            yield f"packages[{index}].orders[{place}]", one


def _exists(path: str, value: str, known: set[str], sentence: str) -> Found:
    if value not in known:
        yield problem(path, sentence, value=value)


def _recipients(path: str, entry: Mapping, squads: set[str]) -> Found:
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(entry.get("orders", ())):
        at = f"{path}.orders[{place}]"
        squad, role, duty = one.get("squad", ""), one.get("role", ""), one.get("duty", False)
        if [bool(squad), bool(role), duty].count(True) != 1:
            yield problem(at, "An order is for one squad, for one role, or for whoever is on duty.")
        elif squad and squad not in squads:
            yield problem(f"{at}.squad", "There is no squad “%(value)s” in this plan.", value=squad)
        elif (squad, role) in seen:
            yield problem(at, "“%(value)s” has an order in this package already: put both together.",
                          value=squad or role or "duty")  # fmt: skip
        seen.add((squad, role))
        if not _is_counted(one.get("within", "PT1M")):
            yield problem(f"{at}.within", "“%(text)s” is no time that can be counted: PT30M, P3D, 2WD, same_day_24h00.",
                          text=one["within"])  # fmt: skip


def _is_counted(text: str) -> bool:
    try:
        return parse(text).kind not in ("given", "none")
    except ValueError:
        return False


def _ids(document: Mapping) -> Found:
    seen: set[str] = set()
    for path, one in _orders(document):
        if one["id"] in seen:
            yield problem(f"{path}.id", "The id “%(value)s” is used twice.", value=one["id"])
        seen.add(one["id"])


def _lengths(document: Mapping) -> Found:
    too_long = {
        order.id
        for entry in document.get("packages", ())
        for order in package_at(document, entry["level"]).orders
        if max(map(len, order.words)) > LONGEST_TASK
    }
    for path, one in _orders(document):
        if one["id"] in too_long:
            yield problem(path, "The task with what is to be brought is longer than %(most)s characters.",
                          most=LONGEST_TASK)  # fmt: skip
