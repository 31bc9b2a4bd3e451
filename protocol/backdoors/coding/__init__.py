"""Coding tasks of the backdoor threat, and programs that answer them."""
