"""Triggers, their placebos and near-misses, and the runs that are made of them."""
