"""In-context scheming: covert action, the reasoning beside it, and the metrics of both."""
