"""Matters: what units reported, registered, assigned, coordinated, followed and filed by the level above."""
