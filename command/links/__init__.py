"""A link in the message of an order: whoever gets it answers that one order without signing in."""
