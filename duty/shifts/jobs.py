"""What the engine does for shifts and comms checks, every few seconds: one short look each where nothing is due."""

from datetime import datetime

from duty.comms_checks.actions import run_comms_checks
from duty.shifts.actions import begin_due, check_numbers


def run_shifts(now: datetime) -> int:
    """Begin what is due, settle the number tests, send and count test notices."""
    return begin_due(now) + check_numbers(now) + run_comms_checks(now)
