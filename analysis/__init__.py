"""Effects, intervals and power: the numbers printed by the metric and by the report."""
