"""What a plan says of the time after an incident: what is asked about it, who approves the review, and when whoever
has an improvement to make is asked for it. Pure, like the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from clocks.durations import end_of, parse
from common.dates.local_time import LOCAL, day_of
from plans.checks.findings import Finding, problem
from plans.document.reminding import Remind, remind_of
from plans.document.sections import Role, role_of
from plans.document.words import Words, named
from plans.engine.evaluation import Document

#: In the order in which a review goes through them.
PHASES = ("before", "during", "after")
#: Characters of a question's id where an answer keeps it.
LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about an incident that is over."""

    id: str
    phase: str
    words: Words
    cite: str = ""
    is_proposal: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step in chasing an improvement. Before the day its owner is asked, after it the role hears of it."""

    at: datetime
    #: Empty: whoever has it to do.
    role: str = ""


def questions_of(document: Document) -> tuple[Question, ...]:
    """The plan's questions, those about the time before the incident first; none where it asks nothing."""
    entry = document.get("after_action", {})
    found = [
        Question(
            one["id"],
            one["phase"],
            named(one),
            one.get("cite", entry.get("cite", "")),
            one.get("origin", entry.get("origin")) == "proposal",
        )
        for one in entry.get("questions", ())
    ]
    return tuple(sorted(found, key=lambda one: PHASES.index(one.phase)))


def approver_of(document: Document) -> Role | None:
    """Who approves a review; None where the plan does not say."""
    name = document.get("after_action", {}).get("approver")
    return role_of(document, name) if name else None


def remind_of_improvements(document: Document) -> Remind:
    return remind_of(document.get("after_action", {}).get("improvements"))


def reminders(remind: Remind, due_at: datetime) -> list[Reminder]:
    """The steps around `due_at`, in their order. Days count whole: one day before a Friday is the Thursday."""
    before = [Reminder(_before(due_at, text)) for text in remind.before]
    after = [Reminder(_after(due_at, step.after), step.role) for step in remind.climb]
    return sorted([*before, *after], key=lambda step: step.at)


def _before(due_at: datetime, text: str) -> datetime:
    kind, amount = parse(text)
    if kind == "exact":
        return due_at - timedelta(seconds=amount)
    return datetime.combine(day_of(due_at) - timedelta(days=amount), time.min, LOCAL)


def _after(due_at: datetime, text: str) -> datetime:
    kind, amount = parse(text)
    return (
        due_at + timedelta(seconds=amount)
        if kind == "exact"
        else end_of(day_of(due_at) + timedelta(days=amount))
    )


def role_places(document: Mapping) -> Iterator[tuple[str, Mapping, tuple[str, ...]]]:
    """Where the section names roles: path, entry, keys."""
    entry = document.get("after_action", {})
    yield "after_action", entry, ("approver",)
    for index, step in enumerate(entry.get("improvements", {}).get("climb", ())):
        yield f"after_action.improvements.climb[{index}]", step, ("role",)


def findings(document: Mapping) -> Iterator[Finding]:
    """Each question once; times that can be counted; silence climbs upwards in time."""
    entry, seen = document.get("after_action", {}), set()
    for index, one in enumerate(entry.get("questions", ())):
        path = f"after_action.questions[{index}].id"
        if one["id"] in seen:
            yield problem(path, "The id “%(value)s” is used twice.", value=one["id"])
        if len(one["id"]) > LONGEST_ID:
            yield problem(path, "The id “%(value)s” is longer than %(most)s characters.", value=one["id"],
                          most=LONGEST_ID)  # fmt: skip
        seen.add(one["id"])
    steps, last = entry.get("improvements", {}), timedelta(-1)
    for index, text in enumerate(steps.get("before", ())):
        yield from _figure(text, f"after_action.improvements.before[{index}]")
    for index, step in enumerate(steps.get("climb", ())):
        path = f"after_action.improvements.climb[{index}].after"
        found = list(_figure(step["after"], path))
        yield from found
        span = timedelta() if found else _span(step["after"])
        if span < last:
            yield problem(path, "The steps of an escalation are written in the order of their times.")
        last = span


def _figure(text: str, path: str) -> Iterator[Finding]:
    try:
        is_counted = parse(text).kind in ("exact", "days")
    except ValueError:
        is_counted = False
    if not is_counted:
        yield problem(path, "“%(text)s” is no time that can be counted back or on: PT4H, P3D.", text=text)


def _span(text: str) -> timedelta:
    kind, amount = parse(text)
    return timedelta(seconds=amount) if kind == "exact" else timedelta(days=amount)
