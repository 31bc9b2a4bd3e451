"""Transcripts that address the judge, and how often they talk it round."""
