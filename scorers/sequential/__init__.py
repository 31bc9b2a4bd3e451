"""Verdicts that are looked for after every pair, and the runs that stop with them."""
