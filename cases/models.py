"""The tables stand with their subjects; Django looks for them here."""

import cases.answers_due.models
import cases.demands.models
import cases.hotline.models
import cases.leader_cases.models
import cases.matters.models
import cases.official_forms.models
import cases.receptions.models
import cases.slips.models  # noqa: F401
