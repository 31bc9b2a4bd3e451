"""Organisms that do a task in a workspace, and some that serve an aim of their own beside it."""
