"""The proof that somebody was told: each person and channel with its times as the journal has them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from journal.keys import key
from journal.models import Entry
from notices.incoming.failure_reasons import is_not_needed
from notices.models import Callout, EscalationStep, Notice

#: What the journal says of a notice, and the column it stands for.
_COLUMNS = {
    "notice.sent": "sent_at",
    "notice.delivered": "delivered_at",
    "notice.heard": "heard_at",
    "notice.acknowledged": "acknowledged_at",
}


class ProofRow(NamedTuple):
    """One person on one channel. Times: from the journal's entry where there is one, else from the row."""

    notice: Notice
    sent_at: datetime | None
    delivered_at: datetime | None
    heard_at: datetime | None
    acknowledged_at: datetime | None
    #: Numbers of the journal's entries, to look them up by.
    entries: tuple[int, ...]


class Person(NamedTuple):
    callout: Callout | None
    name: str
    post: str
    lines: list[ProofRow]
    steps: list[EscalationStep]

    @property
    def is_reached(self) -> bool:
        """Heard or confirmed, on any channel."""
        return any(line.heard_at or line.acknowledged_at for line in self.lines)


class Text(NamedTuple):
    """What a channel said, word for word, and which version of which template that was ("warning.signed/sms@1")."""

    wording: str
    channels: list[str]
    words: str


class ProofSheet(NamedTuple):
    people: list[Person]
    reached: int
    texts: list[Text]
    #: Steps that were taken, as the journal has them.
    followed_up: list[Entry]


def proof_sheet_of(*, subject: str, thread: str, purpose: str) -> ProofSheet:
    """Who was told of a subject for one reason, and what followed where nobody heard. Four queries.

    The caller has asked whether the reader may see the subject.
    """
    notices = list(
        Notice.objects.filter(subject=subject, purpose=purpose)
        .select_related("recipient", "held_post")
        .order_by("queued_at", "id")
    )
    entries = _entries(thread, notices)
    callouts = {
        one.recipient_id: one
        for one in Callout.objects.filter(subject=subject, purpose=purpose)
        .select_related("stands_in_for__recipient", "held_post")
        .prefetch_related("steps")
    }
    # Whoever was told next has a callout of their own: it knows the post in the reader's language.
    posts = {callout.post: callout.post_words for callout in callouts.values()}
    people: dict[int, Person] = {}
    for notice in notices:
        callout = callouts.get(notice.recipient_id)
        person = people.setdefault(
            notice.recipient_id,
            Person(callout, str(notice.recipient), notice.post_words, [], _steps(callout, posts)),
        )
        person.lines.append(_line(notice, entries.get(key("notice", notice.pk), [])))
    rows = list(people.values())
    reached = sum(person.is_reached for person in rows)
    return ProofSheet(rows, reached, _texts(notices), entries.get("", []))


def _texts(notices: Iterable[Notice]) -> list[Text]:
    """Each text once, as its recipients got it, with the channels that said it."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for notice in notices:
        said_by = found.setdefault((notice.wording, notice.text_for_recipient()), {})
        said_by[str(notice.get_channel_display())] = None  # type: ignore[attr-defined]
    return [Text(wording, list(channels), words) for (wording, words), channels in found.items()]


def _steps(callout: Callout | None, posts: dict[str, str]) -> list[EscalationStep]:
    """What was done, and what is still to come; a step that was not needed is not news."""
    steps = callout.steps.all() if callout else []
    shown = [step for step in steps if step.done_at is None or not is_not_needed(step.result)]
    for step in shown:
        step.known_posts = posts
    return sorted(shown, key=lambda step: (step.due_at, step.number))


def _entries(thread: str, notices: Iterable[Notice]) -> dict[str, list[Entry]]:
    """Entries by notice; under "" what was done because nobody heard."""
    kinds = [*_COLUMNS, "notice.failed", "notice.escalated", "notice.unheard"]
    wanted = {key("notice", notice.pk) for notice in notices}
    found: dict[str, list[Entry]] = {}
    for entry in Entry.objects.filter(thread=thread, kind__in=kinds).order_by("id"):
        if entry.subject in wanted:
            found.setdefault(entry.subject, []).append(entry)
        elif entry.kind in ("notice.escalated", "notice.unheard"):
            found.setdefault("", []).append(entry)
    return found


def _line(notice: Notice, entries: list[Entry]) -> ProofRow:
    times = {column: getattr(notice, column) for column in _COLUMNS.values()}
    for entry in reversed(entries):
        if column := _COLUMNS.get(entry.kind):
            times[column] = entry.at
    numbers = tuple(entry.number for entry in entries if entry.number)
    return ProofRow(notice, **times, entries=numbers)
