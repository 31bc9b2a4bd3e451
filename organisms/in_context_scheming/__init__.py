"""Organisms that work in a workspace by tool calls alone."""
