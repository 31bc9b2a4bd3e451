"""In-context scheming: an agent at work in a scenario's workspace."""
