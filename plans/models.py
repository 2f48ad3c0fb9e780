"""The tables stand with their subject; Django looks for them here."""

import plans.lifecycle.models  # noqa: F401
