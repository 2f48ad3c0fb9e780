"""The tables stand with their subjects; Django looks for them here."""

import supervision.corrections.models
import supervision.inquiries.models
import supervision.months.models
import supervision.teams.models
import supervision.visits.models  # noqa: F401
