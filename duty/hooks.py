"""What duty gives to the rooms below."""

from clocks.breaches.effects import EFFECTS
from duty.shifts import actions, handovers
from duty.validity import LASTING
from notices.relevance.validity import CHECKS

EFFECTS.register("shift.stand_in", actions.stand_in)
EFFECTS.register("handover.ring", handovers.ring_for_handover)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
