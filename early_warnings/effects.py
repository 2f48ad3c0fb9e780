"""What a breached sign-off clock sets in motion. Registered as "signoff.escalate"; plans name it."""

from datetime import datetime

from clocks.models import Clock
from early_warnings.actions import escalate


def escalate_signoff(clock: Clock, now: datetime) -> None:
    """Ask the next one to sign: the standing deputy, then the next higher seat, as the plan's clock says."""
    kind, _colon, pk = clock.subject.partition(":")
    if kind == "warning":
        escalate(warning_id=int(pk), clock_id=clock.clock_id, now=now)
