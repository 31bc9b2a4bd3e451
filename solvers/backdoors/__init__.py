"""Backdoors: a trigger's place in a prompt."""
