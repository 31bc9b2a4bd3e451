"""A person labels part of a run without seeing what the judge said."""
