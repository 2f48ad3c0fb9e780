"""What holds of orders, after a closing and of inquiries, where a plan says nothing itself: data too, beside the plans (plans/general).
Pure but for three files."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from clocks.durations import parse
from clocks.models import ClockRule
from plans.document.clock_rules import clock_rules
from plans.document.sections import ClockLine, clocks_of
from plans.document.sections import arrive_within as plans_own
from plans.document.strict_yaml import read
from plans.engine.evaluation import Document

_FOLDER = Path(__file__).parent.parent / "general"
_FILES = ("orders.yaml", "closing.yaml", "inquiries.yaml")


class ChaseStep(NamedTuple):
    """Who else hears, how long after the limit has passed, that a state of an order lasts too long."""

    after: timedelta
    #: duty_room or leader.
    tell: str


@cache
def general() -> Document:
    """The documents themselves, read once, as one."""
    orders, closing, inquiries = (read((_FOLDER / name).read_text(encoding="utf-8")).value for name in _FILES)
    return {**orders, "clocks": [*orders["clocks"], *closing["clocks"], *inquiries["clocks"]]}


def closing_clocks(document: Document) -> tuple[ClockLine, ...]:
    """The general clocks that run from a closing under this plan: those that it has none of its own for."""
    return tuple(line for line in _beside(clocks_of(document)) if line.start == "incident.closed")


def _beside(own: tuple[ClockLine, ...]) -> list[ClockLine]:
    covered = {(line.start, line.stop) for line in own if not line.when_level}
    return [line for line in clocks_of(general()) if (line.start, line.stop) not in covered]


def rules_beside(plan: str, own: Sequence[ClockRule]) -> list[ClockRule]:
    """The general rules for whatever the plan version has no rule of its own."""
    covered = {(rule.start_kind, rule.stop_kind) for rule in own if not rule.when_level}
    lines = [line for line in clocks_of(general()) if (line.start, line.stop) not in covered]
    return clock_rules(lines, plan)


def order_clocks(document: Document) -> tuple[ClockLine, ...]:
    """Every clock that runs of orders under this plan: its own, and the general ones beside them."""
    own = tuple(line for line in clocks_of(document) if line.start.startswith("order."))
    return own + tuple(line for line in _beside(own) if line.start.startswith("order."))


def arrive_within(document: Document, what: str) -> str:
    """The plan's time to arrive, or the general one."""
    return plans_own(document, what) or plans_own(general(), what)


def enough_of(document: Document) -> int | None:
    """How many of several that are called are enough, where the plan says so."""
    return document.get("orders", {}).get("enough")


class RollCallTimes(NamedTuple):
    """How long our own people on the spot have to answer, and how often they are asked while it is dangerous."""

    answer_within: timedelta
    every: timedelta


def roll_call_of(document: Document) -> RollCallTimes:
    """The plan's times of a roll-call, or the general ones."""
    said = general()["orders"]["roll_call"] | document.get("orders", {}).get("roll_call", {})
    return RollCallTimes(*(timedelta(seconds=parse(said[name]).amount) for name in RollCallTimes._fields))


def chase_of(document: Document) -> tuple[ChaseStep, ...]:
    """The plan's steps after a limit of an order has passed, or the general ones."""
    said = document.get("orders", {}).get("chase") or general()["orders"]["chase"]
    return tuple(ChaseStep(timedelta(seconds=parse(one["after"]).amount), one["tell"]) for one in said)
