"""The report: what logs found, as one page, as JSON under a schema, and as figures with their data."""

from unmask.audits.report.report_files import Report, read_report, write_report
from unmask.audits.report.results import Evidence, LogProvenance, Reported, Results
from unmask.audits.report.results_schema import results_schema

__all__ = [
    "Evidence",
    "LogProvenance",
    "Report",
    "Reported",
    "Results",
    "read_report",
    "results_schema",
    "write_report",
]
