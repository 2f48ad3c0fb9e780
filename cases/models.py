"""The tables stand with their subjects; Django looks for them here."""

import cases.demands.models
import cases.matters.models
import cases.official_forms.models  # noqa: F401
