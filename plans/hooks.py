"""What plans give to the rooms below: the clocks of statutes, how long the news of a breach lasts."""

from clocks.rulebook import STANDING
from notices.relevance.validity import CHECKS
from plans.lifecycle.standing import statutory_rules
from plans.people import overdue

STANDING.register(statutory_rules)
CHECKS.register(overdue.PURPOSE, overdue.while_running)
