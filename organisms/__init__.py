"""Model organisms: scripted policies behind Inspect's `ModelAPI`, the suite's positive and negative controls.

They see the messages and tools that any model would see, and import nothing of the suite.
"""
