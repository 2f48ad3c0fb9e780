"""Whom a unit is rung at: the telephone of its duty room, and the authority of its area that it works under, beside the
unit above it, with the telephone of that one's."""
