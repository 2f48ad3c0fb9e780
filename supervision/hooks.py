"""What supervision gives to the rooms below."""

from accounts.exclusions.things import KINDS
from accounts.reform.waiting import OPEN
from clocks.breaches.effects import EFFECTS
from notices.relevance.validity import CHECKS
from plans.lifecycle.watched import ASKING
from plans.people.overdue import RESPONSIBLE
from supervision import people
from supervision.corrections.actions import tell_overdue
from supervision.corrections.queries import open_at
from supervision.corrections.rules import OVERDUE
from supervision.inquiries.alerts import decider_of, investigator_of
from supervision.inquiries.queries import find_thing
from supervision.months.rules import is_asked
from supervision.teams.queries import areas_at
from supervision.validity import LASTING

ASKING.register(is_asked)
OPEN.register(areas_at)
OPEN.register(open_at)
EFFECTS.register(OVERDUE, tell_overdue)
RESPONSIBLE.register(people.TEAM, people.late_team)
RESPONSIBLE.register(people.UNIT, people.late_unit)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)

KINDS.register("inquiry", find_thing)
RESPONSIBLE.register("accountability_group", investigator_of)
RESPONSIBLE.register("bureau_party_group", decider_of)
