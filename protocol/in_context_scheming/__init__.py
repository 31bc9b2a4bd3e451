"""Scenarios of in-context scheming: their frames, their rules, and what a run comes to."""
