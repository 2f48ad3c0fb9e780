"""What plans give to the rooms below: the clocks of statutes, how long the news of a breach lasts, long replays."""

from clocks.rulebook import GENERAL, STANDING
from notices.relevance.validity import CHECKS
from plans.document.general import rules_beside
from plans.lifecycle.standing import statutory_rules
from plans.people import overdue
from plans.rehearsal.works import REPLAY
from works.kinds import KINDS

STANDING.register(statutory_rules)
GENERAL.register(rules_beside)
CHECKS.register(overdue.PURPOSE, overdue.while_running)
CHECKS.register(overdue.WARNING, overdue.while_before_end)
KINDS.register("replay", REPLAY)
