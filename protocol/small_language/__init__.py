"""The small language of organisms with trained weights: questions that are drawn for tasks and never in training."""
