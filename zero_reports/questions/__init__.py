"""A zero that an incident contradicts is asked about. Questions, never rankings."""
