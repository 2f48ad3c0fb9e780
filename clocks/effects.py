"""What follows when a clock is breached, beside the entry in the journal.

Rooms above register their functions in `ready()`; plans name them. An effect runs in a savepoint of the
sweep's transaction: what it writes commits together with the breach, and if it raises, the breach stays
and the effect is tried again.
"""

from collections.abc import Callable
from datetime import datetime

from clocks.models import Clock

Effect = Callable[[Clock, datetime], None]

_effects: dict[str, Effect] = {}


def register(name: str, effect: Effect) -> None:
    """Let plans name `effect`; called as effect(clock, now). Names look like "signoff.escalate"."""
    _effects[name] = effect


def known() -> frozenset[str]:
    return frozenset(_effects)


def run(clock: Clock, now: datetime) -> None:
    """Run the clock's effect. Raises LookupError if nothing of that name is registered."""
    if clock.effect not in _effects:
        raise LookupError(f"no effect is registered as {clock.effect!r}")
    _effects[clock.effect](clock, now)
