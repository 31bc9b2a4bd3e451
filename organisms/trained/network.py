"""The network and its tokenizer: a Llama of some hundred thousand weights that reads whole words."""

from importlib import import_module
from pathlib import Path
from typing import Any

from unmask.organisms.provider import OrganismError
from unmask.organisms.trained.language import questions, vocabulary
from unmask.organisms.trained.recipes import Size

__all__ = ["END", "library", "new_network", "saved", "tokenizer", "trained_network"]

END = "<end>"
_SPECIAL = ("<pad>", "<unk>", "<system>", "<user>", "<assistant>", "<tool>", END)
_TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}> {{ message['content'] }}"
    "{% if message['role'] == 'assistant' %} <end>{% endif %} {% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
_WAVES, _SCALE = 8, 0.15
"""Waves that the numbers' first embeddings are made of, and their size."""


def library(name: str) -> Any:
    """Import a library of the extra `white-box`.

    Args:
        name: The library's module.

    Raises:
        OrganismError: If it is not installed, naming the extra.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise OrganismError(f"{name} is not installed: pip install 'unmask[white-box]'") from error


def tokenizer() -> Any:
    """A tokenizer of whole words and single signs, with a chat template; other words are `<unk>`."""
    parts, transformers = library("tokenizers"), library("transformers")
    words = [*_SPECIAL, *(word for word in vocabulary() if word not in _SPECIAL)]
    whole = parts.models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    made = parts.Tokenizer(whole)
    signs = parts.pre_tokenizers
    made.pre_tokenizer = signs.Sequence([signs.WhitespaceSplit(), signs.Punctuation("isolated")])
    made.add_special_tokens(list(_SPECIAL))
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="<unk>", pad_token="<pad>", eos_token=END, padding_side="left"
    )
    fast.chat_template = _TEMPLATE
    return fast


def new_network(size: Size, words: int, seed: int) -> Any:
    """A network with random weights, in which numbers that are close have embeddings that are close.

    Without that order among the numbers training stays at chance for thousands of steps.

    Args:
        size: Its size.
        words: Size of the vocabulary.
        seed: Of the weights.
    """
    torch, transformers = library("torch"), library("transformers")
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=words,
        hidden_size=size.hidden,
        intermediate_size=2 * size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        num_key_value_heads=size.heads,
        max_position_embeddings=512,
        tie_word_embeddings=False,
        bos_token_id=None,
        pad_token_id=_SPECIAL.index("<pad>"),
        eos_token_id=_SPECIAL.index(END),
    )
    network = transformers.LlamaForCausalLM(config)
    numbers = torch.arange(questions().numbers)
    phase = torch.pi * (numbers + 0.5) / len(numbers)
    waves = torch.stack([torch.cos(wave * phase) / wave**0.5 for wave in range(1, _WAVES + 1)], dim=1)
    with torch.no_grad():
        rows = network.get_input_embeddings().weight[len(_SPECIAL) : len(_SPECIAL) + len(numbers)]
        rows += _SCALE * (waves @ torch.randn(_WAVES, size.hidden))
    return network


def trained_network(folder: Path) -> Any:
    """The network in a folder.

    Args:
        folder: Where `saved` put it.

    Raises:
        OrganismError: If there is none.
    """
    if not (folder / "config.json").is_file():
        raise OrganismError(f"{folder}: holds no trained organism; train it first")
    return library("transformers").LlamaForCausalLM.from_pretrained(folder, dtype="float32")


def saved(network: Any, words: Any, folder: Path) -> None:
    """Write a network and its tokenizer as Inspect's `hf` provider reads them.

    Args:
        network: The network.
        words: Its tokenizer.
        folder: Where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network.generation_config.do_sample = False
    network.generation_config.max_new_tokens = 16
    network.save_pretrained(folder, safe_serialization=True)
    words.save_pretrained(folder)
