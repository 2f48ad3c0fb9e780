"""Rounds: one asking of every unit for a period, opened in the morning and counted after the cut-off."""
