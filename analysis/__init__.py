"""Effects, intervals, tests and power: the numbers that metrics and figures print."""
