"""Comparison: two versions of a subject on the same items, and one subject over time."""

from unmask.audits.comparison.comparing import compare_logs
from unmask.audits.comparison.comparison_model import Comparison, Drift, ThreatDrift
from unmask.audits.comparison.watching import Watch, watch_logs

__all__ = ["Comparison", "Drift", "ThreatDrift", "Watch", "compare_logs", "watch_logs"]
