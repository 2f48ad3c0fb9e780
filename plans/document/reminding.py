"""What a plan says about those who do not answer a recurring clock: reminded before, and up to whom it climbs.

    remind: {before: [PT60M], climb: [{after: PT30M, role: township_office}]}

`before` counts back from the cut-off, `after` forward from it. At the cut-off itself the silent ones and the
level above them are told in any case. Pure, like sections.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clocks.durations import parse
from plans.checks.findings import Finding, problem
from plans.document.strict_yaml import at


@dataclass(frozen=True, slots=True)
class Climb:
    """So long after the cut-off the holders of this role hear who is still silent below them."""

    after: str
    role: str


@dataclass(frozen=True, slots=True)
class Remind:
    before: tuple[str, ...] = ()
    climb: tuple[Climb, ...] = ()
    #: False = the plan is silent about it and the product's own proposal stands.
    is_said: bool = True


NOT_SAID = Remind(is_said=False)


def remind_of(entry: Mapping[str, Any] | None) -> Remind:
    if entry is None:
        return NOT_SAID
    climb = tuple(Climb(step["after"], step["role"]) for step in entry.get("climb", ()))
    return Remind(tuple(entry.get("before", ())), climb)


def role_places(document: Mapping) -> Iterator[tuple[str, Mapping, tuple[str, ...]]]:
    """Where reminders name a role: path, entry, keys."""
    for index, clock in enumerate(document.get("clocks", ())):
        for step, entry in enumerate(clock.get("remind", {}).get("climb", ())):
            yield f"clocks[{index}].remind.climb[{step}]", entry, ("role",)


def findings(document: Mapping) -> Iterator[Finding]:
    """Only what comes back has silent ones; times are figures; silence climbs upwards in time."""
    for index, clock in enumerate(document.get("clocks", ())):
        if "remind" not in clock:
            continue
        path, entry = f"clocks[{index}].remind", clock["remind"]
        comes_back = "recurrence" in clock and "cutoff" in clock
        if not comes_back and ("start" not in clock or entry.get("climb")):
            yield problem(path, "Reminders need a clock that comes back and has a cut-off, or one that an entry starts "
                                "(without “climb”).")  # fmt: skip
        for step, text in enumerate(entry.get("before", ())):
            yield from _figure(text, at(f"{path}.before", step))
        last = -1
        for step, climb in enumerate(entry.get("climb", ())):
            yield from _figure(climb["after"], f"{path}.climb[{step}].after")
            if parse(climb["after"]).amount < last:
                yield problem(
                    f"{path}.climb[{step}].after", "The steps of an escalation are written in the order of their times."
                )  # fmt: skip
            last = parse(climb["after"]).amount


def _figure(text: str, path: str) -> Iterator[Finding]:
    if parse(text).kind != "exact":
        yield problem(
            path, "“%(duration)s” is not so many minutes or hours: write it as PT30M.", duration=text
        )
