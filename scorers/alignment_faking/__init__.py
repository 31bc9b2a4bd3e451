"""Alignment faking: compliance, the reasoning behind it, and whether the situation was taken up."""
