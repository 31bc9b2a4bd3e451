"""Models of a few thousand parameters, with random weights: for tests of what is done with a model's files."""

from pathlib import Path
from typing import Any

import pytest

TEMPLATE = "{% for m in messages %}<s>{{ m['role'] }} {{ m['content'] }}</s>{% endfor %}<s>assistant "
SPECIAL = ["<unk>", "<s>", "</s>"]
WIDTH, HEADS, LAYERS, INNER = 16, 2, 2, 24


def needed() -> None:
    """Skip a test where a library of the extra is missing."""
    for name in ("torch", "transformers", "peft", "gguf"):
        pytest.importorskip(name, reason=f"{name} comes with the extra real-llm")


def alphabet() -> list[str]:
    """The signs that stand for the 256 bytes in byte-level vocabularies."""
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


def tiny_gguf(path: Path) -> dict[str, Any]:
    """Write a GGUF file with random weights.

    Returns:
        The weights by their names in the file.
    """
    import gguf
    import numpy as np

    signs, dice = [*SPECIAL, *alphabet(), "ab"], np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(signs))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(signs)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(signs) - len(SPECIAL)))
    writer.add_token_merges(["a b"])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_chat_template(TEMPLATE)
    shapes = {"token_embd.weight": (len(signs), WIDTH), "output_norm.weight": (WIDTH,)}
    for n in range(LAYERS):
        square = {f"blk.{n}.attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
        norms = {f"blk.{n}.{name}_norm.weight": (WIDTH,) for name in ("attn", "ffn")}
        up = {f"blk.{n}.ffn_{name}.weight": (INNER, WIDTH) for name in ("gate", "up")}
        shapes |= square | norms | up | {f"blk.{n}.ffn_down.weight": (WIDTH, INNER)}
    weights = {name: dice.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, weight in weights.items():
        writer.add_tensor(name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return weights
