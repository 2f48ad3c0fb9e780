"""What incidents give to the rooms below."""

from accounts.exclusions.things import KINDS
from accounts.reform.waiting import OPEN
from accounts.scope import EXCEPTIONS
from common.references import READERS
from incidents.emergency.alerts import while_unreviewed
from incidents.models import granted_threads
from incidents.queries import find_thing, key_of_number, open_at
from incidents.replay_source import SOURCE
from incidents.validity import while_in_danger, while_open
from notices.relevance.validity import CHECKS, always
from plans.rehearsal.replay_source import CASES

EXCEPTIONS.register(granted_threads)
OPEN.register(open_at)
READERS.register(key_of_number)
CASES.register(SOURCE)
KINDS.register("incident", find_thing)

CHECKS.register("incident.reported", while_open)
CHECKS.register("incident.graver", while_open)
CHECKS.register("incident.life_safety", while_in_danger)
CHECKS.register("incident.stood_down", always)
CHECKS.register("emergency.opened", while_unreviewed)
