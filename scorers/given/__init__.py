"""Scores that somebody else gave."""
