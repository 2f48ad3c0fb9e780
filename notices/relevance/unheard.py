"""How long this room's own reasons to tell last: somebody else's silence, a test of a number."""

from collections.abc import Sequence
from datetime import datetime

from notices.models import Callout
from notices.relevance import validity


def while_unheard(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """That nobody heard is news for the duty leader as long as somebody is still waited for."""
    waiting = Callout.objects.filter(
        subject__in={row.subject for row in rows},
        breached_at__isnull=False,
        ended_at__isnull=True,
        answer="",
    )
    silent = {(subject, pk) for subject, pk in waiting.values_list("subject", "pk")}
    return {row.pk: validity.OVER for row in rows if not _is_waited_for(row, silent)}


def _is_waited_for(row: validity.Told, silent: set[tuple[str, int]]) -> bool:
    """ "notice.unheard.17" speaks of one callout, "notice.unheard" of all of a subject."""
    pk = row.purpose.rpartition(".")[2]
    if pk.isdigit():
        return (row.subject, int(pk)) in silent
    return any(subject == row.subject for subject, _pk in silent)
