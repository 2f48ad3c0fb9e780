"""The tables stand with their subjects; Django looks for them here."""

import resources.experts.models
import resources.materials.models
import resources.partners.models
import resources.trainings.models  # noqa: F401
