"""Check a scenario: readable, of the right shape, and consistent with itself and with the product's vocabulary.

checked = check(text, kinds=frozenset(KINDS), posts=frozenset(PostKind.values))
checked.document   the scenario as plain data, None when it cannot be read
checked.problems   each with its line and path; one of them is enough and it is not played
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from common.text.personal_data import unsigned_personal_data_in
from drills.choices import ActKind
from plans.checks.documents import findings_of, line_of
from plans.checks.findings import Finding, Problem, note, problem
from plans.document import strict_yaml
from plans.document.strict_yaml import at
from plans.engine.conditions import OPERATORS, singles
from plans.engine.facts import FACTS, SENTENCES, FactProblem, Facts

if TYPE_CHECKING:
    import jsonschema

Found = Iterator[Finding]

#: What an act needs beside its name.
NEEDS = {
    ActKind.ALARM: ("place", "what", "facts"),
    ActKind.OBSERVE: ("what",),
    ActKind.ANSWER_ORDER: ("verb", "what"),
    ActKind.LINKAGE_ORDER: ("centre", "nature", "place", "what"),
}


class Checked(NamedTuple):
    document: dict[str, Any] | None
    problems: list[Problem]

    @property
    def is_playable(self) -> bool:
        return self.document is not None and not any(found.severity == "problem" for found in self.problems)


def check(
    text: str | bytes, *, kinds: frozenset[str] | None = None, posts: frozenset[str] | None = None
) -> Checked:
    """Read a scenario and find what is wrong with it. Consistency is judged only once the shape is right.

    `kinds` of journal entries and `posts` are the product's; None: not checked.
    """
    try:
        document, lines, _cut_off = strict_yaml.read(text)
    except strict_yaml.Unreadable as fault:
        return Checked(None, [Problem("problem", fault.line, fault.path, fault.sentence, fault.values)])
    if not isinstance(document, dict):
        return Checked(None, [Problem("problem", 1, "", "A scenario is a list of named sections.", {})])
    found = [one for error in _validator().iter_errors(document) for one in findings_of(error)]
    if not found:
        found = list(findings(document, kinds, posts))
    problems = [Problem(one.severity, line_of(one.path, lines), *one[1:]) for one in found]
    return Checked(document, sorted(problems, key=lambda one: one.line))


@cache
def _validator() -> "jsonschema.Draft202012Validator":
    import jsonschema  # for who writes plans, not for every process that serves

    return jsonschema.Draft202012Validator(
        json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
    )


def findings(
    document: Mapping[str, Any], kinds: frozenset[str] | None, posts: frozenset[str] | None
) -> Found:
    """Everything there is to say about a scenario of the right shape."""
    yield from _ids(document)
    yield from _order(document)
    yield from _like(document)
    yield from _posts(document, posts)
    for index, inject in enumerate(document["injects"]):
        path = at("injects", index)
        yield from _told(document, inject, path)
        yield from _expects(document, inject, path, kinds)
        if "act" in inject:
            yield from _act(inject["act"], at(path, "act"))
    yield from _begins(document)
    yield from _objectives_used(document)
    yield from _people(document, "")


def _ids(document: Mapping) -> Found:
    for section in ("roles", "objectives"):
        yield from _twice(section, [one["id"] for one in document[section]], "id")
    expected = [
        (at(at(at(at("injects", i), "expects"), j), "id"), one["id"])
        for i, inject in enumerate(document["injects"])
        for j, one in enumerate(inject.get("expects", ()))
    ]
    counts = Counter(one for _path, one in expected)
    for path, one in expected:
        if counts[one] > 1:
            yield problem(path, "“%(id)s” is given twice.", id=one)


def _twice(section: str, ids: list[str], name: str) -> Found:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield problem(at(at(section, index), name), "“%(id)s” is given twice.", id=one)


def _order(document: Mapping) -> Found:
    """Numbers count up and times never go back: the list is read from top to bottom."""
    before: Mapping[str, int] = {"number": 0, "at": 0}
    for index, inject in enumerate(document["injects"]):
        path = at("injects", index)
        if inject["number"] <= before["number"]:
            yield problem(at(path, "number"), "The injects are numbered upwards, each number once.")
        if inject["at"] < before["at"]:
            yield problem(at(path, "at"), "This inject comes before the one above it: put them in order.")
        before = inject


def _like(document: Mapping) -> Found:
    for single in singles(document["like"]):
        name = single.get("fact", "")
        used = [key for key in single if key in OPERATORS]
        if name not in FACTS or len(used) != 1 or FACTS[name].kind not in OPERATORS[used[0]].kinds:
            yield problem(
                "like",
                "Say of one fact at a time, with one operator that fits it, which real events are like this.",
            )


def _posts(document: Mapping, posts: frozenset[str] | None) -> Found:
    for index, role in enumerate(document["roles"]):
        if posts is not None and role.get("post", "") not in {"", *posts}:
            yield problem(
                at(at("roles", index), "post"), "There is no kind of post “%(post)s”.", post=role["post"]
            )


def _told(document: Mapping, inject: Mapping, path: str) -> Found:
    roles = {role["id"] for role in document["roles"]}
    if "to" in inject and inject["to"] not in roles:
        yield problem(at(path, "to"), "There is no role “%(role)s” in this scenario.", role=inject["to"])
    if "to" not in inject and "act" not in inject:
        yield problem(
            path, "Nobody would hear of this inject: name a role in “to”, or an act that tells people."
        )


def _expects(document: Mapping, inject: Mapping, path: str, kinds: frozenset[str] | None) -> Found:
    roles = {role["id"] for role in document["roles"]}
    objectives = {one["id"] for one in document["objectives"]}
    for index, one in enumerate(inject.get("expects", ())):
        here = at(at(path, "expects"), index)
        if one["role"] not in roles:
            yield problem(at(here, "role"), "There is no role “%(role)s” in this scenario.", role=one["role"])
        if one["objective"] not in objectives:
            yield problem(
                at(here, "objective"), "There is no objective “%(id)s” in this scenario.", id=one["objective"]
            )
        for place, kind in enumerate(one["entries"]):
            if kinds is not None and kind not in kinds:
                yield problem(
                    at(at(here, "entries"), place), "The journal knows no entry “%(kind)s”.", kind=kind
                )


def _act(act: Mapping, path: str) -> Found:
    for name in NEEDS[ActKind(act["do"])]:
        if name not in act:
            yield problem(path, "“%(key)s” is missing.", key=name)
    try:
        Facts.from_dict(act.get("facts", {}))
    except FactProblem as fault:
        for name, code in fault.fields.items():
            yield problem(at(at(path, "facts"), name), SENTENCES[code])


def _begins(document: Mapping) -> Found:
    """Observations and orders need an incident: an alarm stands before them."""
    raised = ordered = False
    for index, inject in enumerate(document["injects"]):
        do = inject.get("act", {}).get("do")
        raised = raised or do == ActKind.ALARM
        ordered = ordered or do == ActKind.LINKAGE_ORDER
        if do in (ActKind.OBSERVE, ActKind.ANSWER_ORDER) and not raised:
            yield problem(
                at(at("injects", index), "act"), "No alarm stands before this act: there is no incident yet."
            )
    if not raised and not ordered:
        yield note(
            "injects", "No inject raises an alarm: no incident is opened, and nothing can be measured."
        )


def _objectives_used(document: Mapping) -> Found:
    used = {one["objective"] for inject in document["injects"] for one in inject.get("expects", ())}
    for index, one in enumerate(document["objectives"]):
        if one["id"] not in used:
            yield note(
                at("objectives", index),
                "Nothing is expected for this objective; only an evaluator can rate it.",
            )


def _people(value: Any, path: str) -> Found:
    """No number of a person: a scenario is invented, and printed."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _people(inner, at(path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _people(inner, at(path, index))
    elif isinstance(value, str) and (found := unsigned_personal_data_in(value)):
        yield problem(
            path, "This looks like a number of a person: “%(text)s”. Take it out.", text=found[0].text
        )
