"""What cases give to the rooms below."""

from accounts.exclusions.things import KINDS, PARTS
from accounts.reform.waiting import OPEN
from cases.answers_due.actions import PURPOSE as ANSWERS_DUE
from cases.demands.alerts import LED, SUPPORTED, while_open
from cases.demands.due import follow_clocks
from cases.demands.queries import find_thing as find_demand
from cases.demands.queries import held_open, parts_of
from cases.leader_cases import alerts as leader_case_alerts
from cases.leader_cases import queries as leader_cases
from cases.leader_cases.proposing import propose_for_incident
from cases.matters.queries import find_thing as find_matter
from cases.matters.queries import unfiled_at
from cases.receptions import alerts as receptions
from cases.receptions.queries import held_open as receptions_held_open
from cases.receptions.queries import reception_of
from clocks.following import FOLLOWING
from common.references import READERS
from incidents.queries import HOLDING_OPEN
from incidents.reporting.facts_known import FACTS_KNOWN
from notices.relevance.validity import CHECKS, always
from plans.people.overdue import RESPONSIBLE

OPEN.register(unfiled_at)
HOLDING_OPEN.register(held_open)
HOLDING_OPEN.register(receptions_held_open)
OPEN.register(leader_cases.open_at)
READERS.register(leader_cases.key_of_number)
FACTS_KNOWN.register(propose_for_incident)
RESPONSIBLE.register(leader_case_alerts.ROLE, leader_case_alerts.late_leader)
FOLLOWING.register(follow_clocks)
# Carries the end of its day.
CHECKS.register(ANSWERS_DUE, always)
CHECKS.register(LED, while_open)
CHECKS.register(SUPPORTED, while_open)

for purpose, check in (receptions.LASTING | leader_case_alerts.LASTING).items():
    CHECKS.register(purpose, check)

KINDS.register("demand", find_demand)
KINDS.register("matter", find_matter)
PARTS.register(parts_of)
PARTS.register(reception_of)
PARTS.register(leader_cases.cases_of)
KINDS.register("leader_case", leader_cases.find_thing)
