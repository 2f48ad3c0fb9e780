"""What command gives to the rooms below."""

from command.orders.alerts import order_recipients
from command.orders.queries import held_open, key_of_number
from command.orders.validity import LASTING
from common.references import READERS
from incidents.queries import HOLDING_OPEN
from notices.relevance.validity import CHECKS
from plans.people.overdue import RESPONSIBLE

READERS.register(key_of_number)
HOLDING_OPEN.register(held_open)

RESPONSIBLE.register("order_recipient", order_recipients)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
