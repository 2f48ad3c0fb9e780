"""What the engine does for this room: the fold every second, the rounds every few."""

import time
from datetime import datetime

from zero_reports.counts.tallies import BATCH, fold
from zero_reports.rounds.actions import fix_rounds, open_rounds, recount_rounds

#: One run goes on while there is work, but not for ever.
BUSY_SECONDS = 3.0


def fold_tallies(now: datetime) -> int:
    """Count the journal's new entries into the tallies. Returns how many entries were read."""
    total, end = 0, time.monotonic() + BUSY_SECONDS
    while done := fold():
        total += done
        if done < BATCH or time.monotonic() > end:
            break
    return total


def run_rounds(now: datetime) -> int:
    """Open what the day asks for, fix what is past its cut-off, count anew where units came or went."""
    return len(open_rounds(now=now)) + len(fix_rounds(now=now)) + recount_rounds(now)
