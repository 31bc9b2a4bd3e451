"""Sandbagging: right answers, the intent behind wrong ones, and the signature of answers held back."""
