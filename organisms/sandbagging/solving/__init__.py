"""Worked problems: what a capable model makes of a problem's text, by methods of its own."""
