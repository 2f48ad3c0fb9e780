"""Demands: what people ask for and are owed an answer to, whatever way it came in. Never who they are."""
