"""A state of an order that lasts too long: after whom it is about, the duty room hears of it, then the leader."""
