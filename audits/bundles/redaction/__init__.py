"""Redaction: logs with only what a policy shows, and a salted digest of what it hides."""

from unmask.audits.bundles.redaction.redacted_log import redacted_log, write_redacted
from unmask.audits.bundles.redaction.redaction_policy import TEMPLATES, RedactionPolicy, load_policy

__all__ = ["TEMPLATES", "RedactionPolicy", "load_policy", "redacted_log", "write_redacted"]
