"""Sandbagging: the document in a workspace, noise on the weights, and the solver that puts them together."""
