"""Statistics of backdoors: activation, confirmation after a search, persistence."""
