"""Backdoors: departures from the clean answer, insecure code, and the metrics of a trigger."""
