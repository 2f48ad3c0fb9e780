"""The page of one incident, and what whoever raised the alarm sees of it."""
