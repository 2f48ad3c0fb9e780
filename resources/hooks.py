"""What resources give to the rooms below."""

from accounts.reform.waiting import OPEN
from incidents.queries import HOLDING_OPEN
from notices.relevance.validity import CHECKS
from resources.experts.alerts import LASTING
from resources.experts.queries import held_open
from resources.materials.queries import stock_at

HOLDING_OPEN.register(held_open)
OPEN.register(stock_at)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
