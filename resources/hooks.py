"""What resources give to the rooms below."""

from incidents.queries import HOLDING_OPEN
from resources.experts.queries import held_open

HOLDING_OPEN.register(held_open)
