"""What drills give to the rooms below."""

from accounts.reform.waiting import OPEN
from common.references import READERS
from drills.conduct.alerts import LASTING
from drills.conduct.queries import key_of_number, objection_to_reopen, open_at
from incidents.queries import KEPT_CLOSED
from notices.relevance.validity import CHECKS

READERS.register(key_of_number)
OPEN.register(open_at)
KEPT_CLOSED.register(objection_to_reopen)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
