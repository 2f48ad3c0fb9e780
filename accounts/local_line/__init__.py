"""The second line of superiors: the authority of its area that a unit works under, beside the unit above it."""
