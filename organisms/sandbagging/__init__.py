"""Organisms that answer questions, some worse than they could."""
