"""Judges against labels."""
