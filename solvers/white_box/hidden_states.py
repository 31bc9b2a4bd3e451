"""Hidden states of a model of Inspect's `hf` provider, where its answer begins: at the last token of the prompt.

The provider's own `hidden_states` returns every token's state at every layer as lists in the log, which is far more
than a probe reads. Here the prompt is laid out by the provider's own chat template and goes through the model once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from inspect_ai.model import ChatMessage, Model
from numpy.typing import NDArray

from unmask.protocol.errors import ConfigurationError

__all__ = ["States", "last_token_states"]

States = NDArray[np.float32]
"""Hidden states, prompts x layers x width; the first layer holds the embeddings."""


def last_token_states(model: Model, prompts: Sequence[Sequence[ChatMessage]], batch: int = 32) -> States:
    """Read the hidden states at the last token of prompts.

    Args:
        model: A model of Inspect's `hf` provider, such as `get_model("hf/local", model_path=...)`.
        prompts: Conversations that the model is to answer, one or more.
        batch: Prompts that go through the model at a time; the states do not hang on it.

    Returns:
        An array of prompts x (layers + 1) x width, in the order of the prompts, in single precision.

    Raises:
        ConfigurationError: If there is no prompt, or the model's weights are not at hand.
    """
    if not prompts:
        raise ConfigurationError("hidden states: no prompts given")
    api: Any = model.api
    if not all(hasattr(api, part) for part in ("model", "tokenizer", "hf_chat")):
        raise ConfigurationError(f"hidden states: needs the weights of a model, as in --model hf/local; not {model}")
    texts = [api.hf_chat(list(prompt), []) for prompt in prompts]
    parts = [texts[start : start + batch] for start in range(0, len(texts), batch)]
    return np.concatenate([part for texts in parts for part in _states(api, texts)])


def _states(api: Any, texts: list[str]) -> Iterator[States]:
    """The states of one batch, padded on the left as the provider pads it, so that the last token comes last."""
    torch: Any = import_module("torch")
    given = api.tokenizer(texts, return_tensors="pt", padding=True).to(api.model.device)
    mask = given["attention_mask"]
    places = (mask.cumsum(-1) - 1).clamp(min=0)
    with torch.inference_mode():
        found = api.model(given["input_ids"], attention_mask=mask, position_ids=places, output_hidden_states=True)
    last = torch.stack([layer[:, -1] for layer in found.hidden_states], dim=1)
    yield last.float().cpu().numpy()
