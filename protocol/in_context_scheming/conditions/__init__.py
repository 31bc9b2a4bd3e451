"""Kinds of condition that a scenario's rules set."""
