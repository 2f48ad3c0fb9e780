"""What is only to be known: confirmed together, with one act. 200 alarms are not 200 presses."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from notices.actions import record_acknowledged
from notices.choices import ROUTINE, State
from notices.models import Notice
from notices.reading.queries import needing_no_answer


class Inbox(NamedTuple):
    """What somebody has on screen: what asks something of them one by one, the rest as one."""

    asking: list[Notice]
    known: list[Notice]


def sorted_inbox(rows: Iterable[Notice]) -> Inbox:
    """Rows of `queries.inbox`, told apart as `queries.needing_no_answer` does."""
    notices = list(rows)
    asking = [notice for notice in notices if not _is_only_to_be_known(notice)]
    return Inbox(asking, [notice for notice in notices if _is_only_to_be_known(notice)])


def _is_only_to_be_known(notice: Notice) -> bool:
    return notice.priority == ROUTINE and not notice.wants_answer


@transaction.atomic
def acknowledge_together(*, actor: User, upto: int, now: datetime) -> int:
    """Confirm what needs no answer of this person, up to the notice with the key `upto`. Returns how many.

    Each notice gets its own entry in the journal, with how many were confirmed by the same act: in an incident's
    timeline it is plain who knew of it, and that it was one press for many. What asks for an answer, a signature or
    an act is left alone, and so is what has come since.
    """
    meant = needing_no_answer(actor).filter(pk__lte=upto).order_by("pk").values("pk")
    rows = list(
        Notice.objects.select_for_update(of=("self",))
        .filter(pk__in=meant)
        .select_related("unit")
        .order_by("pk")
    )

    for notice in rows:
        notice.state, notice.acknowledged_at = State.ACKNOWLEDGED, now
    Notice.objects.bulk_update(rows, ["state", "acknowledged_at"], batch_size=500)
    _take_back_twins(actor, rows)

    for notice in rows:
        record_acknowledged(notice, actor, now, together=len(rows))
    return len(rows)


def _take_back_twins(actor: User, rows: list[Notice]) -> None:
    """What still waits for the same person and reason is not sent any more."""
    confirmed = Notice.objects.filter(
        pk__in=[notice.pk for notice in rows], subject=OuterRef("subject"), purpose=OuterRef("purpose")
    )
    waiting = Notice.objects.open().filter(Exists(confirmed), recipient=actor)
    waiting.update(state=State.CANCELLED, last_error="confirmed elsewhere")
