"""Check a plan document: readable, of the right shape, and consistent with itself and with the product.

checked = check(text, vocabulary)
checked.document   the plan as plain data, None when it cannot be read
checked.problems   what must be mended before it can be loaded, and notes worth reading; each with its line
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from plans.checks import consistency
from plans.checks.findings import ANY_WORDS, Finding, Problem, Vocabulary, note, problem
from plans.document import strict_yaml

if TYPE_CHECKING:
    import jsonschema

__all__ = ["Checked", "Problem", "Vocabulary", "check"]


class Checked(NamedTuple):
    document: dict[str, Any] | None
    problems: list[Problem]

    @property
    def is_loadable(self) -> bool:
        return self.document is not None and not any(found.severity == "problem" for found in self.problems)


def check(text: str | bytes, vocabulary: Vocabulary = ANY_WORDS) -> Checked:
    """Read a plan and find what is wrong with it. Consistency is judged only once the shape is right."""
    try:
        document, lines, cut_off = strict_yaml.read(text)
    except strict_yaml.Unreadable as fault:
        return Checked(None, [Problem("problem", fault.line, fault.path, fault.sentence, fault.values)])
    if not isinstance(document, dict):
        return Checked(None, [Problem("problem", 1, "", "A plan is a list of named sections.", {})])
    findings = [note(path, _CUT_OFF, text=text) for path, text in cut_off] + list(_misshapen(document))
    if not any(finding.severity == "problem" for finding in findings):
        findings += [*_unread_sections(document), *consistency.findings(document, vocabulary)]
    problems = [_at_its_line(finding, lines) for finding in findings]
    return Checked(document, sorted(problems, key=lambda found: found.line))


def with_findings(text: str | bytes, checked: Checked, more: Iterable[Finding]) -> Checked:
    """The same check with more findings, each at its line."""
    lines = strict_yaml.read(text).lines
    problems = [*checked.problems, *(_at_its_line(finding, lines) for finding in more)]
    return Checked(checked.document, sorted(problems, key=lambda found: found.line))


#: `{why: blue says none, the source is silent}` is to YAML one text and a key "the source is silent" of its own.
_CUT_OFF = "“%(text)s” was cut off by the comma before it and is dropped: put the whole sentence in quotes."


def _at_its_line(finding: Finding, lines: dict[str, int]) -> Problem:
    return Problem(finding.severity, line_of(finding.path, lines), *finding[1:])


def line_of(path: str, lines: dict[str, int]) -> int:
    """The line of the path, or of the nearest thing around it that is in the text."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path, 1)


@cache
def _validator() -> "jsonschema.Draft202012Validator":
    import jsonschema  # for who writes plans, not for every process that serves

    schema = json.loads(Path(__file__).parents[1].joinpath("schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _unread_sections(document: dict) -> Iterator[Finding]:
    for key in document:
        if key not in _validator().schema["properties"]:
            yield note(
                key, "“%(section)s” is not a section the product uses; it is kept and not shown.", section=key
            )


def _misshapen(document: Any) -> Iterator[Finding]:
    for error in _validator().iter_errors(document):
        yield from findings_of(error)


def findings_of(error: "jsonschema.ValidationError") -> Iterator[Finding]:
    """What one fault of shape says, in the words of a check. Scenarios of drills ask for it too."""
    path = ""
    for step in error.absolute_path:
        path = strict_yaml.at(path, step)
    match error.validator:
        case "required":
            # jsonschema reports each missing key by itself and names it only in its sentence.
            missing = next(key for key in error.validator_value if repr(key) in error.message)
            yield problem(path, "“%(key)s” is missing.", key=missing)
        case "additionalProperties":
            for key in error.instance.keys() - error.schema.get("properties", {}).keys():
                yield problem(strict_yaml.at(path, key), "“%(key)s” is not known here.", key=key)
        case "enum" | "const":
            allowed = (
                error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
            )
            yield problem(path, "This must be one of: %(choices)s.", choices=", ".join(map(_shown, allowed)))
        case "type":
            yield problem(path, "This must be of the kind “%(kind)s”.", kind=error.validator_value)
        case "minimum" | "maximum" | "minItems" | "maxItems":
            yield problem(path, "This is outside what is allowed (%(rule)s %(bound)s).",
                           rule=error.validator, bound=error.validator_value)  # fmt: skip
        case _:
            yield problem(path, "“%(value)s” does not have the right form.", value=_shown(error.instance))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
