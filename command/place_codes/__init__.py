"""A code shown at the place of an incident: who comes types it, and the arrival has its second side."""
