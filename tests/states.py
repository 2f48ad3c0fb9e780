"""What an act writes and whom it tells, compared with its row in the table of its room's rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Max

from common.states import StateTable
from journal.models import Entry
from notices.choices import State
from notices.models import Notice
from notices.silence.no_recipients import PURPOSE as NOBODY_TOLD


def newest(model) -> int:
    return model.objects.aggregate(newest=Max("pk"))["newest"] or 0


def reasons(*, after: int, subject: str) -> set[str]:
    rows = Notice.objects.filter(pk__gt=after, subject=subject)
    return {one for one in rows.values_list("purpose", flat=True) if one != NOBODY_TOLD}


@contextmanager
def done_as_in_the_table(
    table: StateTable, *verbs: str, subject: str = "", tells: bool = False
) -> Iterator[list[str]]:
    """Inside, the `verbs` are carried out in one act on the thing of that journal key, or on one that the act begins:
    then the key is put into the list. With `tells` somebody is there to be told of all that the rows name."""
    key = [subject] if subject else []
    entry, notice = newest(Entry), newest(Notice)
    yield key
    rows = [table[verb] for verb in verbs]
    written = set(Entry.objects.filter(pk__gt=entry, subject=key[0]).values_list("kind", flat=True))
    must = {row.entry for row in rows} - {""}
    assert must <= written, verbs
    assert written - must <= {kind for row in rows for kind in row.also}, verbs
    told = reasons(after=notice, subject=key[0])
    named = {purpose for row in rows for purpose in row.tells}
    heard = {name for name in named for one in told if one == name or one.startswith(f"{name}.")}
    assert all(any(one == name or one.startswith(f"{name}.") for name in named) for one in told), (
        verbs,
        told,
    )
    assert heard == named or not tells, verbs


def all_heard(subject: str, now: datetime) -> None:
    """Everybody has what was queued for them: who has not heard of a thing need not hear of its end."""
    rows = Notice.objects.filter(subject=subject, state__in=[State.QUEUED, State.SENT])
    rows.update(state=State.DELIVERED, sent_at=now, delivered_at=now)


@contextmanager
def nothing_written() -> Iterator[None]:
    """A refusal inside leaves no entry and no notice."""
    before = newest(Entry), newest(Notice)
    yield
    assert (newest(Entry), newest(Notice)) == before
