"""Strata that a design fixes: an effect over all of them, and one in some of them alone."""
