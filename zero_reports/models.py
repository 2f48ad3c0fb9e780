"""The tables stand with their subjects; Django looks for them here."""

import zero_reports.counts.models
import zero_reports.filing.models
import zero_reports.links.models
import zero_reports.lock.models
import zero_reports.questions.models
import zero_reports.reminders.models
import zero_reports.rollups.models
import zero_reports.rounds.models  # noqa: F401
