"""What command gives to the rooms below."""

from accounts.reform.waiting import OPEN
from command.activation import alerts as activation
from command.activation import queries as responses
from command.linkage import alerts as linkage_alerts
from command.linkage import queries as linkage
from command.measures import alerts as measure_alerts
from command.measures import queries as measures
from command.obligations import alerts as obligations
from command.orders.alerts import order_recipients
from command.orders.queries import held_open, key_of_number
from command.orders.validity import LASTING
from command.report_chain import queries as report_chain
from command.report_chain.validity import while_to_sign
from command.statements import alerts as statement_alerts
from common.references import READERS
from incidents.queries import HOLDING_OPEN
from incidents.switching.queries import OBJECTIONS
from notices.relevance.validity import CHECKS
from plans.people.overdue import RESPONSIBLE

READERS.register(key_of_number)
READERS.register(linkage.key_of_number)
OPEN.register(linkage.open_at)
READERS.register(responses.key_of_number)
HOLDING_OPEN.register(held_open)
HOLDING_OPEN.register(linkage.held_open)
READERS.register(report_chain.key_of_number)
HOLDING_OPEN.register(report_chain.holding_open)
HOLDING_OPEN.register(responses.held_open)
HOLDING_OPEN.register(measures.held_open)
OBJECTIONS.register(responses.objection_to_switch)

RESPONSIBLE.register("order_recipient", order_recipients)
RESPONSIBLE.register("decider", activation.deciders_asked)

for purpose, check in (LASTING | linkage_alerts.LASTING | activation.LASTING | obligations.LASTING).items():
    CHECKS.register(purpose, check)

for purpose, check in (measure_alerts.LASTING | statement_alerts.LASTING).items():
    CHECKS.register(purpose, check)

CHECKS.register("upward_report.to_sign", while_to_sign)
