"""What written reports give to the rooms below."""

from exchange.choices import Kind
from exchange.queries import PAGES
from notices.relevance.validity import CHECKS
from plans.lifecycle.watched import ASKING
from written_reports import exchanged
from written_reports.asked import asking, reminders

ASKING.register(asking.is_asked)

CHECKS.register("written", reminders.not_needed)

PAGES.register(Kind.WRITTEN_REPORT, exchanged.page_of)
