"""The statute's own time limits, always on. A bureau's plan may be shorter than these, never longer.

The overlay ships with the product and holds without anybody loading it; a newer version that is loaded and put in
force takes its place. Its clocks run beside those of whatever plan an incident follows: they change none of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from clocks.durations import Duration, due_at, parse
from clocks.working_days.seed import known_days
from common.dates.local_time import LOCAL
from plans.checks.findings import Finding, problem
from plans.document import strict_yaml
from plans.document.sections import ClockLine, clocks_of

SHIPPED = Path(__file__).parents[1] / "library" / "petition-regulations-2022.yaml"

#: Two whole years of starts, midnight and the last minute of each day, decide between days and working days.
_FIRST, _LAST = date(2024, 1, 1), date(2025, 11, 30)


@cache
def shipped() -> dict[str, Any]:
    """The overlay of the library, as plain data."""
    return strict_yaml.read(SHIPPED.read_bytes()).value


def lengthened(document: Mapping, statutes: Iterable[Mapping]) -> Iterator[Finding]:
    """Name every clock of a plan that gives longer than the statute, with both clauses."""
    laws = [law for statute in statutes if statute["id"] != document["id"] for law in clocks_of(statute)]
    lines = clocks_of(document)
    by_id = {line.id: line for line in lines}
    for index, line in enumerate(lines):
        path = f"clocks[{index}]"
        if line.under and line.under not in {law.id for law in laws}:
            yield problem(f"{path}.under", "There is no statutory time limit “%(law)s”.", law=line.under)
        for law in laws:
            if line.id == law.id:
                yield problem(f"{path}.id", "“%(clock)s” is the name of a statutory time limit: give the clock "
                                            "another one.", clock=line.id)  # fmt: skip
            elif _is_same(line, law) and is_longer(line.duration, law.duration):
                yield _too_long(f"{path}.duration", line, line.duration, law, law.duration)
            elif _extends_same(line, law, by_id, laws) and is_longer(line.max_extension, law.max_extension):
                yield _too_long(f"{path}.max_extension", line, line.max_extension, law, law.max_extension)


def _is_same(line: ClockLine, law: ClockLine) -> bool:
    """Whether both limit the same thing: the plan says so, or they run from and to the same entries."""
    return bool(law.start) and (line.under == law.id or (line.start, line.stop) == (law.start, law.stop))


def _extends_same(
    line: ClockLine, law: ClockLine, by_id: Mapping[str, ClockLine], laws: list[ClockLine]
) -> bool:
    base = by_id.get(line.extends)
    of_law = next((other for other in laws if other.id == law.extends), None)
    return bool(line.extends and base and of_law and _is_same(base, of_law))


def _too_long(path: str, line: ClockLine, given: str, law: ClockLine, most: str) -> Finding:
    return problem(
        path,
        "The clock “%(clock)s” (%(cite)s) gives %(given)s; the statute allows at most %(most)s (“%(law)s”, "
        "%(clause)s): a plan may shorten it, never lengthen it.",
        clock=line.id, cite=line.cite or "–", given=given, most=most, law=law.id, clause=law.cite,
    )  # fmt: skip


@cache
def is_longer(mine: str, law: str) -> bool:
    """Whether `mine` can end after `law` for some start. Without a figure of its own it cannot: the law's runs."""
    try:
        first, second = parse(mine), parse(law)
    except ValueError:
        return False
    if "none" in (first.kind, second.kind) or "given" in (first.kind, second.kind):
        return False
    if first.kind == second.kind:
        return first.amount > second.amount
    return any(_ends(start, first) > _ends(start, second) for start in _starts())


def _ends(start: datetime, duration: Duration) -> datetime:
    return due_at(start, duration, _workdays().get).at or datetime.max.replace(tzinfo=UTC)


def _starts() -> Iterator[datetime]:
    for number in range((_LAST - _FIRST).days):
        day = _FIRST + timedelta(days=number)
        yield datetime.combine(day, time.min, LOCAL)
        yield datetime.combine(day, time(23, 59), LOCAL)


@cache
def _workdays() -> dict[date, bool]:
    return {day: is_workday for day, is_workday, _name in known_days() if day >= _FIRST}
