"""What a model's own activations show, over the public surface of Inspect's `hf` provider."""
