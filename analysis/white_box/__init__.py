"""Evidence from activations: linear probes, directions of paired frames, and what shows that they read no string."""
