"""What reports give to the rooms below."""

from duty.shifts.choices import ItemKind
from duty.shifts.queries import PASSING
from notices.addenda import ADDERS
from notices.still import CHECKS
from plans.watched import ASKING
from reports import cadence
from reports.handover import silent_units
from reports.reminders.alerts import PURPOSE
from reports.reminders.links import links_for
from reports.reminders.still import not_needed

PASSING.register(ItemKind.SILENT, silent_units)
ADDERS.register(PURPOSE, links_for)

ASKING.register(cadence.is_asked)

CHECKS.register("report", not_needed)
