"""What a slip says and how long its code opens a page. Plain values in and out."""

from datetime import datetime, timedelta

#: After the closing: long enough for a review and a re-check to be asked for (thirty days each).
KEPT = timedelta(days=90)


def is_open(*, revoked_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    return revoked_at is None and (closed_at is None or now < closed_at + KEPT)
