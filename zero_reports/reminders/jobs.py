"""What the engine does for reminders."""

import time
from datetime import datetime

from zero_reports.reminders.actions import take_back, take_step, write_steps

#: One run goes on while there is work, but not for ever.
BUSY_SECONDS = 3.0


def run_reminders(now: datetime) -> int:
    """Take back what has been answered, write down the steps of new rounds, take those that are due."""
    end = time.monotonic() + BUSY_SECONDS
    done = take_back(now) + write_steps(now)
    while (taken := take_step(now)) and time.monotonic() < end:
        done += taken
    return done
