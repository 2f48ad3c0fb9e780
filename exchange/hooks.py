"""What exchange gives to the rooms below."""

from accounts.reform.waiting import OPEN
from exchange import alerts, queries
from notices.relevance.validity import CHECKS

OPEN.register(queries.open_at)

for purpose, check in alerts.LASTING.items():
    CHECKS.register(purpose, check)
