"""Organisms that meet a request, a choice or a tool choice in a frame that tells of training."""
