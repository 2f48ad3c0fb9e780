"""What a plan asks for within an hour of some moment, by window: read out of its document. Pure, like the engine.

A time limit counts from its own beginning (the finding, the signature, the order), so each line says from when.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accounts.choices import PostKind
from clocks.durations import parse
from plans.document.clock_rules import runs
from plans.document.packages import package_at
from plans.document.response import owed_at
from plans.document.sections import ClockLine, Role, arrive_within, clocks_of, role_of
from plans.document.words import NO_WORDS, Words
from plans.engine.evaluation import Document, levels_of
from plans.versions.phrases import duration_words, kind_words

#: Minutes, each up to and including.
WINDOWS = (3, 15, 30, 60)
ISSUED = "order.issued"


@dataclass(frozen=True, slots=True)
class Step:
    words: Words
    #: A duration of at most an hour, or "immediate".
    within: str
    #: The entry it counts from, in words.
    since: Words = NO_WORDS
    roles: tuple[Role, ...] = ()
    #: Kinds of posts that it falls to besides: squads are no role of a plan.
    posts: tuple[str, ...] = ()
    #: Levels it holds at; empty = at every level, or before there is one.
    levels: tuple[str, ...] = ()
    cite: str = ""
    #: The plan's source is silent: the bureau set it.
    is_proposal: bool = False

    @property
    def minutes(self) -> float:
        return parse(self.within).amount / 60

    @property
    def time(self) -> Words:
        return duration_words(self.within)


def first_hour(document: Document) -> dict[int, list[Step]]:
    """The steps of each window, shortest first."""
    steps = sorted(_merged(_steps(document)), key=lambda step: step.minutes)
    found: dict[int, list[Step]] = {window: [] for window in WINDOWS}
    for step in steps:
        found[next(window for window in WINDOWS if step.minutes <= window)].append(step)
    return found


def _steps(document: Document) -> Iterator[Step]:
    for step in (*_of_clocks(document), *_owed(document), *_of_orders(document)):
        if _is_within_the_hour(step.within):
            yield step


def _is_within_the_hour(text: str) -> bool:
    if text == "immediate":
        return True
    duration = parse(text or "unspecified")
    return duration.kind == "exact" and duration.amount <= WINDOWS[-1] * 60


def _of_clocks(document: Document) -> Iterator[Step]:
    for line in clocks_of(document):
        if runs(line) and line.start and not line.recurrence:
            yield _clock(document, line)


def _clock(document: Document, line: ClockLine) -> Step:
    return Step(
        words=line.words,
        within=line.duration,
        since=kind_words(line.start),
        roles=tuple(role_of(document, name) for name in line.roles),
        levels=(line.when_level,) if line.when_level else (),
        cite=line.cite,
        is_proposal=line.origin == "proposal",
    )


def _owed(document: Document) -> Iterator[Step]:
    for level in levels_of(document):
        for owed in owed_at(document, level.id):
            roles = tuple(role_of(document, name) for name in owed.roles)
            since = kind_words("response.started")
            yield Step(owed.words, owed.within, since, roles, levels=(level.id,), cite=owed.cite)


def _of_orders(document: Document) -> Iterator[Step]:
    """What lies ready at each level with a time of its own, and by when an order's recipient is there."""
    since = kind_words(ISSUED)
    for level in levels_of(document):
        for order in package_at(document, level.id).orders:
            if order.level == level.id:
                roles = (role_of(document, order.role),) if order.role else ()
                squad = (PostKind.SQUAD,) if order.squad else ()
                yield Step(order.words, order.within, since, roles, squad, (level.id,), order.cite)
    section = document.get("orders", {})
    for post, what in _ARRIVES.items():
        yield Step(
            what,
            arrive_within(document, post),
            since,
            posts=(post,),
            cite=section.get("cite", ""),
            is_proposal=section.get("origin") == "proposal",
        )


_ARRIVES = {
    PostKind.SQUAD: Words("专班到场（指令另定的除外）", "Squads are there, unless the order says otherwise"),
    PostKind.FIRST_RESPONDER: Words("第一响应人到场", "First responders are there"),
}


def _merged(steps: Iterator[Step]) -> list[Step]:
    """What holds alike at several levels stands once, with all of them."""
    found: dict[Step, tuple[str, ...]] = {}
    for step in steps:
        bare = replace(step, levels=())
        found[bare] = (*found.get(bare, ()), *step.levels)
    return [replace(step, levels=tuple(dict.fromkeys(levels))) for step, levels in found.items()]
