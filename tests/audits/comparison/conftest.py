"""What the tests of comparisons share."""

from tests.audits.comparison.made_logs import made

__all__ = ["made"]
