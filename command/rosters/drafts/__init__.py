"""From rotations to a published roster."""
