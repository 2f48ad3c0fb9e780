"""Roll-ups: what a level confirms of a period before it goes up."""
