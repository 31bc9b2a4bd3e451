"""Organisms made of a pretrained model: fetched from the package index, or fine-tuned with a known backdoor.

They are folders of weights that Inspect's `hf` provider runs (`--model hf/local -M model_path=DIR`). PyTorch and the
libraries around it come with the extra `real-llm` and are imported when they are used.
"""
