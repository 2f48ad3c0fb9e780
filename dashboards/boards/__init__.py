"""The boards of each role."""
