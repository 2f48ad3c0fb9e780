"""Slips: what the person at the counter takes home, and the public page that its code opens. Never who that is."""
