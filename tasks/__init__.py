"""Tasks, one file a threat."""
