"""The tables stand with their subjects; Django looks for them here."""

import drills.conduct.models
import drills.evaluation.models  # noqa: F401
