"""Tests and intervals that stay valid however often one looks."""
