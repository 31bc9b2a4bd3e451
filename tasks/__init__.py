"""Tasks, one file a threat."""

from unmask.tasks.alignment_faking import alignment_faking

__all__ = ["alignment_faking"]
