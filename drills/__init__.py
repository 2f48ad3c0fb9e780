"""Drills: scenario files, the player that carries them out through the real acts of every room below, and the review."""
