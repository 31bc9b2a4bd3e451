"""Model organisms: scripted policies behind Inspect's `ModelAPI`, the suite's positive and negative controls.

They see the messages and tools that any model would see, and import nothing of the suite. What all of them share stands
here; each folder has the policies for one threat, and `provider` makes them models.
"""
