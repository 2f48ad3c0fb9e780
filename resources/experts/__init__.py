"""Advisers the bureau may call: who they are, when they are available, and what they were asked and said."""
