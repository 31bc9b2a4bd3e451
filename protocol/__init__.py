"""The experimental design as data: items, frames, wordings, and the samples that they make."""
