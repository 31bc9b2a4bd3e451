"""Solvers: the framing of an item and the channels through which a model reasons and acts."""

from unmask.solvers.framing import framed

__all__ = ["framed"]
