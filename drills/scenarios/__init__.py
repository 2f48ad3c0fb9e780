"""Scenario files: what is played when (MSEL), what is expected of whom, and what an evaluator looks for."""
