"""Solvers: the framing of an item and the channels through which a model reasons and acts."""

from unmask.solvers.agent import in_workspace
from unmask.solvers.framing import framed
from unmask.solvers.interrogation import interrogation
from unmask.solvers.interview import interview
from unmask.solvers.noise import under_noise
from unmask.solvers.play import proven
from unmask.solvers.scenario import in_office
from unmask.solvers.triggers import triggered

__all__ = ["framed", "in_office", "in_workspace", "interrogation", "interview", "proven", "triggered", "under_noise"]
