"""Findings: what a log says, as numbers and as a sentence."""

from unmask.audits.findings.finding import Arm, Finding, Interval, Missing, Subject
from unmask.audits.findings.finding_of_log import finding_of, read_finding
from unmask.audits.findings.log_figures import log_figures
from unmask.audits.findings.log_files import LogFault, find_logs
from unmask.audits.findings.role_usage import RoleUsage, role_usage
from unmask.audits.findings.whole_runs import find_runs

__all__ = [
    "Arm",
    "Finding",
    "Interval",
    "LogFault",
    "Missing",
    "RoleUsage",
    "Subject",
    "find_logs",
    "find_runs",
    "finding_of",
    "log_figures",
    "read_finding",
    "role_usage",
]
