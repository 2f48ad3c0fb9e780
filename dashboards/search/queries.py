"""What is looked for, and what was found under the reader's own rights."""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.scope import Reach
from common.errors import not_found
from dashboards.search.subjects import SUBJECTS, Subject

#: A single character is in nearly everything.
SHORTEST, LONGEST = 2, 60
#: Words looked for; each has to be somewhere in the row.
MOST_WORDS = 5
#: Rows of a subject where all are shown together.
A_FEW = 5

BY_SLUG = {subject.slug: subject for subject in SUBJECTS}


class Found(NamedTuple):
    title: str
    details: str
    address: str


class Group(NamedTuple):
    """What one subject has; `more` says that there is more than is shown."""

    subject: Subject
    rows: list[Found]
    more: bool


def asked_text(given: str) -> str:
    return " ".join(given.split())[:LONGEST].strip()


def get_subject(slug: str) -> Subject:
    """NotFound where there is none of that name."""
    if slug not in BY_SLUG:
        raise not_found()
    return BY_SLUG[slug]


def rows_with(reach: Reach, subject: Subject, text: str, now: datetime) -> QuerySet:
    """The subject's rows that hold every word, in its order."""
    conditions = [
        reduce(or_, (Q(**{f"{field}__icontains": word}) for field in subject.fields))
        for word in text.split()[:MOST_WORDS]
    ]
    return subject.rows(reach, now).filter(reduce(and_, conditions)).order_by(*subject.newest)


def found_in(subject: Subject, rows: list[Any]) -> list[Found]:
    return [Found(subject.title(row), _in_a_row(subject.details(row)), subject.address(row)) for row in rows]


def _in_a_row(details: tuple) -> str:
    return " · ".join(str(one) for one in details if one not in (None, ""))


def search(reach: Reach, text: str, now: datetime) -> Iterator[Group]:
    """A few of each subject that has any: one query for each, however much there is."""
    for subject in SUBJECTS:
        rows = list(rows_with(reach, subject, text, now)[: A_FEW + 1])
        if rows:
            yield Group(subject, found_in(subject, rows[:A_FEW]), len(rows) > A_FEW)


def only_page(groups: list[Group], text: str) -> str:
    """The address where exactly one thing was found and it is called by the number that was typed; else empty."""
    if len(groups) != 1 or groups[0].more or len(groups[0].rows) != 1:
        return ""
    found = groups[0].rows[0]
    names = {name.casefold() for name in (found.title, *found.details.split(" · "))}
    return found.address if text.casefold() in names else ""
