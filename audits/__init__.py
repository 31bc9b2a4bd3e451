"""Audits: from logs to a claim that somebody else can check."""
