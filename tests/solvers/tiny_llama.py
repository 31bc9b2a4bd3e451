"""A random Llama of a few thousand weights that reads whole words: for tests of what is done with real weights."""

from pathlib import Path

import pytest

__all__ = ["WIDTH", "WORDS", "saved_llama"]

WORDS = [f"{letter}{number}" for letter in "abcdefgh" for number in range(6)]
WIDTH = 16


def saved_llama(folder: Path) -> Path:
    """Write the model and its tokenizer as Inspect's `hf` provider reads them; skip the test where that cannot be.

    Args:
        folder: Where to.

    Returns:
        The folder.
    """
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: place for place, word in enumerate(["<unk>", "<eos>", "user:", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>", pad_token="<eos>"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.5,
        bos_token_id=None,
        eos_token_id=vocabulary["<eos>"],
        pad_token_id=vocabulary["<eos>"],
        tie_word_embeddings=True,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder
