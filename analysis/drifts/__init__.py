"""Change between runs of the same samples, and over time."""
