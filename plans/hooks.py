"""What plans give to the rooms below: the clocks of statutes, how long the news of a breach lasts."""

from clocks.rulebook import STANDING
from notices.still import CHECKS
from plans import overdue
from plans.standing import statutory_rules

STANDING.register(statutory_rules)
CHECKS.register(overdue.PURPOSE, overdue.while_running)
