"""What zero-reports give to the rooms below."""

from duty.shifts.choices import ItemKind
from duty.shifts.queries import PASSING
from exchange.choices import Kind
from exchange.queries import PAGES
from notices.relevance.validity import CHECKS
from notices.sending.before_sending import ADDITIONS
from plans.lifecycle.watched import ASKING
from works.kinds import KINDS
from zero_reports.bulk.works import WORKBOOK
from zero_reports.counts.handover import silent_units
from zero_reports.reminders.alerts import PURPOSE
from zero_reports.reminders.links import links_for
from zero_reports.reminders.validity import not_needed
from zero_reports.rollups import exchanged
from zero_reports.rounds import cadence

PASSING.register(ItemKind.SILENT, silent_units)
ADDITIONS.register(PURPOSE, links_for)

ASKING.register(cadence.is_asked)

CHECKS.register("report", not_needed)

KINDS.register("zero_reports", WORKBOOK)

PAGES.register(Kind.SUMMARY, exchanged.page_of)
