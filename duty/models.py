"""The tables stand with their subjects; Django looks for them here."""

import duty.comms_checks.models
import duty.responsibles.models
import duty.shifts.models  # noqa: F401
