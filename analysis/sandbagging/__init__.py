"""Statistics of sandbagging: what accuracy lost on purpose looks like beside its size."""
