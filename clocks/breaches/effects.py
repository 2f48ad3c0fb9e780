"""What follows when a clock is breached, beside the entry in the journal.

Rooms above register their functions; plans name them. An effect runs in a savepoint of the
sweep's transaction: what it writes commits together with the breach, and if it raises, the breach stays
and the effect is tried again.
"""

from collections.abc import Callable
from datetime import datetime

from clocks.models import Clock
from common.hooks import NamedHook

Effect = Callable[[Clock, datetime], None]

#: By the names that plans know, such as "signoff.escalate"; called as effect(clock, now).
EFFECTS: NamedHook[Effect] = NamedHook()


def known() -> frozenset[str]:
    return frozenset(EFFECTS)


def run(clock: Clock, now: datetime) -> None:
    """Run the clock's effect. Raises LookupError if nothing of that name is registered."""
    if clock.effect not in EFFECTS:
        raise LookupError(f"no effect is registered as {clock.effect!r}")
    EFFECTS[clock.effect](clock, now)
