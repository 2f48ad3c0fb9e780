"""Where an incident is, put right later: an act with a reason, after which the former position can still be read."""
