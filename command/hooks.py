"""What command gives to the rooms below."""

from accounts.reform.waiting import OPEN
from clocks.breaches.effects import EFFECTS
from command.activation import alerts as activation
from command.activation import queries as responses
from command.attendance import queries as attendance
from command.chasing.actions import begin_chase
from command.enough import alerts as enough_alerts
from command.improvements import alerts as improvement_alerts
from command.improvements.queries import open_at as improvements_open_at
from command.linkage import alerts as linkage_alerts
from command.linkage import queries as linkage
from command.links.actions import links_for
from command.measures import alerts as measure_alerts
from command.measures import queries as measures
from command.obligations import alerts as obligations
from command.obligations import queries as obligation_queries
from command.orders.alerts import order_recipients, order_spot
from command.orders.queries import held_open, key_of_number
from command.orders.validity import LASTING
from command.place_codes import alerts as place_code_alerts
from command.report_chain import exchanged
from command.report_chain import queries as report_chain
from command.report_chain.validity import while_to_sign
from command.review import alerts as review_alerts
from command.roll_call import alerts as roll_call_alerts
from command.roll_call.actions import name_silent
from command.roll_call.links import links_for as roll_call_links_for
from command.statements import alerts as statement_alerts
from command.statements import queries as statements
from common.references import READERS
from exchange.choices import Kind
from exchange.queries import PAGES
from exchange.receipts import ACKNOWLEDGED
from incidents.queries import HOLDING_OPEN
from incidents.switching.queries import OBJECTIONS
from notices.relevance.validity import CHECKS
from notices.sending.before_sending import ADDITIONS
from plans.people.overdue import RESPONSIBLE

READERS.register(key_of_number)
READERS.register(linkage.key_of_number)
OPEN.register(linkage.open_at)
OPEN.register(improvements_open_at)
READERS.register(responses.key_of_number)
HOLDING_OPEN.register(held_open)
HOLDING_OPEN.register(linkage.held_open)
READERS.register(report_chain.key_of_number)
HOLDING_OPEN.register(report_chain.holding_open)
HOLDING_OPEN.register(responses.held_open)
HOLDING_OPEN.register(measures.held_open)
HOLDING_OPEN.register(statements.held_open)
HOLDING_OPEN.register(attendance.held_open)
HOLDING_OPEN.register(obligation_queries.held_open)
OBJECTIONS.register(responses.objection_to_switch)

ADDITIONS.register("order.issued", links_for)
ADDITIONS.register("roll_call.asked", roll_call_links_for)
EFFECTS.register("order.chase", begin_chase)
EFFECTS.register("roll_call.name_silent", name_silent)
RESPONSIBLE.register("order_recipient", order_recipients)
RESPONSIBLE.register("order_spot", order_spot)
RESPONSIBLE.register("decider", activation.deciders_asked)
RESPONSIBLE.register(improvement_alerts.OWNER, improvement_alerts.late_owners)

for purpose, check in (LASTING | linkage_alerts.LASTING | activation.LASTING | obligations.LASTING).items():
    CHECKS.register(purpose, check)

for purpose, check in (
    measure_alerts.LASTING | statement_alerts.LASTING | improvement_alerts.LASTING
).items():
    CHECKS.register(purpose, check)

for purpose, check in (place_code_alerts.LASTING | roll_call_alerts.LASTING | enough_alerts.LASTING).items():
    CHECKS.register(purpose, check)

for purpose, check in review_alerts.LASTING.items():
    CHECKS.register(purpose, check)

CHECKS.register("upward_report.to_sign", while_to_sign)
ACKNOWLEDGED.register(Kind.UPWARD_REPORT, exchanged.note_acknowledged)
PAGES.register(Kind.UPWARD_REPORT, exchanged.page_of)
